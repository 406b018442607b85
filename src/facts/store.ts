import type { Cluster } from '../model/cluster.ts';
import { type Fact, unknown } from '../model/fact.ts';
import type { NodeShell } from '../model/nodeShell.ts';
import type { AskFrom, Enter, Prober } from '../model/probe.ts';
import type { Consent, Target } from '../model/target.ts';
import { noConsent } from './consent.ts';
import type { Facts, Question, World } from './facts.ts';

/** Every fact of a walk by its key, as JSON: what a recording holds. */
export type RecordedFacts = Record<string, Fact<unknown>>;

interface Setting {
  target: Target;
  now: number;
  probers: readonly Prober[];
  consent: Consent;
}

type Memory = Map<string, Promise<Fact<unknown>>>;

const noProbe: AskFrom = async () => noConsent();
const noEntry: Enter = async () => noConsent();
const noShell: NodeShell = async () => unknown({ kind: 'not-consented', flag: '--node-checks yes' });

export interface StoreOptions {
  /** What is known already, such as the facts of the API verdict. */
  before?: FactStore;
  /** How to probe from any pod. */
  askFrom?: AskFrom;
  /** How to get a shell into a pod that has none. */
  enter?: Enter;
  /** How to run a program on a node. */
  nodeShell?: NodeShell;
  nodeOutputs?: readonly string[];
  /** Milliseconds. */
  pause?: (ms: number) => Promise<void>;
}

const realPause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Facts that are asked of a cluster. A store belongs to one walk: walking again is a new store. */
export class FactStore {
  private readonly cluster: Cluster;
  private readonly means: Omit<World, 'facts' | 'cluster'>;
  private readonly memory: Memory;

  constructor(cluster: Cluster, options: StoreOptions = {}) {
    const {
      before,
      askFrom = noProbe,
      enter = noEntry,
      nodeShell = noShell,
      nodeOutputs = [],
      pause = realPause,
    } = options;
    this.cluster = cluster;
    this.means = { askFrom, enter, nodeShell, nodeOutputs, pause };
    this.memory = new Map(before?.memory);
  }

  facts(setting: Setting): Facts {
    const facts: Facts = {
      ...setting,
      ask: <T>(question: Question<T>) => this.remember(question, facts),
      about: (target) => this.facts({ ...setting, target }),
    };
    return facts;
  }

  private remember<T>(question: Question<T>, facts: Facts): Promise<Fact<T>> {
    const remembered = this.memory.get(question.key) as Promise<Fact<T>> | undefined;
    if (remembered) return remembered;
    const asked = question.ask({ facts, cluster: this.cluster, ...this.means });
    this.memory.set(question.key, asked);
    return asked;
  }

  /** All that is known so far; waits for what is under way. */
  async recorded(): Promise<RecordedFacts> {
    const entries = await Promise.all([...this.memory].map(async ([key, fact]) => [key, await fact] as const));
    return Object.fromEntries(entries);
  }
}

/** Facts from a recording, or from a test: nothing is asked of any cluster. */
export function recordedFacts(recorded: RecordedFacts, setting: Setting): Facts {
  const facts: Facts = {
    ...setting,
    ask: async <T>(question: Question<T>) =>
      (recorded[question.key] as Fact<T> | undefined) ??
      unknown({ kind: 'not-applicable', reason: `not recorded: ${question.key}` }),
    about: (target) => recordedFacts(recorded, { ...setting, target }),
  };
  return facts;
}
