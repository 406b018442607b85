import type { Cluster, ObjectRef } from '../model/cluster.ts';
import { type Fact, known, type Obstacle, unknown } from '../model/fact.ts';
import type { Pod } from '../model/kubernetes.ts';
import type { Vantage } from '../model/probe.ts';
import {
  PROBE_CONTAINER,
  type ProbePodSettings,
  probePodManifest,
  probePodName,
  type WhichUser,
} from './probeManifest.ts';
import { refusalOf, refusesUser } from './probeTrouble.ts';
import { REAL_CLOCK, type WaitOptions, waitUntilRunning } from './probeWait.ts';

export type ProbePodOptions = ProbePodSettings &
  WaitOptions & {
    /** Default: that of a probe pod. */
    manifest?: typeof probePodManifest;
  };

/** A probe pod from the moment at which its creation was sent. */
export interface ProbePod {
  namespace: string;
  name: string;
  /** Settles when its container runs, or when it will not. */
  running: Promise<Fact<Vantage>>;
  /**
   * Removes it, also when its creation is still under way. True: it was there. Safe to call again; not bound by `signal`.
   * An obstacle: it may be there still, until `lifeSeconds` are over.
   */
  stop(): Promise<Fact<boolean>>;
}

const PODS = { group: '', version: 'v1', plural: 'pods' } as const;
/** A creation whose answer was lost may come to be a moment later. */
const LATE_MS = [500, 1000];

/** Trouble that leaves open whether the request was carried out. */
const leavesOpen = ({ kind, ...obstacle }: Obstacle): boolean =>
  kind === 'timeout' ||
  kind === 'unreachable' ||
  kind === 'cancelled' ||
  ('status' in obstacle && obstacle.status >= 500);

async function create(cluster: Cluster, name: string, settings: ProbePodOptions): Promise<Fact<Pod>> {
  const manifest = settings.manifest ?? probePodManifest;
  const send = (user: WhichUser) =>
    cluster.create<Pod>({ ...PODS, namespace: settings.namespace }, manifest(name, settings, user));
  const first = await send('nobody');
  return first.known || !refusesUser(first.obstacle) ? first : send('given');
}

async function remove(
  cluster: Cluster,
  pod: ObjectRef,
  created: Fact<Pod>,
  { clock = REAL_CLOCK }: WaitOptions,
): Promise<Fact<boolean>> {
  const uid = created.known ? created.value.metadata?.uid : undefined;
  const send = () => cluster.delete(pod, { gracePeriodSeconds: 0, ...(uid !== undefined && { uid }) });
  if (!created.known && !leavesOpen(created.obstacle)) return known(false);
  let removed = await send();
  for (const ms of LATE_MS) {
    const done = removed.known && (removed.value || created.known);
    if (done || (!removed.known && removed.obstacle.kind === 'forbidden')) break;
    await clock.pause(ms);
    removed = await send();
  }
  return removed;
}

const vantageOf = ({ metadata, spec }: Pod, namespace: string, name: string): Vantage => ({
  id: `probe/${namespace}/${spec?.nodeName ?? ''}`,
  kind: 'probe',
  namespace,
  pod: name,
  container: PROBE_CONTAINER,
  ...(spec?.nodeName && { node: spec.nodeName }),
  labels: metadata?.labels ?? {},
});

async function start(cluster: Cluster, pod: ObjectRef, creation: Promise<Fact<Pod>>, options: ProbePodOptions) {
  const created = await creation;
  if (!created.known) return unknown(refusalOf(created.obstacle));
  const running = await waitUntilRunning(options.signal ? cluster.within(options.signal) : cluster, pod, options);
  return running.known ? known(vantageOf(running.value, options.namespace, pod.name)) : running;
}

/** Creates a probe pod. `cluster` is not to be bound by the signal that ends the run: removing the pod comes after that. */
export function startProbePod(cluster: Cluster, options: ProbePodOptions): ProbePod {
  const { namespace } = options;
  const name = probePodName();
  const pod: ObjectRef = { ...PODS, namespace, name };
  const creation = create(cluster, name, options);
  let removal: Promise<Fact<boolean>> | undefined;
  return {
    namespace,
    name,
    running: start(cluster, pod, creation, options),
    stop: () => {
      removal ??= creation.then((created) => remove(cluster, pod, created, options));
      return removal;
    },
  };
}
