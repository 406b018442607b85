import { Clock } from '../machine/clock.ts';
import { Container } from '../machine/container.ts';
import { Network } from '../network/network.ts';
import type { ClusterView } from '../network/view.ts';
import type { EndpointSlice, KubeObject, NetworkPolicy, Service } from '../objects.ts';
import { reconcile } from './controllers.ts';
import type { PodRuntime } from './runtime.ts';
import { Store } from './store.ts';

export interface WorldSettings {
  /** Milliseconds since 1970: when the cluster's own time begins. */
  from: number;
  /** Milliseconds since 1970: its time never shows more than this. */
  now: () => number;
  hairpin: boolean;
  seed: string;
}

/** Address of the API server, as kube-proxy's kubeconfig has it. */
export const API_SERVER = 'https://172.30.0.11:6443';

const LONGEST_PLAYED_MS = 1_800_000;

/** How many times controllers may answer each other before something is wrong with them. */
const MOST_ROUNDS = 200;

/** Everything there is: objects, their controllers, what runs, who reaches whom, and the time. */
export class World {
  readonly clock: Clock;
  /** Milliseconds since 1970: when the nodes were started. */
  readonly booted: number;
  readonly store: Store;
  readonly network: Network;
  readonly runtimes = new Map<string, PodRuntime>();
  readonly #watchers = new Set<() => void>();
  readonly #settings: WorldSettings;
  #pokes: (() => void)[] = [];
  #queue: Promise<unknown> = Promise.resolve();
  #state: number;

  constructor(settings: WorldSettings) {
    this.#settings = settings;
    this.clock = new Clock(settings.from);
    this.booted = settings.from - 3_600_000;
    this.store = new Store(() => Math.min(this.clock.now, settings.now()));
    this.#state = [...settings.seed].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0, 7);
    this.network = new Network({ hairpin: settings.hairpin, random: this.random, policies: () => this.#policies() });
  }

  /** The same sequence for the same seed: mulberry32. */
  random = (): number => {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };

  /** Letters as Kubernetes puts them at the end of names: `rand.SafeEncodeString`. */
  suffix(length: number): string {
    const letters = 'bcdfghjklmnpqrstvwxz2456789';
    return Array.from({ length }, () => letters[Math.floor(this.random() * letters.length)]).join('');
  }

  #policies() {
    return {
      policies: this.store.list<NetworkPolicy>('NetworkPolicy'),
      labelsOf: (namespace: string) => this.store.get('Namespace', undefined, namespace)?.metadata.labels ?? {},
    };
  }

  readonly view: ClusterView = {
    services: () => this.store.list<Service>('Service'),
    slices: () => this.store.list<EndpointSlice>('EndpointSlice'),
    isApiServer: (url) => url === API_SERVER,
    watch: (called) => {
      this.#watchers.add(called);
      return () => this.#watchers.delete(called);
    },
  };

  /** A place for what the node itself does, such as the kubelet's probes. */
  agent(node: string): Container {
    const place = this.network.nodes.get(node)?.place;
    if (!place) throw new Error(`no node ${node}`);
    const { network, view, booted } = this;
    return new Container({
      name: node,
      place,
      network,
      cluster: view,
      programs: {},
      memory: Number.POSITIVE_INFINITY,
      booted,
    });
  }

  /** Settles when something was done to the cluster: what has come to rest looks again. */
  poked(): Promise<void> {
    return new Promise((resolve) => this.#pokes.push(resolve));
  }

  poke(): void {
    for (const wake of this.#pokes.splice(0)) wake();
  }

  /** Controllers at work until nothing changes any more. Says whether there was something to do. */
  #settled(): boolean {
    const { changed } = this.store;
    for (let round = 0; this.store.changed; round += 1) {
      if (round > MOST_ROUNDS) throw new Error('the controllers of the practice cluster do not come to rest');
      this.store.changed = false;
      reconcile(this);
      for (const called of this.#watchers) called();
    }
    return changed;
  }

  /** Does something, and lets time pass. One after the other. */
  change<T>(milliseconds: number, what: () => T | Promise<T>): Promise<T> {
    return this.#queued(async () => {
      const result = await what();
      this.poke();
      await this.clock.advance(this.clock.now + milliseconds, () => this.#settled());
      return result;
    });
  }

  /** Lets the time come that it is outside. What went on in a long pause is not played in full. */
  catchUp(): Promise<void> {
    return this.#queued(() => {
      const now = this.#settings.now();
      this.clock.now = Math.max(this.clock.now, now - LONGEST_PLAYED_MS);
      return this.clock.advance(now, () => this.#settled());
    });
  }

  #queued<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(run);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  /** An event; the same one again counts up. */
  event(
    about: KubeObject,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
    component: string,
    container?: string,
  ): void {
    const { metadata } = about;
    const namespace = metadata.namespace ?? 'default';
    const time = this.store.time();
    const same = this.store
      .list<KubeEvent>('Event', namespace)
      .find((one) => one.involvedObject.uid === metadata.uid && one.reason === reason && one.message === message);
    if (same) {
      same.count += 1;
      same.lastTimestamp = time;
      return;
    }
    const { kind, apiVersion } = about;
    this.store.add<KubeEvent>({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${metadata.name}.${this.suffix(16)}`, namespace },
      involvedObject: {
        apiVersion,
        kind,
        name: metadata.name,
        namespace,
        uid: metadata.uid,
        ...(container && { fieldPath: `spec.containers{${container}}` }),
      },
      reason,
      message,
      type,
      count: 1,
      firstTimestamp: time,
      lastTimestamp: time,
      eventTime: null,
      source: { component },
      reportingComponent: component,
      reportingInstance: '',
    });
  }
}

export interface KubeEvent extends KubeObject {
  involvedObject: { kind: string; name: string; uid: string };
  reason: string;
  message: string;
  type: string;
  count: number;
  firstTimestamp: string;
  lastTimestamp: string;
}
