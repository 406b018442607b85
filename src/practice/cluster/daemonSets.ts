import type { Node, Workload } from '../objects.ts';
import { createPod, isLeaving, isReady, podsOf, setStatus, templateHash } from './pods.ts';
import { fits } from './scheduling.ts';
import type { World } from './world.ts';

const HASH = 'controller-revision-hash';

/** https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/ */
export function daemonSets(world: World): void {
  for (const set of world.store.list<Workload>('DaemonSet')) {
    if (isLeaving(set)) continue;
    const hash = templateHash(set.spec.template);
    const nodes = world.store
      .list<Node>('Node')
      .filter((node) => fits(set.spec.template.spec, node))
      .map(({ metadata }) => metadata.name);
    for (const pod of podsOf(world, set)) if (!nodes.includes(pod.spec.nodeName ?? '')) world.store.delete(pod);
    for (const nodeName of nodes) {
      if (podsOf(world, set).some(({ spec }) => spec.nodeName === nodeName)) continue;
      createPod(world, set, {
        name: `${set.metadata.name}-${world.suffix(5)}`,
        labels: { [HASH]: hash },
        spec: { nodeName },
      });
    }
    const pods = podsOf(world, set);
    // one after the other
    const outdated = pods.find(({ metadata }) => metadata.labels?.[HASH] !== hash);
    if (outdated && pods.every((pod) => pod === outdated || isReady(pod) || pod.metadata.labels?.[HASH] !== hash))
      world.store.delete(outdated);
    const ready = pods.filter(isReady).length;
    setStatus(world, set, {
      currentNumberScheduled: pods.length,
      desiredNumberScheduled: nodes.length,
      numberAvailable: ready,
      numberMisscheduled: 0,
      numberReady: ready,
      observedGeneration: set.metadata.generation ?? 1,
      updatedNumberScheduled: pods.filter(({ metadata }) => metadata.labels?.[HASH] === hash).length,
    });
  }
}
