import { known, type Obstacle } from '../model/fact.ts';
import type { DaemonSet, Deployment, Pod, StatefulSet } from '../model/kubernetes.ts';
import type { Workload } from '../model/workload.ts';
import { daemonSetsIn, deploymentsIn, statefulSetsIn } from './api.ts';
import type { Question } from './facts.ts';

/** A workload with what the checks ask of it beyond its labels. */
export interface ReadWorkload extends Workload {
  kind: 'Deployment' | 'StatefulSet' | 'DaemonSet';
  name: string;
  /** The pods' specification, as in the template. */
  podSpec: NonNullable<Pod['spec']>;
  /** Pods that it is to have. A DaemonSet: one for each node that fits. */
  wanted: number;
}

export interface Workloads {
  items: ReadWorkload[];
  /** Kinds that could not be read. */
  obstacles: Obstacle[];
}

/** The Deployments, StatefulSets and DaemonSets of a namespace: three requests, asked only when something is wrong. */
export const workloadsIn = (namespace: string): Question<Workloads> => ({
  key: `workloads in ${namespace}`,
  ask: async ({ facts }) => {
    const [deployments, statefulSets, daemonSets] = await Promise.all([
      facts.ask(deploymentsIn(namespace)),
      facts.ask(statefulSetsIn(namespace)),
      facts.ask(daemonSetsIn(namespace)),
    ]);
    const obstacles = [deployments, statefulSets, daemonSets].flatMap((fact) => (fact.known ? [] : [fact.obstacle]));
    const items = [
      ...(deployments.known ? deployments.value.items.map((item) => replicated('Deployment', item)) : []),
      ...(statefulSets.known ? statefulSets.value.items.map((item) => replicated('StatefulSet', item)) : []),
      ...(daemonSets.known ? daemonSets.value.items.map(perNode) : []),
    ];
    return known({ items, obstacles });
  },
});

/** `replicas` absent means one. */
const replicated = (kind: 'Deployment' | 'StatefulSet', item: Deployment | StatefulSet): ReadWorkload => ({
  ...common(kind, item),
  wanted: item.spec?.replicas ?? 1,
});

const perNode = (item: DaemonSet): ReadWorkload => ({
  ...common('DaemonSet', item),
  wanted: item.status?.desiredNumberScheduled ?? 0,
});

const common = <K extends ReadWorkload['kind']>(kind: K, { metadata, spec }: Deployment | StatefulSet | DaemonSet) => ({
  kind,
  name: metadata?.name ?? '',
  ...(metadata && { metadata }),
  templateLabels: spec?.template?.metadata?.labels ?? {},
  podSpec: spec?.template?.spec ?? { containers: [] },
});
