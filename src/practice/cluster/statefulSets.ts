import type { Pod, Workload } from '../objects.ts';
import { createPod, isLeaving, isReady, podsOf, setStatus, templateHash } from './pods.ts';
import type { World } from './world.ts';

const HASH = 'controller-revision-hash';

/** https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/ */
export function statefulSets(world: World): void {
  for (const set of world.store.list<Workload>('StatefulSet')) {
    if (isLeaving(set)) continue;
    const { metadata, spec } = set;
    const revision = `${metadata.name}-${templateHash(spec.template)}`;
    const parallel = spec.podManagementPolicy === 'Parallel';
    const names = Array.from({ length: spec.replicas ?? 1 }, (_, i) => `${metadata.name}-${i}`);
    const find = (name: string) => world.store.get<Pod>('Pod', metadata.namespace, name);
    for (const pod of podsOf(world, set)) if (!names.includes(pod.metadata.name)) world.store.delete(pod);
    for (const [i, name] of names.entries()) {
      const before = find(names[i - 1] ?? '');
      if (!parallel && i > 0 && !(before && isReady(before))) break;
      if (!find(name)) createPod(world, set, member(set, name, i, revision));
    }
    update(
      world,
      names.flatMap((name) => find(name) ?? []),
      revision,
      parallel,
    );
    const pods = podsOf(world, set);
    const ready = pods.filter(isReady).length;
    setStatus(world, set, {
      observedGeneration: metadata.generation ?? 1,
      replicas: pods.length,
      readyReplicas: ready,
      availableReplicas: ready,
      currentReplicas: pods.length,
    });
  }
}

const member = ({ spec }: Workload, name: string, index: number, revision: string) => ({
  name,
  labels: {
    [HASH]: revision,
    'statefulset.kubernetes.io/pod-name': name,
    'apps.kubernetes.io/pod-index': String(index),
  },
  spec: { hostname: name, ...(spec.serviceName !== undefined && { subdomain: spec.serviceName }) },
});

/** The last one first, and the next only when it is ready again. */
function update({ store }: World, pods: readonly Pod[], revision: string, parallel: boolean): void {
  if (!parallel && !pods.every(isReady)) return;
  for (const pod of [...pods].reverse()) {
    if (isLeaving(pod)) return;
    const isOld = pod.metadata.labels?.[HASH] !== revision;
    if (isOld) store.delete(pod);
    if (isOld || !isReady(pod)) return;
  }
}
