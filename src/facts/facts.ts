import type { Cluster } from '../model/cluster.ts';
import type { Fact } from '../model/fact.ts';
import type { NodeShell } from '../model/nodeShell.ts';
import type { AskFrom, Enter, Prober } from '../model/probe.ts';
import type { Question as AnyQuestion } from '../model/step.ts';
import type { Consent, Target } from '../model/target.ts';

/** What a walk knows, and whom it can ask. */
export interface Facts {
  readonly target: Target;
  /** The moment the walk began, milliseconds since 1970: ages are reckoned from it, so that a replay gives the same. */
  readonly now: number;
  /** Vantage points, the one that counts first. Empty: nothing may be asked from inside. */
  readonly probers: readonly Prober[];
  readonly consent: Consent;
  /** The answer, asked for once in a walk and then remembered. */
  ask<T>(question: Question<T>): Promise<Fact<T>>;
  /** The same knowledge for another Service, such as kube-system/kube-dns. */
  about(target: Target): Facts;
}

/** What a question may use to get its answer: other facts, and the cluster. */
export interface World {
  readonly facts: Facts;
  readonly cluster: Cluster;
  readonly askFrom: AskFrom;
  readonly enter: Enter;
  readonly nodeShell: NodeShell;
  /** What somebody with access to nodes ran there: a text for each file. */
  readonly nodeOutputs: readonly string[];
  /** Waits before something is read again. */
  pause(ms: number): Promise<void>;
}

export type Question<T> = AnyQuestion<T, World>;
