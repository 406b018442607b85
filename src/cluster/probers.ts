import type { Cluster } from '../model/cluster.ts';
import { type Fact, unknown } from '../model/fact.ts';
import type { Labels, Service } from '../model/kubernetes.ts';
import type { Leftover } from '../model/leftover.ts';
import type { NodeShell } from '../model/nodeShell.ts';
import type { Enter, Prober, Vantage } from '../model/probe.ts';
import { enterPod } from './ephemeral.ts';
import { type ExistingPod, orExisting } from './existing.ts';
import { NODE_LIFE_SECONDS, NODE_NAMESPACE, nodePodManifest, shells } from './nodeShell.ts';
import { joinsService } from './ownBackend.ts';
import { ownPods, type Start } from './ownPods.ts';
import { clientVantage, type Place, podOfDeployment } from './places.ts';
import { removeLeftovers } from './probeLeftovers.ts';
import type { ProbePodOptions } from './probePod.ts';
import { askFrom } from './probeRun.ts';
import { later, unlessOver } from './waiting.ts';

export type { ExistingPod } from './existing.ts';
export type { Place } from './places.ts';

export interface ProberSettings {
  /** Not bound by the run's signal: removing what was created comes after that. */
  cluster: Cluster;
  /** The Service's: a new pod is created there. */
  namespace: string;
  image?: string;
  imagePullSecret?: string;
  tolerations?: ProbePodOptions['tolerations'];
  labels?: Labels;
  /** Of this run, for who finds the pod after it was killed. */
  runId: string;
  /** Whether the run of that id is known to be over. */
  hasEnded(runId: string): boolean;
  /** Seconds over which samples are spread: a pod of ours lives so much longer. */
  forSeconds: number;
  /** Ends whatever is waited for. */
  signal: AbortSignal;
  /** Pods that may be asked instead where creating one is forbidden, the best first. Absent: none may. */
  existing?(): Promise<readonly ExistingPod[]>;
  /** Words of the cluster on a pod that is starting; undefined: it has started, or never will. */
  progress(event: string | undefined): void;
}

/** The vantage points of a walk, and what was created for them. */
export interface Probers {
  /** In the order of the places. They may be handed on before `begin`. */
  readonly list: readonly Prober[];
  /** Programs on nodes, each node by a privileged pod that is created when it is first asked for. */
  readonly nodeShell: NodeShell;
  /** An ephemeral container in a pod that has no shell. */
  readonly enter: Enter;
  /** Creates what is needed, once `worthwhile` is known; its obstacle is that of every prober. Said again, it does nothing. */
  begin(worthwhile: Promise<Fact<Service>>): void;
  /** Ends the wait for pods that have not started. */
  giveUp(): void;
  /** The vantage points that exist by now. */
  asked(): Vantage[];
  /** Removes what was created, or is being created. Gives the pods that may be there still, and why. */
  remove(): Promise<Leftover[]>;
  /** Pods (`NAMESPACE/NAME`) that were created, or are being created, and are not removed yet. */
  leftovers(): string[];
}

const SHELL = { namespace: NODE_NAMESPACE, manifest: nodePodManifest, lifeSeconds: NODE_LIFE_SECONDS };

/** Stands ready to ask from these places; nothing is created before `begin`. */
export function startProbers(places: readonly Place[], settings: ProberSettings): Probers {
  const created = ownPods(settings);
  const found = new Map<number, Vantage>();
  const gate = later<Promise<Fact<Service>>>();
  const list = places.map((place, index) =>
    proberAt(place, settings, async () => {
      const worthwhile = await await gate.promise;
      if (!worthwhile.known) return worthwhile;
      const barred = joinsService(worthwhile.value, settings.labels);
      const vantage = await locate(place, settings, barred ? async () => unknown(barred) : created.start);
      if (vantage.known) found.set(index, vantage.value);
      return vantage;
    }),
  );
  const sweep = (namespace: string) => removeLeftovers(settings.cluster, namespace, Date.now(), settings.hasEnded);
  const startShell = (node: string) => {
    void sweep(NODE_NAMESPACE);
    return created.start({ node, ...SHELL });
  };
  return {
    list,
    enter: (vantage) => enterPod(settings.cluster, vantage, settings),
    nodeShell: shells(startShell, settings.cluster.within(settings.signal)),
    begin: (worthwhile) => {
      if (!gate.open(worthwhile) || places.length === 0) return;
      for (const prober of list) void prober.vantage();
      void worthwhile.then(async ({ known }) => {
        if (known) await sweep(settings.namespace);
      });
    },
    giveUp: created.giveUp,
    asked: () => [...found].sort(([a], [b]) => a - b).map(([, vantage]) => vantage),
    remove: created.remove,
    leftovers: created.leftovers,
  };
}

const idOf = (place: Place, { namespace }: ProberSettings): string => {
  switch (place.kind) {
    case 'new-pod':
      return `probe/${namespace}`;
    case 'node':
      return `node/${place.name}`;
    default:
      return `${place.kind}/${place.namespace}/${place.name}`;
  }
};

/** Looks for its place once, when it is first asked. */
function proberAt(place: Place, settings: ProberSettings, find: () => Promise<Fact<Vantage>>): Prober {
  let vantage: Promise<Fact<Vantage>> | undefined;
  const where = () => {
    vantage ??= unlessOver(find(), settings.signal, { kind: 'cancelled' });
    return vantage;
  };
  return {
    id: idOf(place, settings),
    kind: place.kind === 'pod' || place.kind === 'deployment' ? 'pod' : 'probe',
    vantage: where,
    ask: async (questions) => {
      const here = await where();
      return here.known ? askFrom(settings.cluster.within(settings.signal), here.value, questions) : here;
    },
  };
}

async function locate(place: Place, settings: ProberSettings, start: Start): Promise<Fact<Vantage>> {
  const cluster = settings.cluster.within(settings.signal);
  switch (place.kind) {
    case 'new-pod':
      return orExisting(cluster, settings, await start({}));
    case 'node':
      return start({ node: place.name });
    case 'pod':
      return clientVantage(cluster, place.namespace, place.name, start);
    case 'deployment': {
      const pod = await podOfDeployment(cluster, place.namespace, place.name);
      return pod.known ? clientVantage(cluster, place.namespace, pod.value, start) : pod;
    }
  }
}
