/**
 * Plays the cases on a real cluster and compares what svc-debug says with what they expect.
 *
 *   run.ts [--kubeconfig FILE] [--only GLOB[,GLOB]] [--parallel N] [--confirm] [--list]
 *          [--defects] [--own-cluster] [--node-command 'PROGRAM ARG'] [--proxy-mode iptables|nftables] [--no-hairpin]
 *
 * --confirm asks only plain requests, no svc-debug: is the fault one, is the healthy Service healthy, does the mend mend?
 * --own-cluster also plays the cases that break DNS, kube-proxy or nodes for everyone; they come last, one at a time.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Case } from './lib/case.ts';
import { loadCases } from './lib/case.ts';
import type { Cluster } from './lib/cluster.ts';
import { connect, unplayable } from './lib/cluster.ts';
import { confirm, confirmMended } from './lib/confirm.ts';
import * as health from './lib/health.ts';
import { judge } from './lib/judge.ts';
import { clear, play, raise, vanished } from './lib/stage.ts';
import type { Line } from './lib/table.ts';
import { failed, lineText, summary, table } from './lib/table.ts';

const PROGRAM = resolve('bin/svc-debug.js');
const CASES = resolve('test/e2e/cases');
const KEEP_IN = resolve('.e2e');

const { values: flags } = parseArgs({
  options: {
    kubeconfig: { type: 'string' },
    only: { type: 'string', default: '*' },
    parallel: { type: 'string', default: '3' },
    confirm: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    'own-cluster': { type: 'boolean', default: false },
    'node-command': { type: 'string' },
    'proxy-mode': { type: 'string' },
    'no-hairpin': { type: 'boolean', default: false },
    defects: { type: 'boolean', default: false },
  },
});

const abort = new AbortController();
/** Namespaces that were made; they go while others are played. */
const made = new Set<string>();
let exitCode = 0;
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => {
    exitCode = 130;
    console.error(`${name}: cleaning up`);
    abort.abort();
  });
}

async function one(played: Case, cluster: Cluster): Promise<Line> {
  const started = Date.now();
  const line: Line = { played, outcome: 'right', seconds: 0, notes: [], falseAlarms: 0 };
  const defect =
    played.openDefect && !flags.defects && !flags.confirm ? `open defect: ${played.openDefect}` : undefined;
  const why = unplayable(played.needs ?? {}, cluster) ?? defect;
  if (why !== undefined || abort.signal.aborted) return { ...line, outcome: 'skipped', notes: [why ?? 'cancelled'] };
  const stage = await raise(played, cluster, abort.signal);
  for (const namespace of stage.namespaces) made.add(namespace);
  try {
    await play(stage);
    await confirm(stage);
    if (flags.confirm) await (played.mend && confirmMended(stage));
    else await compared(line, stage);
  } catch (error) {
    Object.assign(line, { outcome: 'wrong', notes: [`stage: ${(error as Error).message}`] });
  }
  if (abort.signal.aborted) Object.assign(line, { outcome: 'skipped', notes: ['cancelled'] });
  line.seconds = (Date.now() - started) / 1000;
  line.notes.push(...(await clear(stage)).map((text) => `cleaning: ${text}`));
  return line;
}

async function compared(line: Line, stage: Parameters<typeof judge>[0]): Promise<void> {
  const { differences, inconclusive, falseAlarms } = await judge(stage, PROGRAM, KEEP_IN);
  line.notes = differences;
  line.falseAlarms = falseAlarms.length;
  if (differences.length > 0) line.outcome = inconclusive ? 'inconclusive' : 'wrong';
}

/** Several at a time; what breaks the cluster for all waits for the end, and for nobody's company. */
async function all(cases: readonly Case[], cluster: Cluster): Promise<Line[]> {
  const lines: Line[] = [];
  const report = (line: Line) => {
    lines.push(line);
    console.log(lineText(line));
  };
  const queue = cases.filter(({ needs }) => !needs?.ownCluster);
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) report(await one(next, cluster));
  };
  await Promise.all(Array.from({ length: Math.max(1, Number(flags.parallel)) }, worker));
  const alone = cases.filter(({ needs }) => needs?.ownCluster);
  if (cluster.own && alone.length > 0) await health.begin(cluster);
  for (const played of alone) report(await oneAlone(played, cluster));
  if (cluster.own && alone.length > 0) await health.end(cluster);
  return lines;
}

/**
 * What did not come out right is played once more, alone: a loaded machine is not what is tested. Both results are
 * printed, and the table says how many needed it.
 */
async function again(lines: readonly Line[], cluster: Cluster): Promise<Line[]> {
  const final: Line[] = [];
  for (const line of lines) {
    if (line.outcome === 'right' || line.outcome === 'skipped' || abort.signal.aborted) {
      final.push(line);
      continue;
    }
    const { needs } = line.played;
    const second = needs?.ownCluster ? await oneAlone(line.played, cluster) : await one(line.played, cluster);
    final.push({ ...second, secondTime: true });
    console.log(lineText({ ...second, notes: ['the second time', ...second.notes] }));
  }
  return final;
}

/**
 * Played on a cluster that is well, and leaves one behind. Nothing of an earlier case may still be going: an EndpointSlice
 * that goes makes kube-proxy write again the rules that a case has just removed.
 */
async function oneAlone(played: Case, cluster: Cluster): Promise<Line> {
  if ((await vanished(cluster, [...made])) === '') made.clear();
  if (unplayable(played.needs ?? {}, cluster) === undefined && !(await health.well(cluster)))
    return { played, outcome: 'wrong', seconds: 0, notes: ['stage: the cluster is not well'], falseAlarms: 0 };
  const line = await one(played, cluster);
  if (line.outcome !== 'skipped' && !(await health.well(cluster))) line.notes.push('cleaning: the cluster is not well');
  return line;
}

const cases = loadCases(CASES, flags.only);
if (flags.list) {
  for (const { name, title, expect } of cases)
    console.log(`${name.padEnd(44)}${expect.rootCauses.join(' ') || '-'}\n    ${title}`);
} else {
  const cluster = await connect({
    kubeconfig: flags.kubeconfig ?? process.env.KUBECONFIG ?? '',
    hairpin: !flags['no-hairpin'],
    own: flags['own-cluster'],
    ...(flags['proxy-mode'] && { proxyMode: flags['proxy-mode'] }),
    ...(flags['node-command'] && { nodeCommand: flags['node-command'] }),
  });
  const lines = await again(await all(cases, cluster), cluster);
  const left = await vanished(cluster, [...made]);
  if (left !== '') console.log(`cleaning: ${left}`);
  console.log(`\n${table(lines)}\n\n${summary(lines)}`);
  process.exitCode = exitCode || (failed(lines) > 0 ? 1 : 0);
}
