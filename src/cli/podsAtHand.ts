import type { ExistingPod } from '../cluster/probers.ts';
import { RESOURCES } from '../facts/resources.ts';
import type { Cluster } from '../model/cluster.ts';
import { valueOr } from '../model/fact.ts';
import type { Pod, Service } from '../model/kubernetes.ts';
import type { Target } from '../model/target.ts';
import { clientPods, isAskable, isSelected } from './clientPods.ts';

const MOST = 3;

/**
 * Pods that may be asked where none of ours can be created: clients of the Service first, then whatever runs beside it, at
 * last the pods of the Service itself.
 */
export async function podsAtHand(cluster: Cluster, target: Target): Promise<ExistingPod[]> {
  const { namespace, service: name } = target;
  const [pods, found] = await Promise.all([
    cluster.list<Pod>({ ...RESOURCES.pods, namespace }),
    cluster.get<Service>({ ...RESOURCES.services, namespace, name }),
  ]);
  if (!pods.known) return [];
  const service = valueOr(found, null);
  const clients = clientPods(pods.value.items, service, target).map((client) => client.name);
  const others = pods.value.items
    .filter(isAskable)
    .map((pod) => ({ name: pod.metadata?.name ?? '', isOwn: isSelected(pod, service) }))
    .filter((pod) => !clients.includes(pod.name))
    .sort((a, b) => Number(a.isOwn) - Number(b.isOwn));
  return [
    ...clients.map((client) => ({ name: client, client: true })),
    ...others.slice(0, MOST).map((other) => ({ name: other.name, client: false })),
  ];
}
