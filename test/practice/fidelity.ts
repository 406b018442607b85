/**
 * Plays the cases in both worlds, on the practice cluster and on a real one, and compares what svc-debug says: the trail,
 * step by step, and the findings. Says where they differ.
 *
 *   fidelity.ts [--kubeconfig FILE] [--only GLOB[,GLOB]]
 *               [--own-cluster] [--node-command 'PROGRAM ARG'] [--proxy-mode iptables|nftables] [--no-hairpin]
 *
 * --own-cluster also plays the cases that break DNS, kube-proxy or nodes for everyone.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Case, fill, loadCases } from '../e2e/lib/case.ts';
import { type Cluster, connect, unplayable } from '../e2e/lib/cluster.ts';
import { run } from '../e2e/lib/command.ts';
import { confirm } from '../e2e/lib/confirm.ts';
import { clear, play, raise } from '../e2e/lib/stage.ts';

const PROGRAM = resolve('bin/svc-debug.js');
const WALK_LIMIT_MS = 180_000;

const { values: flags } = parseArgs({
  options: {
    kubeconfig: { type: 'string' },
    only: { type: 'string', default: '*' },
    'own-cluster': { type: 'boolean', default: false },
    'node-command': { type: 'string' },
    'proxy-mode': { type: 'string' },
    'no-hairpin': { type: 'boolean', default: false },
  },
});

/** The part of svc-debug's JSON that is compared. */
interface Report {
  verdict: string;
  rootCauses: { code: string }[];
  findings: { code: string; severity: string }[];
  trail: { step: string; outcome: string }[];
}

const abort = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => abort.abort());

async function walk(args: readonly string[], env: Record<string, string> = {}): Promise<Report | string> {
  const result = await run(process.execPath, [PROGRAM, ...args, '-o', 'json', '--no-input'], {
    env: { NO_COLOR: '1', ...env },
    signal: abort.signal,
    timeoutMs: WALK_LIMIT_MS,
  });
  try {
    return JSON.parse(result.stdout) as Report;
  } catch {
    return `exit ${result.exit}, no JSON: ${result.stderr.trim().slice(0, 200)}`;
  }
}

/** On the real cluster. */
async function real(played: Case, cluster: Cluster): Promise<Report | string> {
  const stage = await raise(played, cluster, abort.signal);
  try {
    await play(stage);
    await confirm(stage);
    const args = [played.service, '-n', played.namespace ?? '$NS', '--yes', ...(played.args ?? [])];
    return await walk(
      args.map((arg) => fill(arg, stage.values)),
      { KUBECONFIG: cluster.kubeconfig },
    );
  } catch (error) {
    return `stage: ${(error as Error).message}`;
  } finally {
    for (const complaint of await clear(stage)) console.log(`               cleaning: ${complaint}`);
  }
}

const sorted = (list: readonly string[]): string => [...new Set(list)].sort().join(', ') || 'none';

/** What is not the same, a line each. */
function differences(here: Report, there: Report): string[] {
  const outcomes = (report: Report) => new Map(report.trail.map(({ step, outcome }) => [step, outcome]));
  const [own, others] = [outcomes(here), outcomes(there)];
  const findings = (report: Report) => report.findings.map(({ code, severity }) => `${code} (${severity})`);
  const pairs: [string, string, string][] = [
    ['verdict', here.verdict, there.verdict],
    ['root causes', sorted(here.rootCauses.map(({ code }) => code)), sorted(there.rootCauses.map(({ code }) => code))],
    ...[...others].map(([step, outcome]): [string, string, string] => [
      `step ${step}`,
      own.get(step) ?? 'none',
      outcome,
    ]),
    ['findings', sorted(findings(here)), sorted(findings(there))],
  ];
  return pairs.flatMap(([what, a, b]) => (a === b ? [] : [`${what}: practice ${a}; real ${b}`]));
}

async function compareOne(played: Case, cluster: Cluster): Promise<'same' | 'differs' | 'skipped'> {
  const why = played.practice.supported ? unplayable(played.needs ?? {}, cluster) : played.practice.why;
  if (why !== undefined || abort.signal.aborted) {
    console.log(`skipped        ${played.name}: ${why ?? 'cancelled'}`);
    return 'skipped';
  }
  const here = await walk(['practice', played.name]);
  const there = await real(played, cluster);
  const told =
    typeof here === 'string' || typeof there === 'string'
      ? [here, there].filter((report) => typeof report === 'string')
      : differences(here, there);
  console.log(`${told.length > 0 ? 'differs' : 'same   '}        ${played.name}`);
  for (const line of told) console.log(`               ${line}`);
  return told.length > 0 ? 'differs' : 'same';
}

const kubeconfig = flags.kubeconfig ?? process.env.KUBECONFIG ?? '';
if (kubeconfig === '') {
  console.error('fidelity: set KUBECONFIG, or give --kubeconfig: it needs a real cluster to compare with');
  process.exitCode = 2;
} else {
  const cluster = await connect({
    kubeconfig,
    hairpin: !flags['no-hairpin'],
    own: flags['own-cluster'],
    ...(flags['proxy-mode'] && { proxyMode: flags['proxy-mode'] }),
    ...(flags['node-command'] && { nodeCommand: flags['node-command'] }),
  });
  const results: string[] = [];
  for (const played of loadCases(resolve('test/e2e/cases'), flags.only))
    results.push(await compareOne(played, cluster));
  const count = (result: string) => results.filter((one) => one === result).length;
  console.log(`\n${count('same')} the same, ${count('differs')} differ, ${count('skipped')} skipped`);
  if (count('differs') > 0) process.exitCode = 1;
}
