import type { Obstacle } from './fact.ts';

/** A pod of ours that could not be removed, and may be there still. */
export interface Leftover {
  /** `NAMESPACE/NAME`. */
  pod: string;
  /** Its containers run no longer than that, counted from its start. */
  lifeSeconds: number;
  /** Why it was not removed. */
  obstacle: Obstacle;
}
