/** From the API boundary to every renderer: nothing that stands in a cluster does harm where it is shown. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { headOf } from '../../src/cli/head.ts';
import { factsOf, walkOnce } from '../../src/cli/walkOnce.ts';
import { connectCluster } from '../../src/cluster/client.ts';
import { loadKubeconfig } from '../../src/cluster/kubeconfig.ts';
import { startProbers } from '../../src/cluster/probers.ts';
import { PROBE_SCRIPT } from '../../src/cluster/probeScript.ts';
import { actsOf } from '../../src/model/acts.ts';
import { known } from '../../src/model/fact.ts';
import { renderEnding } from '../../src/render/ending.ts';
import { renderEvidence } from '../../src/render/evidence.ts';
import { renderHead } from '../../src/render/head.ts';
import { renderJson } from '../../src/render/json.ts';
import { renderMarkdown } from '../../src/render/markdown.ts';
import type { Report } from '../../src/render/report.ts';
import { type Clean, clean } from '../../src/render/sanitize.ts';
import { renderStep } from '../../src/render/terminal.ts';
import { en } from '../../src/text/en/index.ts';
import { UNSAFE } from '../render/hostile.ts';
import { view as sampleView } from '../render/sample.ts';
import type { Seen } from '../support/apiServer.ts';
import { fileWith } from '../support/program.ts';
import { CANARY, hostileServer, poison, SECRETS, type World } from './world.ts';

const target = { namespace: 'shop', service: 'web', scheme: 'auto', forSeconds: 0 } as const;
const signal = new AbortController().signal;
const VIEW = { ...sampleView({ verbose: true, width: 100 }), catalogue: en };

/** A walk over HTTP against that world, from the client pod. */
async function walked(ends: string, world: World): Promise<{ report: Report; requests: Seen[] }> {
  const server = await hostileServer(ends, world);
  const file = fileWith(server.kubeconfig({ user: { token: SECRETS.token } }));
  const loaded = await loadKubeconfig({ file, env: {}, homedir: '/nonexistent' });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problem));
  const cluster = connectCluster(loaded, { retryDelaysMs: [1] });
  const probers = startProbers([{ kind: 'pod', namespace: 'shop', name: 'client' }], {
    cluster,
    namespace: 'shop',
    runId: 'run',
    hasEnded: () => false,
    forSeconds: 0,
    signal,
    progress: () => undefined,
  });
  try {
    const consent = { probe: true, nodeChecks: false };
    const settings = { cluster, target, probers, consent, now: Date.now(), signal };
    const facts = factsOf(settings);
    probers.begin(Promise.resolve(known({})));
    const { diagnosis, durationMs } = await walkOnce(settings, facts);
    const head = await headOf(facts, `context ${ends}`);
    const acts = actsOf(cluster.requests);
    const times = { startedAt: '2026-01-01T00:00:00Z', durationMs, version: '0', requests: 1 };
    return {
      report: { ...head, ...times, diagnosis, from: probers.asked(), acts, leftovers: [] },
      requests: server.requests,
    };
  } finally {
    cluster.close();
    await server.close();
  }
}

function outputs(report: Report): Record<string, string> {
  const safe = clean(report);
  const steps = safe.diagnosis.trail.map((entry) => renderStep(entry as Clean<typeof entry>, VIEW));
  return {
    terminal: [renderHead(safe, VIEW), ...steps, renderEnding(safe, VIEW)].join('\n'),
    evidence: renderEvidence(safe, VIEW),
    markdown: renderMarkdown(safe, VIEW),
    json: renderJson(safe, VIEW),
  };
}

const commandsIn = (value: unknown, key = ''): string[] => {
  if (typeof value === 'string') return key === 'command' || key === 'commands' ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => commandsIn(item, Array.isArray(value) ? key : name));
};

/** Lets a shell read every line. It has no program to run but a kubectl that does nothing. */
function shellMade(lines: readonly string[]): string[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'svc-debug-hostile-'));
  try {
    const script = ['kubectl() { :; }', ...lines, ':'].join('\n');
    execFileSync('/bin/sh', ['-c', script], { cwd: folder, env: { PATH: '/nonexistent' }, stdio: 'ignore' });
    return existsSync(path.join(folder, CANARY)) ? [CANARY] : [];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Arguments of an exec that are no part of the script: what could be made of text of the cluster. */
const argumentsOf = (requests: readonly Seen[]): string[] =>
  requests
    .filter(({ path: asked }) => asked.endsWith('/exec'))
    .flatMap(({ query }) => query.getAll('command'))
    .filter((word) => word !== PROBE_SCRIPT);

const WORLDS: Record<string, World> = {
  'pods that crash': { healthy: false, lineBytes: 0, refused: false },
  'pods that answer': { healthy: true, lineBytes: 0, refused: false },
  'an API that refuses': { healthy: false, lineBytes: 0, refused: true },
};

describe.each(Object.entries(WORLDS))('%s', (_name, world) => {
  test('nothing moves a terminal, runs in a shell or tells a secret', async () => {
    let exchanged = 0;
    await fc.assert(
      fc.asyncProperty(poison, async (ends) => {
        const { report, requests } = await walked(ends, world);
        exchanged += requests.length;
        const all = outputs(report);
        for (const [where, text] of Object.entries(all)) {
          expect(text.replaceAll('\n', ''), where).not.toMatch(UNSAFE);
          for (const [what, secret] of Object.entries(SECRETS))
            expect(text.includes(secret), `${what} in ${where}`).toBe(false);
        }
        const commands = commandsIn(JSON.parse(all.json ?? ''));
        expect(shellMade(commands)).toEqual([]);
        for (const word of argumentsOf(requests)) expect(word).toMatch(/^[\w+ .:[\]/-]+$/);
      }),
      // half of a surrogate pair is nothing that a URL can hold
      { numRuns: 6, examples: [['\ud800']] },
    );
    expect(exchanged).toBeGreaterThan(50);
  }, 120_000);
});

test('a log line of 10 MB costs a little of the screen, and no verdict', async () => {
  const { report } = await walked(' ', { healthy: false, lineBytes: 10 << 20, refused: false });
  expect(report.diagnosis.verdict).toBe('broken');
  for (const text of Object.values(outputs(report))) expect(text.length).toBeLessThan(100_000);
}, 30_000);

test('the shell that judges would notice', () => {
  expect(shellMade([`kubectl $(:>${CANARY})`])).toEqual([CANARY]);
  expect(shellMade([`kubectl '$(:>${CANARY})'`])).toEqual([]);
});
