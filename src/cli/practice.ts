import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Practice, Scenario } from '../practice/practice.ts';
import { printed, wrap } from '../render/layout.ts';
import { widthOf } from '../render/report.ts';
import { cancellation as createCancellation } from './cancellation.ts';
import { EXIT } from './exit.ts';
import type { Host } from './host.ts';
import type { PracticeOptions } from './options.ts';
import { scenarioList, scenarioNamed } from './practiceList.ts';
import { pickScenario } from './practicePick.ts';
import { type Played, serve } from './practiceServe.ts';
import { SETTINGS_VARIABLE } from './settings/settingsFile.ts';
import { UsageError } from './usage.ts';

/** Plays a scenario on the embedded cluster. Gives the walk's own exit code. @throws UsageError */
export async function practice(host: Host, options: PracticeOptions): Promise<number> {
  const { loadScenarios } = await import('../practice/practice.ts');
  const scenarios = loadScenarios();
  if (options.list) {
    host.stdout.write(scenarioList(scenarios, options));
    return EXIT.healthy;
  }
  const scenario =
    options.scenario === undefined
      ? await pickScenario(host, scenarios, options)
      : scenarioNamed(scenarios, options.scenario);
  return scenario === undefined ? EXIT.cancelled : play(host, scenario, options);
}

async function play(host: Host, scenario: Scenario, options: PracticeOptions): Promise<number> {
  let remove = () => {};
  const exit = (code: number) => {
    remove();
    return host.exit(code);
  };
  // what somebody set for their clusters is not meant for this one
  const env = { ...host.env, [SETTINGS_VARIABLE]: '' };
  const own: Host = Object.create(host, { exit: { value: exit }, env: { value: env } }) as Host;
  // heard from the first moment to the last: nothing may stay behind, whenever it comes
  const { signal, stop } = createCancellation(own);
  try {
    const practice = await start(host, scenario, options);
    try {
      if (signal.aborted) return EXIT.cancelled;
      const file = kubeconfigFile(practice);
      remove = () => rmSync(path.dirname(file), { recursive: true, force: true });
      const set: Played = { scenario, practice, file, signal };
      return await (options.serve ? serve(own, set) : walk(own, set, options));
    } finally {
      remove();
      await practice.close();
    }
  } finally {
    stop();
  }
}

async function start(
  host: Host,
  scenario: Scenario,
  { port, realTime, verbose, serve: isServer }: PracticeOptions,
): Promise<Practice> {
  const { startPractice } = await import('../practice/practice.ts');
  const log = (line: string) => (isServer || verbose ? host.stderr.write(`practice: ${line}\n`) : undefined);
  try {
    return await startPractice({ scenario, port, realTime, now: host.now, log });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new UsageError(`Port ${port} is in use`, 'Give another one, or none: any free one is taken then.');
  }
}

/** In a folder of its own, readable for nobody else. */
function kubeconfigFile({ kubeconfig }: Practice): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'svc-debug-practice-'));
  chmodSync(folder, 0o700);
  const file = path.join(folder, 'kubeconfig');
  writeFileSync(file, kubeconfig, { mode: 0o600 });
  return file;
}

/** The walk itself, as on any cluster. In front of nobody it has every consent: nothing here can be broken. */
async function walk(
  host: Host,
  { scenario, practice, file, signal }: Played,
  options: PracticeOptions,
): Promise<number> {
  const [{ parseArgs }, { investigate }] = await Promise.all([import('./args.ts'), import('./investigate.ts')]);
  const request = parseArgs([scenario.service, '-n', practice.namespace, '--kubeconfig', file, ...practice.args]);
  if (request.command !== 'investigate') throw new Error(`${scenario.folder}: no walk`);
  const { input, output, color, verbose } = options;
  const isAsked = input && host.stdin.isTTY === true && (host.env.CI ?? '') === '';
  const width = widthOf(host.stderr);
  const say = (...lines: string[]) => {
    if (output === 'text' || isAsked) host.stderr.write(printed(lines.flatMap((line) => wrap(line, width))));
  };
  if (signal.aborted) return EXIT.cancelled;
  say(`${scenario.name}: ${scenario.story}`, ...(options.hint ? [`Hint: ${scenario.hint}`] : []), '');
  const code = await investigate(host, { ...request.options, yes: !isAsked, input, output, color, verbose });
  if (!signal.aborted) say('', `Lesson: ${scenario.lesson}`);
  return code;
}
