import { resolve } from 'node:path';
import type { Values } from '../../e2e/lib/case.ts';
import type { Cluster } from '../../e2e/lib/cluster.ts';
import type { Answer } from './ask.ts';
import { ask } from './ask.ts';
import type { Drawn } from './draw.ts';
import type { Said } from './judge.ts';
import { compare, consult, keep } from './judge.ts';
import { settle } from './settle.ts';
import type { Stage } from './stage.ts';
import { clear, raise, Unplayable } from './stage.ts';
import type { Line } from './table.ts';

export interface PlayOptions {
  cluster: Cluster;
  /** What is known of the cluster, such as $DNS. */
  common: Values;
  /** Marks what belongs to this run. */
  run: string;
  signal: AbortSignal;
  /** svc-debug. */
  program: string;
}

class Unsteady extends Error {}

const KEEP_IN = resolve('.e2e');

/** Plays one mutation to its end, and leaves nothing but namespaces that are going. */
export async function play(drawn: Drawn, options: PlayOptions): Promise<Line> {
  const started = Date.now();
  const line = { drawn, ...(await outcomeOf(drawn, options)) };
  const cancelled = options.signal.aborted ? { outcome: 'skipped' as const, note: 'cancelled' } : {};
  return { ...line, ...cancelled, seconds: (Date.now() - started) / 1000 };
}

type Outcome = Pick<Line, 'outcome' | 'note' | 'effect' | 'steady'>;

async function outcomeOf(drawn: Drawn, options: PlayOptions): Promise<Outcome> {
  let stage: Stage | undefined;
  try {
    stage = await raise(drawn, options);
    return await compared(stage, options.program);
  } catch (error) {
    if (error instanceof Unsteady) return { outcome: 'skipped', note: error.message, steady: false };
    if (error instanceof Unplayable || options.signal.aborted)
      return { outcome: 'skipped', note: (error as Error).message };
    throw error;
  } finally {
    if (stage) await clear(stage);
  }
}

async function compared(stage: Stage, program: string): Promise<Outcome> {
  const client = await settle(stage);
  const { answer, said } = await steadily(stage, client, program);
  const { outcome, note } = compare(stage.drawn, answer, said);
  if (outcome !== 'agreed') keep(KEEP_IN, stage.drawn, answer, said);
  return { outcome, note: outcome === 'agreed' ? note : `${note}\n             ${answer.seen}`, effect: answer.effect };
}

/** Asked before and after: where both differ it was not settled yet, and is asked once more. @throws Unsteady */
async function steadily(stage: Stage, client: string, program: string): Promise<{ answer: Answer; said: Said }> {
  let before = await ask(stage, client);
  for (let time = 0; time < 2; time++) {
    const said = await consult(stage, client, program);
    const after = await ask(stage, client);
    if (before.effect === after.effect) return { answer: after, said };
    before = after;
  }
  throw new Unsteady(`never steady: ${before.seen}`);
}
