import { describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import type { Finding } from '../../src/model/finding.ts';
import { loadScenarios, type Practice, startPractice } from '../../src/practice/practice.ts';
import { act } from '../../src/practice/scenario/stage.ts';
import { recordedHost } from '../support/host.ts';
import { fileWith } from '../support/program.ts';
import { rawRequest } from './served.ts';

const LIMIT_MS = 60_000;
const scenarios = new Map(loadScenarios().map((scenario) => [scenario.folder, scenario]));

interface Said {
  exit: number;
  verdict: string;
  rootCauses: Finding[];
}

async function walked(folder: string, { namespace, kubeconfig, args }: Practice): Promise<Said> {
  const service = scenarios.get(folder)?.service ?? '';
  const unattended = ['--kubeconfig', fileWith(kubeconfig), '--yes', '--no-input', '-o', 'json'];
  const host = recordedHost([service, '-n', namespace, ...args, ...unattended]);
  const exit = await main(host);
  if (host.out() === '') throw new Error(`exit ${exit}: ${host.said()}`);
  return { exit, ...(JSON.parse(host.out()) as Omit<Said, 'exit'>) };
}

async function played(folder: string, what: (practice: Practice) => Promise<void>): Promise<void> {
  const scenario = scenarios.get(folder);
  if (!scenario) throw new Error(`no scenario ${folder}`);
  const log = () => undefined;
  const practice = await startPractice({ scenario, port: 0, realTime: false, now: Date.now, log });
  try {
    expect(await walked(folder, practice)).toMatchObject({ exit: 1, verdict: 'broken' });
    await what(practice);
    expect(await walked(folder, practice)).toMatchObject({ exit: 0, verdict: 'healthy', rootCauses: [] });
  } finally {
    await practice.close();
  }
}

describe('what is mended is well on the next walk', () => {
  test.each([
    'exists-never-exposed',
    'network-policy-label-typo',
    'dns-coredns-scaled-to-zero',
    'spec-target-port-wrong',
    'endpoints-selector-typo',
    'pods-crash-loop',
  ])(
    '%s, by its own mend',
    (folder) =>
      played(folder, async (practice) => {
        for (const action of scenarios.get(folder)?.mend ?? []) await act(practice.stage, action, 40_000);
      }),
    LIMIT_MS,
  );

  /** As kubectl sends it. */
  async function patched(practice: Practice, folder: string): Promise<void> {
    const { rootCauses } = await walked(folder, practice);
    const patch = rootCauses.flatMap(({ remedies }) => remedies.flatMap((remedy) => remedy.patch ?? []))[0];
    if (!patch) throw new Error(`${folder}: no remedy has a patch`);
    const { group, version, plural, namespace, name } = patch.target;
    const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
    const { status } = await rawRequest(practice, `${root}/namespaces/${namespace}/${plural}/${name}`, {
      method: 'PATCH',
      headers: { 'content-type': `application/${patch.type}` },
      body: JSON.stringify(patch.body),
    });
    expect(status).toBe(200);
  }

  test.each(['spec-target-port-wrong', 'endpoints-selector-typo'])(
    "%s, by svc-debug's own patch",
    (folder) => played(folder, (practice) => patched(practice, folder)),
    LIMIT_MS,
  );
});
