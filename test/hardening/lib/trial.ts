import type { Truth } from './objects.ts';
import { type Stage, untilWell } from './stage.ts';
import { hasFailed, type Tried } from './tally.ts';
import { keep, type Walked, wrong } from './walk.ts';

/** One thing to be tried. What it finds it writes down. */
export interface Trial {
  area: string;
  name: string;
  /** Trials of the short form. */
  short?: boolean;
  /** Makes trouble at the relay, or counts what passes it: nothing else may run meanwhile. */
  play(stage: Stage, sheet: Sheet): Promise<void>;
}

/** What a trial has found so far. */
export class Sheet {
  runs = 0;
  wrongVerdicts = 0;
  leftovers = 0;
  readonly complaints: string[] = [];

  complain(words: string): void {
    this.complaints.push(words);
  }

  /** Counts a run, and its verdict if it is wrong. */
  judge(walked: Walked, truth: Truth, what = truth.service): void {
    this.runs++;
    if (walked.leaks) this.complain(`${what}: shows a secret (${keep(walked)})`);
    const why = wrong(walked, truth);
    if (why === undefined) return;
    this.wrongVerdicts++;
    this.complain(`${what}: ${why} (${keep(walked)})`);
  }

  expect(isSo: boolean, otherwise: string): void {
    if (!isSo) this.complain(otherwise);
  }
}

/**
 * What fails is played once more: a cluster that shares a machine with others starves at times. Both results are printed,
 * and the table says how many needed it.
 */
export async function playTwice(trial: Trial, stage: Stage, tell: (tried: Tried) => void): Promise<Tried> {
  const first = await play(trial, stage);
  tell(first);
  if (!hasFailed(first)) return first;
  await untilWell(stage).catch(() => undefined);
  const second: Tried = { ...(await play(trial, stage)), secondTime: true };
  tell(second);
  return second;
}

async function play(trial: Trial, stage: Stage): Promise<Tried> {
  const sheet = new Sheet();
  const began = Date.now();
  try {
    await trial.play(stage, sheet);
  } catch (error) {
    sheet.complain(`stage: ${(error as Error).message}`);
  }
  stage.relay.make();
  const { runs, wrongVerdicts, leftovers, complaints } = sheet;
  const { area, name } = trial;
  return { area, name, runs, wrongVerdicts, leftovers, complaints, seconds: (Date.now() - began) / 1000 };
}
