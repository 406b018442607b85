/**
 * What svc-debug costs, beside the commands of the Kubernetes page typed by hand. Prints ratios and the goals; judges nothing.
 *
 *   bench.ts [--kubeconfig FILE] [--runs N] [--requests]
 *
 * Makes a namespace of its own with a healthy Service of three replicas, and removes it. --runs: rounds of each comparison
 * (default 5; that of a pod for every question: a third of it). --requests: prints every API request, too.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { apiProxy } from './proxy.ts';
import { HEALTHY, SELECTS_NOTHING, type Stage, stageOf } from './stage.ts';
import { least, median, sideBySide, timed } from './stopwatch.ts';

const PROGRAM = path.resolve('bin/svc-debug.js');
const WALK = path.resolve('test/bench/kubectl-walk.sh');
const DELAY_MS = 150;
const STARTS = 20;
const DONE = /^### done$/m;

const { values: flags } = parseArgs({
  options: {
    kubeconfig: { type: 'string' },
    runs: { type: 'string', default: '5' },
    requests: { type: 'boolean', default: false },
  },
});
const runs = Math.max(1, Number(flags.runs) || 1);
const folder = mkdtempSync(path.join(tmpdir(), 'svc-debug-bench-'));

const say = (text = '') => console.log(text);
const seconds = (values: readonly number[]) =>
  `${median(values).toFixed(2)} s (${values.map((value) => value.toFixed(2)).join(' ')})`;
const load = () =>
  loadavg()
    .map((average) => average.toFixed(1))
    .join(' ');

function compared(ours: readonly number[], theirs: readonly number[], goal: number): string {
  const ratio = (of: typeof median) => (of(ours) / of(theirs)).toFixed(2);
  return `  ratio of the medians ${ratio(median)}, of the least ${ratio(least)}; goal: at most ${goal}`;
}

/** Environment in which a program talks to the cluster of this kubeconfig; kubectl's discovery cache is kept between runs. */
function through(kubeconfig: string, name: string): Record<string, string> {
  const file = path.join(folder, `${name}.kubeconfig`);
  writeFileSync(file, kubeconfig, { mode: 0o600 });
  return { KUBECONFIG: file, KUBECACHEDIR: path.join(folder, `${name}.cache`) };
}

type Env = Record<string, string>;

const svcDebug = (env: Env, until: RegExp, service: string, ...args: string[]) =>
  timed(process.execPath, [PROGRAM, service, '--no-input', ...args], { until, env });

const walk = (env: Env, namespace: string, pods: 'one' | 'each') =>
  timed('bash', [WALK, HEALTHY, namespace], { until: DONE, env: { ...env, PODS: pods } });

async function start(): Promise<void> {
  const version = async (...args: string[]) => (await timed(process.execPath, args)).seconds * 1000;
  const results = await sideBySide(STARTS, {
    ours: () => version(PROGRAM, '--version'),
    node: () => version('-e', '0'),
  });
  const times = (values: readonly number[]) =>
    `median ${median(values).toFixed(0)} ms, least ${least(values).toFixed(0)} ms`;
  say(`Start, ${STARTS} times each`);
  say(`  svc-debug --version      ${times(results.ours)}`);
  say(`  node -e 0                ${times(results.node)}`);
  say(compared(results.ours, results.node, 1.3));
}

async function verdict({ kubeconfig, namespace }: Stage): Promise<void> {
  const env = through(kubeconfig, 'direct');
  const contestants = {
    ours: async () => (await svcDebug(env, /^HEALTHY/m, HEALTHY, '-n', namespace, '--yes')).seconds,
    one: async () => (await walk(env, namespace, 'one')).seconds,
  };
  await sideBySide(1, contestants); // image, caches
  const one = await sideBySide(runs, contestants);
  const each = await sideBySide(Math.ceil(runs / 3), {
    ours: contestants.ours,
    each: async () => (await walk(env, namespace, 'each')).seconds,
  });
  say('\nVerdict on a healthy Service with three replicas, probe pod included');
  say(`  svc-debug                ${seconds(one.ours)}`);
  say(`  kubectl, one pod         ${seconds(one.one)}`);
  say(compared(one.ours, one.one, 0.75));
  say(`  svc-debug                ${seconds(each.ours)}`);
  say(`  kubectl, a pod each time ${seconds(each.each)}`);
  say(compared(each.ours, each.each, 0.15));
}

async function throughProxy(stage: Stage): Promise<void> {
  const proxy = await apiProxy(stage.kubeconfig);
  try {
    const env = through(proxy.kubeconfig, 'proxy');
    const requests = async (what: string, ask: () => Promise<unknown>) => {
      await ask();
      proxy.forget(); // kubectl has read by now what the server serves
      await ask();
      say(`  ${what.padEnd(24)} ${proxy.seen.length}`);
      if (flags.requests) for (const request of proxy.seen) say(`      ${request.slice(0, 160)}`);
    };
    const { namespace } = stage;
    say('\nAPI requests, creation and removal of the probe pod included; goal: at most 30');
    await requests('svc-debug', () => svcDebug(env, /^HEALTHY/m, HEALTHY, '-n', namespace, '--yes'));
    await requests('kubectl, one pod', () => walk(env, namespace, 'one'));
    await requests('kubectl, a pod each time', () => walk(env, namespace, 'each'));

    const verdictOf = async (delayMs: number, service: string, until: RegExp) => {
      proxy.delayMs = delayMs;
      return (await svcDebug(env, until, service, '-n', namespace, '--probe', 'none')).seconds;
    };
    const slow = await sideBySide(runs, {
      healthy: () => verdictOf(DELAY_MS, HEALTHY, /^UNCLEAR/m),
      broken: () => verdictOf(DELAY_MS, SELECTS_NOTHING, /^CAUSE/m),
      healthyAtOnce: () => verdictOf(0, HEALTHY, /^UNCLEAR/m),
      brokenAtOnce: () => verdictOf(0, SELECTS_NOTHING, /^CAUSE/m),
    });
    const trips = (late: number[], early: number[]) =>
      `about ${Math.max(0, Math.round(((least(late) - least(early)) * 1000) / DELAY_MS))} round trips`;
    say(`\nAPI verdict with ${DELAY_MS} ms added to every request; goal: under 1 s`);
    say(`  healthy                  ${seconds(slow.healthy)}, ${trips(slow.healthy, slow.healthyAtOnce)}`);
    say(`  selector with a typo     ${seconds(slow.broken)}, ${trips(slow.broken, slow.brokenAtOnce)}`);
    say(`  without delay            ${seconds(slow.healthyAtOnce)}, ${seconds(slow.brokenAtOnce)}`);
  } finally {
    proxy.close();
  }
}

say(`${cpus().length} CPUs, Node ${process.version}, load average ${load()}; medians, every run in brackets\n`);
const stage = await stageOf(flags.kubeconfig);
let cancelled = false;
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => {
    cancelled = true;
    void end().finally(() => process.exit(130));
  });
}

async function end(): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  await stage.clear();
}

try {
  await stage.raise();
  await start();
  await verdict(stage);
  await throughProxy(stage);
  say(`\nload average ${load()}`);
} catch (error) {
  if (!cancelled) throw error;
} finally {
  if (!cancelled) await end();
}
