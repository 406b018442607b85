import { podReferences } from '../facts/references.ts';
import type { Pod, Service } from '../model/kubernetes.ts';
import { stableLabels } from '../model/labels.ts';
import type { Target } from '../model/target.ts';

/** A pod that was told of the Service, by environment, command or arguments: from there it can be seen as its clients see it. */
export interface ClientPod {
  name: string;
  /** Where it names the Service, such as `env API_URL`. */
  where: string;
}

const MOST = 3;

/** One running pod of each workload that names the Service, at most three. Its own backends are no clients of it. */
export function clientPods(pods: readonly Pod[], service: Service | null, target: Target): ClientPod[] {
  const candidates = pods.filter(isAskable).filter((pod) => !isSelected(pod, service));
  const named = candidates.flatMap((pod) => {
    const { name = '', namespace = '' } = pod.metadata ?? {};
    const reference = podReferences(`Pod/${name}`, namespace, pod.spec ?? { containers: [] }).find(
      (found) => found.service === target.service && found.namespace === target.namespace,
    );
    return reference ? [{ name, where: reference.where, workload: workloadKey(pod) }] : [];
  });
  const oneEach = new Map(named.map((client) => [client.workload, client]));
  return [...oneEach.values()].slice(0, MOST).map(({ name, where }) => ({ name, where }));
}

export const isAskable = ({ metadata, status }: Pod): boolean =>
  status?.phase === 'Running' &&
  metadata?.deletionTimestamp === undefined &&
  (status.containerStatuses ?? []).some(({ state }) => state?.running !== undefined);

export function isSelected({ metadata }: Pod, service: Service | null): boolean {
  const selector = Object.entries(service?.spec?.selector ?? {});
  return selector.length > 0 && selector.every(([key, value]) => metadata?.labels?.[key] === value);
}

/** Pods of one workload carry the same labels, but for those of the revision. */
const workloadKey = ({ metadata }: Pod): string =>
  JSON.stringify([metadata?.ownerReferences?.[0]?.kind, Object.entries(stableLabels(metadata?.labels ?? {})).sort()]);
