import type { KubeObject, Node, Pod } from '../objects.ts';
import { daemonSets } from './daemonSets.ts';
import { deployments } from './deployments.ts';
import { endpointSlices } from './endpointSlices.ts';
import { endpoints } from './endpoints.ts';
import { jobs } from './jobs.ts';
import { replicaSets } from './replicaSets.ts';
import { RESOURCES } from './resources.ts';
import { startPod } from './runtime.ts';
import { fits } from './scheduling.ts';
import { statefulSets } from './statefulSets.ts';
import { controllerOf } from './store.ts';
import type { World } from './world.ts';

/** One round of all controllers: what follows from the objects as they are. What they change, the next round sees. */
export function reconcile(world: World): void {
  finalize(world);
  collectGarbage(world);
  deployments(world);
  replicaSets(world);
  statefulSets(world);
  daemonSets(world);
  jobs(world);
  schedule(world);
  endpointSlices(world);
  endpoints(world);
}

/** Removes what was to be deleted and has no finalizer left, and what is in a namespace that goes. */
function finalize({ store, runtimes }: World): void {
  for (const namespace of store.list('Namespace').filter(({ metadata }) => metadata.deletionTimestamp)) {
    for (const object of inNamespace(store, namespace.metadata.name)) store.delete(object);
    if (inNamespace(store, namespace.metadata.name).length === 0) store.remove(namespace);
  }
  for (const kind of ['Pod', 'Service', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'ConfigMap'] as const) {
    for (const object of store.list(kind)) {
      const { deletionTimestamp, finalizers = [] } = object.metadata;
      if (deletionTimestamp && finalizers.length === 0) store.remove(object);
    }
  }
  for (const [uid, runtime] of runtimes) {
    const pod = store.byUid(uid);
    if (!pod || pod.metadata.deletionTimestamp) runtime.stop();
    if (!pod) runtimes.delete(uid);
  }
}

const KINDS = RESOURCES.filter(({ namespaced }) => namespaced).map(({ kind }) => kind);

const inNamespace = (store: World['store'], name: string): KubeObject[] =>
  KINDS.flatMap((kind) => store.list(kind, name));

/** What has lost its owner goes. */
function collectGarbage({ store }: World): void {
  for (const kind of ['ReplicaSet', 'Pod', 'EndpointSlice']) {
    for (const object of store.list(kind)) {
      const owner = controllerOf(object);
      if (owner && !store.byUid(owner.uid)) store.delete(object);
    }
  }
}

/** The node with the fewest pods among those that fit: enough to spread them. */
function schedule(world: World): void {
  const { store } = world;
  for (const pod of store.list<Pod>('Pod')) {
    if (!pod.spec.nodeName) bind(world, pod, store.list<Node>('Node'));
    if (pod.spec.nodeName && !world.runtimes.has(pod.metadata.uid) && !pod.metadata.deletionTimestamp)
      startPod(world, pod);
  }
}

function bind(world: World, pod: Pod, nodes: readonly Node[]): void {
  const { store } = world;
  const siblings = (node: string) => {
    const near = store.list<Pod>('Pod').filter(({ spec }) => spec.nodeName === node);
    const owner = controllerOf(pod)?.uid;
    return (
      near.filter((other) => owner !== undefined && controllerOf(other)?.uid === owner).length * 1000 + near.length
    );
  };
  const [best] = nodes
    .filter((node) => fits(pod.spec, node))
    .sort((a, b) => siblings(a.metadata.name) - siblings(b.metadata.name));
  if (best) {
    pod.spec.nodeName = best.metadata.name;
    store.touch(pod);
    const { namespace, name } = pod.metadata;
    world.event(
      pod,
      'Normal',
      'Scheduled',
      `Successfully assigned ${namespace}/${name} to ${best.metadata.name}`,
      'default-scheduler',
    );
    return;
  }
  const count = nodes.length;
  const why = `0/${count} nodes are available: ${count} node(s) didn't match Pod's node affinity/selector.`;
  const message = `${why} preemption: 0/${count} nodes are available: ${count} Preemption is not helpful for scheduling.`;
  if (pod.status.conditions?.some(({ reason }) => reason === 'Unschedulable')) return;
  pod.status.conditions = [
    { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message, lastTransitionTime: store.time() },
  ];
  store.touch(pod);
  world.event(pod, 'Warning', 'FailedScheduling', message, 'default-scheduler');
}
