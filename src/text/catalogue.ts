import type { Obstacle } from '../model/fact.ts';
import type { Code, ObservationKey, Observations, ParamsOf, RemedyOf, StepId } from '../model/finding.ts';
import type { ChangesText } from './changes.ts';
import type { Ui } from './ui.ts';

/** The words for a finding. Every sentence stands without a full stop's worth of context: what, not who is to blame. */
export interface FindingText<C extends Code> {
  /** One line: what is wrong, with its names and numbers. */
  says: (params: ParamsOf<C>) => string;
  /** Why it breaks the Service. */
  why: string;
  /** How to prove it by hand. */
  prove: string;
  /** How to mend it. */
  mend: string;
  /** By remedy id: what the commands beside it do, and what they risk. */
  remedies: { [R in RemedyOf<C>]: (params: ParamsOf<C>) => string };
}

interface StepText {
  /** A statement that is true when all is well. */
  title: string;
  /** The section of the page that teaches it: anchor below {@link PAGE}. */
  anchor: string;
}

export type ObstacleText = { [K in Obstacle['kind']]: (obstacle: Extract<Obstacle, { kind: K }>) => string };

type FindingTexts<C extends Code = Code> = { [K in C]: FindingText<K> };
type ObservationTexts<K extends ObservationKey = ObservationKey> = {
  [P in K]: (params: Observations[P]) => string;
};

/** All sentences of one language. A code, observation or obstacle without its sentence does not compile. */
export interface Catalogue {
  steps: Record<StepId, StepText>;
  findings: FindingTexts;
  observations: ObservationTexts;
  /** Why it is not known. */
  obstacles: ObstacleText;
  /** What would make it known; empty when nothing would. */
  answers: ObstacleText;
  changes: ChangesText;
  ui: Ui;
}

/** Findings and observations of one step: those whose key begins with its name. */
export interface StepCatalogue<S extends StepId> {
  findings: FindingTexts<Extract<Code, `${S}/${string}`>>;
  observations: ObservationTexts<Extract<ObservationKey, `${S}.${string}`>>;
}

/** The Kubernetes page whose checklist is walked. */
export const PAGE = 'https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/';
