import { type Pod, selects, type Workload } from '../objects.ts';
import { createPod, isFinished, isLeaving, isReady, podsOf, setStatus } from './pods.ts';
import type { World } from './world.ts';

/** https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/ */
export function replicaSets(world: World): void {
  for (const set of world.store.list<Workload>('ReplicaSet')) {
    if (isLeaving(set)) continue;
    release(world, set);
    const pods = podsOf(world, set).filter((pod) => !isFinished(pod));
    const wanted = set.spec.replicas ?? 1;
    let refused = false;
    for (let missing = wanted - pods.length; missing > 0 && !refused; missing -= 1) {
      const pod = createPod(world, set, { name: `${set.metadata.name}-${world.suffix(5)}` });
      if (pod) pods.push(pod);
      else refused = true;
    }
    for (const pod of surplus(pods, pods.length - wanted)) world.store.delete(pod);
    const ready = pods.filter(isReady).length;
    const failure = { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate' };
    setStatus(world, set, {
      replicas: Math.min(pods.length, wanted),
      fullyLabeledReplicas: Math.min(pods.length, wanted),
      readyReplicas: ready,
      availableReplicas: ready,
      observedGeneration: set.metadata.generation ?? 1,
      ...(refused && { conditions: [failure] }),
    });
  }
}

/** A pod whose labels were changed belongs to nobody any more. */
function release(world: World, set: Workload): void {
  for (const pod of podsOf(world, set)) {
    if (selects(set.spec.selector ?? {}, pod.metadata.labels)) continue;
    delete pod.metadata.ownerReferences;
    world.store.touch(pod);
  }
}

/** Those that are not ready go first, then the youngest. */
const surplus = (pods: readonly Pod[], count: number): Pod[] =>
  count <= 0
    ? []
    : [...pods]
        .reverse()
        .sort((a, b) => Number(isReady(a)) - Number(isReady(b)))
        .slice(0, count);
