/** Which of the pods that exist the policies let through: where a probe is silent, they tell whether it is alone in that. */
import { valueOr } from '../model/fact.ts';
import type { Metadata, Pod, ServicePort } from '../model/kubernetes.ts';
import { isSamePod, type PodParty, podParty } from '../model/networkPolicy/party.ts';
import { page, podsIn } from './api.ts';
import type { Facts } from './facts.ts';
import { judge, type PolicyScene } from './policies.ts';
import { RESOURCES } from './resources.ts';

/** A pod that may connect. */
interface Admitted {
  party: PodParty;
  /** Whether it is one of the backends itself. */
  isBackend: boolean;
}

export interface Others {
  admitted: Admitted[];
  /** Some might be admitted: not all could be read or judged. */
  unsure: boolean;
  /** Pods of the namespace that are not admitted, without the backends. */
  refused: PodParty[];
}

/** The label of every pod that svc-debug makes: it is no client of anybody. */
export const isOwnPod = ({ labels }: PodParty): boolean => labels['app.kubernetes.io/managed-by'] === 'svc-debug';

/** Pods of every namespace, by labels alone: one page of 500. */
const podLabelsEverywhere = page<Metadata>(RESOURCES.pods, { metadataOnly: true });

/** Which existing pods the policies let through to some backend on this port: of the namespace first, else of all others. */
export async function otherPods(facts: Facts, scene: PolicyScene, servicePort: ServicePort): Promise<Others> {
  const { namespace } = facts.target;
  const near = await facts.ask(podsIn(namespace));
  const here = valueOr(near, { items: [] as Pod[] })
    .items.filter(runs)
    .map(podParty)
    .filter((party) => !isOwnPod(party));
  const local = sorted(scene, here, servicePort);
  if (local.admitted.length > 0 || !reachesBeyond(scene, servicePort))
    return { ...local, unsure: local.unsure || !near.known };
  const far = await facts.ask(podLabelsEverywhere);
  const { items, more } = valueOr(far, { items: [] as Metadata[], more: true });
  const there = items.filter(({ metadata }) => metadata?.namespace !== namespace).map(byLabels);
  const remote = sorted(scene, there, servicePort);
  return {
    admitted: remote.admitted,
    refused: local.refused,
    unsure: local.unsure || remote.unsure || more || !near.known,
  };
}

export const runs = ({ metadata, status }: Pod): boolean =>
  metadata?.deletionTimestamp === undefined && status?.phase !== 'Succeeded' && status?.phase !== 'Failed';

const byLabels = ({ metadata }: Metadata): PodParty => ({
  kind: 'pod',
  namespace: metadata?.namespace ?? '',
  name: metadata?.name ?? '',
  labels: metadata?.labels ?? {},
  addresses: [],
  hostNetwork: false,
});

/** Whether some rule speaks of other namespaces, of addresses, or of everybody: else only pods of the namespace can be meant. */
const reachesBeyond = ({ policies }: PolicyScene, _port: ServicePort): boolean =>
  policies.some(({ spec }) =>
    (spec?.ingress ?? []).some(
      ({ from }) => (from ?? []).length === 0 || from?.some((peer) => peer.namespaceSelector || peer.ipBlock),
    ),
  );

function sorted(scene: PolicyScene, pods: readonly PodParty[], servicePort: ServicePort): Others {
  const isBackend = (pod: PodParty) => scene.backends.some(({ party }) => isSamePod(party, pod));
  const allowed = pods.map((party) => ({
    party,
    isBackend: isBackend(party),
    allowed: toBackends(scene, party, servicePort),
  }));
  return {
    admitted: allowed.filter((pod) => pod.allowed === true),
    unsure: allowed.some((pod) => pod.allowed === 'unknown'),
    refused: allowed.filter((pod) => pod.allowed === false && !pod.isBackend).map(({ party }) => party),
  };
}

/** Whether some backend may be reached. */
function toBackends(scene: PolicyScene, pod: PodParty, servicePort: ServicePort) {
  const answers = judge(scene, pod, servicePort).map(({ verdict }) => verdict.allowed);
  if (answers.includes(true)) return true;
  return answers.includes('unknown') ? ('unknown' as const) : false;
}
