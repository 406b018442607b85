import { anywhere } from './anywhere/anywhere.ts';
import { byHand } from './byHand.ts';
import { random } from './lib/faults.ts';
import type { Stage } from './lib/stage.ts';
import type { Trial } from './lib/trial.ts';
import { limping } from './limping.ts';
import { personas, without } from './personas.ts';
import { recording } from './recording.ts';
import { FEW, LESS, RECORDED, recordRights, takenAway, type Used } from './rights.ts';
import { stopping } from './stopping.ts';

/** Rights of the short form, drawn by the seed. */
const DRAWN = 4;

/** Whatever can be tried, area by area; which rights there are to take away is known when a full run was seen. */
export async function* trials(
  stage: Stage,
  isWanted: (trial: Trial) => boolean,
  isNear: (area: string) => boolean,
): AsyncGenerator<Trial> {
  yield* recording.filter(isWanted);
  yield* byHand.filter(isWanted);
  yield* personas.filter(isWanted);
  yield* limping.filter(isWanted);
  yield* anywhere.filter(isWanted);
  yield* stopping.filter(isWanted);
  if (isNear(LESS)) yield* rights(stage, isWanted);
}

async function* rights(stage: Stage, isWanted: (trial: Trial) => boolean): AsyncGenerator<Trial> {
  let used: Used = new Map();
  const record: Trial = {
    area: LESS,
    name: 'every right: what a full run takes',
    short: true,
    play: async (_, sheet) => {
      used = await recordRights(stage, sheet, stage.bounded ? FEW : RECORDED);
    },
  };
  yield record;
  const all = [...without(used), ...takenAway(stage, used)];
  yield* stage.bounded ? drawn(all, DRAWN, random(stage.seed)) : all.filter(isWanted);
}

function drawn<T>(from: readonly T[], count: number, next: () => number): T[] {
  const left = [...from];
  return Array.from(
    { length: Math.min(count, left.length) },
    () => left.splice(Math.floor(next() * left.length), 1)[0]!,
  );
}
