import type { Stage } from './lib/stage.ts';
import type { Trial } from './lib/trial.ts';
import { recording } from './recording.ts';

/** Whatever can be tried, area by area; some is only known when what came before was played. */
export async function* trials(_stage: Stage, isWanted: (trial: Trial) => boolean): AsyncGenerator<Trial> {
  yield* recording.filter(isWanted);
}
