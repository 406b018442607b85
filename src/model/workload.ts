import { groupBy } from './group.ts';
import type { Labels, ObjectMeta, Pod } from './kubernetes.ts';
import { commonLabels } from './labels.ts';

export interface WorkloadRef {
  kind: string;
  name: string;
}

/** A workload with a pod template: Deployment, StatefulSet, DaemonSet, ReplicaSet, Job. */
export interface Workload {
  kind: string;
  metadata?: ObjectMeta;
  /** Labels of `spec.template.metadata`. */
  templateLabels: Labels;
}

/** Pods of one workload, or its template while it has none. */
export interface LabelledGroup {
  workload: WorkloadRef;
  namespace: string;
  /** Labels that all of its pods carry, or its template where it has no pods. */
  labels: Labels;
  /** Labels on the workload itself. They select nothing: people put labels there by mistake. Absent when it was not read. */
  workloadLabels?: Labels;
  /** 0: there is only the template. */
  pods: number;
}

/**
 * The workload that made a pod; a pod without controller is its own. A ReplicaSet named by a pod-template-hash was made
 * by the Deployment whose name stands before the hash, so that no ReplicaSet has to be read.
 */
export function workloadOf({ metadata }: Pod): WorkloadRef {
  const owner = metadata?.ownerReferences?.find(({ controller }) => controller);
  if (!owner) return { kind: 'Pod', name: metadata?.name ?? '' };
  const hash = metadata?.labels?.['pod-template-hash'];
  if (owner.kind !== 'ReplicaSet' || !hash || !owner.name.endsWith(`-${hash}`))
    return { kind: owner.kind, name: owner.name };
  return { kind: 'Deployment', name: owner.name.slice(0, -hash.length - 1) };
}

const keyOf = (namespace: string, { kind, name }: WorkloadRef): string => `${namespace}/${kind}/${name}`;

const namespaceOf = (metadata: ObjectMeta | undefined): string => metadata?.namespace ?? 'default';

/** Pods by workload, and the workloads that have no pods by their template; in the order given, pods first. */
export function labelledGroups(pods: readonly Pod[], workloads: readonly Workload[]): LabelledGroup[] {
  const byKey = groupBy(pods, (pod) => keyOf(namespaceOf(pod.metadata), workloadOf(pod)));
  const read = new Map(workloads.map((workload) => [keyOf(namespaceOf(workload.metadata), refOf(workload)), workload]));
  const groups = [...byKey].map(([key, members]) => fromPods(members, read.get(key)));
  const idle = [...read].filter(([key]) => !byKey.has(key)).map(([, workload]) => fromTemplate(workload));
  return [...groups, ...idle];
}

const fromPods = (pods: readonly Pod[], workload: Workload | undefined): LabelledGroup => ({
  workload: workloadOf(pods[0] ?? {}),
  namespace: namespaceOf(pods[0]?.metadata),
  labels: commonLabels(pods.map(({ metadata }) => metadata?.labels ?? {})),
  ...(workload && { workloadLabels: workload.metadata?.labels ?? {} }),
  pods: pods.length,
});

const refOf = ({ kind, metadata }: Workload): WorkloadRef => ({ kind, name: metadata?.name ?? '' });

const fromTemplate = (workload: Workload): LabelledGroup => ({
  workload: refOf(workload),
  namespace: namespaceOf(workload.metadata),
  labels: workload.templateLabels,
  workloadLabels: workload.metadata?.labels ?? {},
  pods: 0,
});
