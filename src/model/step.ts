import type { Fact, Obstacle } from './fact.ts';
import type { Finding, Observation, StepId } from './finding.ts';

/**
 * A question that a fact answers. Its key names it in a recording; asking twice in one walk asks the cluster once.
 */
export interface Question<T, World> {
  key: string;
  ask(world: World): Promise<Fact<T>>;
}

export type OutcomeKind = 'pass' | 'fail' | 'skip' | 'unknown';

/** What a step says. Findings and observations may accompany every kind; `fail` has at least one error finding. */
export interface Outcome {
  outcome: OutcomeKind;
  findings: readonly Finding[];
  observations: readonly Observation[];
  /** Of `skip`: why it does not apply. */
  reason?: Observation;
  /** Of `unknown`: what hides the answer. May also accompany other kinds, when something smaller stayed unknown. */
  obstacles: readonly Obstacle[];
}

export interface TrailEntry extends Outcome {
  step: StepId;
  durationMs: number;
}

export type Trail = readonly TrailEntry[];

/** One question of the checklist: a function of facts. It does no I/O of its own, prints nothing, asks nothing. */
export interface Step<Facts> {
  id: StepId;
  check(facts: Facts): Promise<Outcome>;
}
