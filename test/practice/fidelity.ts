/**
 * Plays the cases in both worlds, on the practice cluster and on a real one, and compares what svc-debug says: the trail,
 * step by step, and the findings. Says where they differ.
 *
 *   fidelity.ts [--kubeconfig FILE] [--only GLOB[,GLOB]] [--parallel N] [--table FILE]
 *               [--own-cluster] [--node-command 'PROGRAM ARG'] [--proxy-mode iptables|nftables] [--no-hairpin]
 *
 * --own-cluster also plays the cases that break DNS, kube-proxy or nodes for everyone; they come last, one at a time.
 * What is seen is kept in .e2e/fidelity.json, by case, so that it can be played in portions; --table writes all of it
 * as a page. With --table and --only '' nothing is played.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Case, fill, loadCases } from '../e2e/lib/case.ts';
import { type Cluster, connect, unplayable } from '../e2e/lib/cluster.ts';
import { run } from '../e2e/lib/command.ts';
import { confirm } from '../e2e/lib/confirm.ts';
import * as health from '../e2e/lib/health.ts';
import { clear, play, raise } from '../e2e/lib/stage.ts';
import { differences, type Played, page, type Report } from './fidelityTable.ts';

const PROGRAM = resolve('bin/svc-debug.js');
const CASES = resolve('test/e2e/cases');
const KEPT = resolve('.e2e/fidelity.json');
const WALK_LIMIT_MS = 180_000;

const { values: flags } = parseArgs({
  options: {
    kubeconfig: { type: 'string' },
    only: { type: 'string', default: '*' },
    parallel: { type: 'string', default: '1' },
    table: { type: 'string' },
    'own-cluster': { type: 'boolean', default: false },
    'node-command': { type: 'string' },
    'proxy-mode': { type: 'string' },
    'no-hairpin': { type: 'boolean', default: false },
  },
});

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

async function both(played: Case, cluster: Cluster): Promise<string[]> {
  const here = await walk(['practice', played.name]);
  const there = await real(played, cluster);
  return typeof here === 'string' || typeof there === 'string'
    ? [here, there].filter((report) => typeof report === 'string')
    : differences(here, there);
}

const whyNot = (played: Case, cluster: Cluster): string | undefined =>
  played.practice.supported ? unplayable(played.needs ?? {}, cluster) : (played.practice.why ?? 'not simulated');

/** What differs is played once more: a loaded machine is not what is compared. */
async function compareOne(played: Case, cluster: Cluster, version: string): Promise<Played> {
  const { name, step, practice } = played;
  const head = { name, step, day: new Date().toISOString().slice(0, 10), version, proxyMode: cluster.proxyMode };
  const unfit = whyNot(played, cluster);
  if (unfit !== undefined) return { ...head, result: 'skipped', notes: [unfit] };
  let notes = await both(played, cluster);
  if (notes.length > 0 && !abort.signal.aborted) notes = await both(played, cluster);
  const why = practice.differs;
  return { ...head, result: notes.length > 0 ? 'differs' : 'same', notes, ...(why !== undefined && { why }) };
}

const kept = (): Record<string, Played> =>
  existsSync(KEPT) ? (JSON.parse(readFileSync(KEPT, 'utf8')) as Record<string, Played>) : {};

function keep(played: Played): void {
  mkdirSync(resolve('.e2e'), { recursive: true });
  writeFileSync(KEPT, JSON.stringify({ ...kept(), [played.name]: played }, null, 2));
}

function report(played: Played): void {
  console.log(`${played.result.padEnd(13)}${played.name}`);
  for (const note of played.notes) console.log(`               ${note}`);
}

async function compareAll(cases: readonly Case[], cluster: Cluster): Promise<Played[]> {
  const { stdout } = await cluster.kubectl(['version', '-o', 'json']);
  const { serverVersion } = JSON.parse(stdout) as { serverVersion: { gitVersion: string } };
  const all: Played[] = [];
  const one = async (played: Case) => {
    const seen = await compareOne(played, cluster, serverVersion.gitVersion);
    if (abort.signal.aborted) return;
    all.push(seen);
    report(seen);
    if (seen.result !== 'skipped' || kept()[played.name] === undefined) keep(seen);
  };
  const alone = cases.filter(({ needs }) => needs?.ownCluster);
  const queue = cases.filter((played) => !alone.includes(played));
  const worker = async () => {
    for (let next = queue.shift(); next && !abort.signal.aborted; next = queue.shift()) await one(next);
  };
  await Promise.all(Array.from({ length: Math.max(1, Number(flags.parallel)) }, worker));
  if (cluster.own && alone.length > 0) await health.begin(cluster);
  for (const played of alone) {
    if (abort.signal.aborted) break;
    if (cluster.own && !(await health.well(cluster)))
      console.log(`               before ${played.name}: the cluster is not well`);
    await one(played);
  }
  if (cluster.own && alone.length > 0) await health.end(cluster);
  return all;
}

function writeTable(file: string): void {
  const all = kept();
  const cases = loadCases(CASES).flatMap(({ name, practice }) => {
    const played = all[name];
    return played ? [{ ...played, ...(practice.differs !== undefined && { why: practice.differs }) }] : [];
  });
  const left = loadCases(CASES).filter(({ name }) => all[name] === undefined);
  writeFileSync(
    file,
    page(
      cases,
      left.map(({ name }) => name),
    ),
  );
}

const kubeconfig = flags.kubeconfig ?? process.env.KUBECONFIG ?? '';
const cases = flags.only === '' ? [] : loadCases(CASES, flags.only);
if (kubeconfig === '' && cases.length > 0) {
  console.error('fidelity: set KUBECONFIG, or give --kubeconfig: it needs a real cluster to compare with');
  process.exitCode = 2;
} else if (cases.length > 0) {
  const cluster = await connect({
    kubeconfig,
    hairpin: !flags['no-hairpin'],
    own: flags['own-cluster'],
    ...(flags['proxy-mode'] && { proxyMode: flags['proxy-mode'] }),
    ...(flags['node-command'] && { nodeCommand: flags['node-command'] }),
  });
  const all = await compareAll(cases, cluster);
  const count = (result: string) => all.filter((one) => one.result === result).length;
  console.log(`\n${count('same')} the same, ${count('differs')} differ, ${count('skipped')} skipped`);
  if (count('differs') > 0) process.exitCode = 1;
}
if (flags.table) writeTable(flags.table);
