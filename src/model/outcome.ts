import type { Obstacle } from './fact.ts';
import type { Finding, Observation } from './finding.ts';
import type { Outcome } from './step.ts';

interface Seen {
  findings?: readonly Finding[];
  observations?: readonly Observation[];
  /** What stayed unknown. `hides: true` when it could hold the cause. */
  obstacles?: readonly Obstacle[];
  hides?: boolean;
}

/** `fail` with an error finding, else `unknown` when an obstacle hides what matters, else `pass`. */
export function outcome({ findings = [], observations = [], obstacles = [], hides = false }: Seen): Outcome {
  const failed = findings.some(({ severity }) => severity === 'error');
  return { outcome: failed ? 'fail' : hides ? 'unknown' : 'pass', findings, observations, obstacles };
}

/** The step does not apply, for the reason given. */
export const skipped = (reason: Observation, observations: readonly Observation[] = []): Outcome => ({
  outcome: 'skip',
  findings: [],
  observations,
  reason,
  obstacles: [],
});

/** Nothing could be known. */
export const hidden = (...obstacles: Obstacle[]): Outcome => outcome({ obstacles, hides: true });

/** Without its Service a step has nothing to look at: skipped where there is none, unknown where it could not be read. */
export const withoutService = (obstacle: Obstacle, missing: Observation): Outcome =>
  obstacle.kind === 'not-applicable' ? skipped(missing) : hidden(obstacle);
