import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Practice, Scenario } from '../practice/practice.ts';
import { cancellation as createCancellation } from './cancellation.ts';
import { EXIT } from './exit.ts';
import type { Host } from './host.ts';
import type { PracticeOptions } from './options.ts';
import { scenarioList, scenarioNamed } from './practiceList.ts';
import { pickScenario } from './practicePick.ts';
import { serve } from './practiceServe.ts';
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
  const cancellation = createCancellation(host);
  const practice = await start(host, scenario, options).finally(cancellation.stop);
  const file = kubeconfigFile(practice);
  const remove = () => rmSync(path.dirname(file), { recursive: true, force: true });
  const exit = (code: number) => {
    remove();
    return host.exit(code);
  };
  const own: Host = Object.create(host, { exit: { value: exit } }) as Host;
  try {
    if (cancellation.signal.aborted) return EXIT.cancelled;
    return await (options.serve ? serve(own, scenario, practice, file) : walk(own, scenario, practice, file, options));
  } finally {
    remove();
    await practice.close();
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
  scenario: Scenario,
  practice: Practice,
  file: string,
  options: PracticeOptions,
): Promise<number> {
  const [{ parseArgs }, { investigate }] = await Promise.all([import('./args.ts'), import('./investigate.ts')]);
  const request = parseArgs([scenario.service, '-n', practice.namespace, '--kubeconfig', file, ...practice.args]);
  if (request.command !== 'investigate') throw new Error(`${scenario.folder}: no walk`);
  const { input, output, color, verbose } = options;
  const isAsked = input && host.stdin.isTTY === true && (host.env.CI ?? '') === '';
  const say = (text: string) => (output === 'text' || isAsked ? host.stderr.write(text) : undefined);
  say(`${scenario.name}: ${scenario.story}\n${options.hint ? `Hint: ${scenario.hint}\n` : ''}\n`);
  const code = await investigate(host, { ...request.options, yes: !isAsked, input, output, color, verbose });
  say(`\nLesson: ${scenario.lesson}\n`);
  return code;
}
