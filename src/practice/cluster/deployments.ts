import type { Workload } from '../objects.ts';
import { isLeaving, isReady, podsOf, setStatus, templateHash } from './pods.ts';
import { controllerOf, ownerReference } from './store.ts';
import type { World } from './world.ts';

/** https://kubernetes.io/docs/concepts/workloads/controllers/deployment/ */
export function deployments(world: World): void {
  for (const deployment of world.store.list<Workload>('Deployment')) {
    if (isLeaving(deployment)) continue;
    const sets = setsOf(world, deployment);
    const hash = templateHash(deployment.spec.template);
    const current =
      sets.find(({ metadata }) => metadata.labels?.['pod-template-hash'] === hash) ??
      create(world, deployment, hash, sets.length);
    roll(
      world,
      deployment,
      current,
      sets.filter((set) => set !== current),
    );
    report(world, deployment, current);
  }
}

const setsOf = ({ store }: World, { metadata }: Workload): Workload[] =>
  store.list<Workload>('ReplicaSet', metadata.namespace).filter((set) => controllerOf(set)?.uid === metadata.uid);

function create({ store }: World, deployment: Workload, hash: string, before: number): Workload {
  const { metadata, spec } = deployment;
  const label = { 'pod-template-hash': hash };
  const template = structuredClone(spec.template);
  template.metadata = { ...template.metadata, labels: { ...template.metadata?.labels, ...label } };
  const revision = { 'deployment.kubernetes.io/revision': String(before + 1) };
  metadata.annotations = { ...metadata.annotations, ...revision };
  return store.add<Workload>({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${metadata.name}-${hash}`,
      namespace: metadata.namespace ?? 'default',
      labels: { ...template.metadata.labels },
      annotations: revision,
      ownerReferences: [ownerReference(deployment)],
    },
    spec: { replicas: 0, selector: { matchLabels: { ...spec.selector?.matchLabels, ...label } }, template },
  });
}

const share = (value: number | string | undefined, of: number, round: (value: number) => number): number =>
  typeof value === 'string' ? round((Number.parseFloat(value) / 100) * of) : (value ?? 0);

/** As many new pods as the surge allows, and as few old ones as may be missing. */
function roll(world: World, { spec }: Workload, current: Workload, old: readonly Workload[]): void {
  const wanted = spec.replicas ?? 1;
  const { maxSurge = '25%', maxUnavailable = '25%' } = spec.strategy?.rollingUpdate ?? {};
  const recreate = spec.strategy?.type === 'Recreate';
  const surge = recreate ? 0 : share(maxSurge, wanted, Math.ceil);
  const least = recreate ? 0 : wanted - share(maxUnavailable, wanted, Math.floor);
  const sizes = old.reduce((sum, set) => sum + (set.spec.replicas ?? 0), 0);
  const now = current.spec.replicas ?? 0;
  scale(world, current, sizes === 0 ? wanted : Math.max(now, Math.min(wanted, wanted + surge - sizes)));
  const ready = (set: Workload) => podsOf(world, set).filter(isReady).length;
  let spare = [current, ...old].reduce((sum, set) => sum + ready(set), 0) - least;
  for (const set of old) {
    const size = set.spec.replicas ?? 0;
    const unready = recreate ? size : size - ready(set);
    const removed = Math.min(size, unready + Math.max(0, spare));
    spare -= Math.max(0, removed - unready);
    scale(world, set, size - removed);
  }
}

function scale({ store }: World, set: Workload, replicas: number): void {
  if (set.spec.replicas === replicas) return;
  set.spec.replicas = replicas;
  store.touch(set);
}

function report(world: World, deployment: Workload, current: Workload): void {
  const pods = setsOf(world, deployment).flatMap((set) => podsOf(world, set));
  const ready = pods.filter(isReady).length;
  const { metadata, spec } = deployment;
  const isAvailable =
    ready >=
    (spec.replicas ?? 1) - share(spec.strategy?.rollingUpdate?.maxUnavailable ?? '25%', spec.replicas ?? 1, Math.floor);
  const failure = (current.status?.conditions as unknown[] | undefined)?.[0];
  setStatus(world, deployment, {
    observedGeneration: metadata.generation ?? 1,
    replicas: pods.length,
    updatedReplicas: podsOf(world, current).length,
    readyReplicas: ready,
    availableReplicas: ready,
    unavailableReplicas: Math.max(0, (spec.replicas ?? 1) - ready),
    conditions: [
      {
        type: 'Available',
        status: isAvailable ? 'True' : 'False',
        reason: isAvailable ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
      },
      ...(failure ? [failure] : []),
    ],
  });
}
