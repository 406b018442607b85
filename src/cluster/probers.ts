import type { Cluster } from '../model/cluster.ts';
import { type Fact, unknown } from '../model/fact.ts';
import type { Prober, Vantage } from '../model/probe.ts';

/** Where to ask from. */
export type Place =
  | { kind: 'new-pod' }
  | { kind: 'pod'; namespace: string; name: string }
  | { kind: 'deployment'; namespace: string; name: string }
  | { kind: 'node'; name: string };

export interface ProberSettings {
  cluster: Cluster;
  /** The Service's: a new pod is created there. */
  namespace: string;
  image?: string;
  imagePullSecret?: string;
  /** Ends the wait for pods that do not start. */
  signal: AbortSignal;
  /** Words of the cluster on a pod that is starting; undefined: it has started, or never will. */
  progress(event: string | undefined): void;
}

export interface Probers {
  readonly list: readonly Prober[];
  /** Begins to create what is needed, once `worthwhile` is known; its obstacle is that of every prober. */
  begin(worthwhile: Promise<Fact<unknown>>): void;
  /** Ends the wait for pods that have not started. */
  giveUp(): void;
  /** The vantage points that exist by now. */
  asked(): Vantage[];
  /** Removes what was created, or is being created. Gives the pods (`NAMESPACE/NAME`) that may be there still. */
  remove(): Promise<string[]>;
  /** Pods (`NAMESPACE/NAME`) that were created, or are being created, and are not removed yet. */
  leftovers(): string[];
}

export function startProbers(places: readonly Place[], _settings: ProberSettings): Probers {
  const obstacle = unknown({ kind: 'no-probe', reason: 'other', message: 'not built yet' });
  return {
    list: places.map((place) => ({
      id: `probe/${place.kind}`,
      kind: 'probe',
      vantage: async () => obstacle,
      ask: async () => obstacle,
    })),
    begin: () => undefined,
    giveUp: () => undefined,
    leftovers: () => [],
    asked: () => [],
    remove: async () => [],
  };
}
