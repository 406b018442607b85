/**
 * Takes rights away from svc-debug, stands between it and the API server, and kills it, on a real cluster; then looks at
 * what it said and what it left behind.
 *
 *   run.ts [--kubeconfig FILE] [--only GLOB[,GLOB]] [--seed N] [--bounded]
 *
 * --only matches `AREA/NAME`. --bounded plays the short form. --seed repeats a run that drew its moments from it.
 */
import { parseArgs } from 'node:util';
import { raise } from './lib/stage.ts';
import { hasFailed, lineOf, skipped, summary, type Tried, table } from './lib/tally.ts';
import { playTwice, type Trial } from './lib/trial.ts';
import { trials } from './trials.ts';

const { values: flags } = parseArgs({
  options: {
    kubeconfig: { type: 'string' },
    only: { type: 'string', default: '*' },
    seed: { type: 'string' },
    bounded: { type: 'boolean', default: false },
  },
});

const patterns = flags.only.split(',').map((glob) => {
  const literal = glob.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`);
});
const isWanted = ({ area, name, short }: Trial): boolean =>
  (short || !flags.bounded) && patterns.some((pattern) => pattern.test(`${area}/${name}`) || pattern.test(area));

/** The short form begins nothing after this; what is under way ends within the fifth minute on an idle machine. */
const BOUND_MS = 270_000;

/** Whether something of that area may be wanted: which rights there are to take away is not known beforehand. */
const isNear = (area: string): boolean =>
  flags.only.split(',').some((glob) => glob.startsWith('*') || glob.startsWith(area));

async function playAll(): Promise<void> {
  const began = Date.now();
  const seed = Number(flags.seed ?? Date.now() % 1_000_000);
  console.log(`seed ${seed}`);
  const stage = await raise(flags.kubeconfig ?? process.env.KUBECONFIG ?? '', seed, flags.bounded);
  const tried: Tried[] = [];
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => void stage.clear().finally(() => process.exit(130)));
  try {
    for await (const trial of trials(stage, isWanted, isNear)) {
      if (flags.bounded && Date.now() > began + BOUND_MS) {
        tried.push(skipped(trial, 'no time left in the short form'));
        continue;
      }
      tried.push(await playTwice(trial, stage, (result) => console.log(lineOf(result))));
    }
  } finally {
    await stage.clear();
  }
  console.log(`\n${table(tried)}\n\n${summary(tried)}`);
  process.exitCode = tried.some(hasFailed) || tried.length === 0 ? 1 : 0;
}

await playAll();
