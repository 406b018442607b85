/**
 * Breaks one field at random of healthy manifests on a real cluster, and compares what a plain request shows with what
 * svc-debug says.
 *
 *   run.ts [--seed N[,N]] [--count N] [--parallel N] [--only KIND[,KIND]] [--kubeconfig FILE] [--table FILE] [--results FILE] [--once]
 *          [--list]
 *
 * Mutation i of a run has the seed SEED + i, so that `--seed THAT --count 1` plays it alone. --list only says what would be
 * played. --results keeps what each seed came to, so that a run can be taken up again where it was left; --once does not play
 * again what did not agree. Whole answers that differ are kept in .e2e/.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { commonValues, connect } from '../e2e/lib/cluster.ts';
import { KINDS } from './kinds/index.ts';
import { draw } from './lib/draw.ts';
import { writePage } from './lib/page.ts';
import type { PlayOptions } from './lib/play.ts';
import { play } from './lib/play.ts';
import { resultsIn } from './lib/results.ts';
import { loadScenes } from './lib/scene.ts';
import { clearAll } from './lib/stage.ts';
import type { Line } from './lib/table.ts';
import { failed, lineText, summary, table } from './lib/table.ts';

const { values: flags } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '200' },
    parallel: { type: 'string', default: '3' },
    only: { type: 'string' },
    kubeconfig: { type: 'string' },
    table: { type: 'string' },
    results: { type: 'string' },
    once: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
});

const abort = new AbortController();
let exitCode = 0;
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => {
    exitCode = 130;
    console.error(`${name}: cleaning up`);
    abort.abort();
  });
}

const wanted = flags.only?.split(',');
const kinds = KINDS.filter(({ name }) => wanted?.includes(name) ?? true);
const scenes = loadScenes('test/mutation/scenes');
const count = Number(flags.count);
const seeds = flags.seed.split(',').flatMap((first) => Array.from({ length: count }, (_, i) => Number(first) + i));
const results = resultsIn(flags.results);
const drawn = seeds.map((seed) => draw(seed, scenes, kinds));

/** Several at a time. What did not agree is played once more, alone: a loaded machine is not what is tested. */
async function all(options: PlayOptions): Promise<Line[]> {
  const lines = results.before(drawn);
  const report = (line: Line) => {
    if (abort.signal.aborted) return;
    lines.push(line);
    results.add(line);
    console.log(lineText(line));
  };
  const queue = drawn.filter((one) => !lines.some((line) => line.drawn === one));
  const worker = async () => {
    for (let next = queue.shift(); next && !abort.signal.aborted; next = queue.shift())
      report(await play(next, options));
  };
  await Promise.all(Array.from({ length: Math.max(1, Number(flags.parallel)) }, worker));
  console.log(`\nthe first time: ${summary(lines)}`);
  return flags.once ? lines : again(lines, options);
}

async function again(lines: readonly Line[], options: PlayOptions): Promise<Line[]> {
  const final: Line[] = [];
  for (const line of lines) {
    const content =
      line.outcome === 'agreed' || line.secondTime || (line.outcome === 'skipped' && line.steady !== false);
    const now =
      content || abort.signal.aborted ? line : { ...(await play(line.drawn, options)), secondTime: true as const };
    if (now !== line && !abort.signal.aborted) {
      console.log(`again: ${lineText(now)}`);
      results.add(now);
    }
    final.push(now);
  }
  return final;
}

if (flags.list) {
  for (const { seed, kind, what, onlyPort } of drawn)
    console.log(`${String(seed).padEnd(8)}${kind.name.padEnd(18)}${what}${onlyPort ? `, port ${onlyPort}` : ''}`);
} else {
  const kubeconfig = flags.kubeconfig ?? process.env.KUBECONFIG ?? '';
  const cluster = await connect({ kubeconfig, hairpin: true, own: false });
  const run = process.pid.toString(36);
  const common = await commonValues(cluster, '');
  const program = resolve('bin/svc-debug.js');
  const lines = await all({ cluster, common, run, signal: abort.signal, program });
  const left = await clearAll(cluster, run);
  if (left !== '') console.error(`cleaning: ${left}`);
  const version = (await cluster.kubectl('get nodes -o jsonpath={.items[0].status.nodeInfo.kubeletVersion}')).stdout;
  const told = { seed: flags.seed, count, proxyMode: cluster.proxyMode, version };
  if (flags.table) writePage(flags.table, lines, KINDS, told);
  const date = new Date().toISOString().slice(0, 16);
  console.log(`\n${date}, seed ${flags.seed}, ${count} mutations\n${table(lines, KINDS)}\n\n${summary(lines)}`);
  process.exitCode = exitCode || (failed(lines) > 0 || left !== '' ? 1 : 0);
}
