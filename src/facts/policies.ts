/** NetworkPolicies and those whom they concern: the backends of the target, a client, and the other pods around. */
import type { Backend } from '../model/backends.ts';
import { type Fact, known, type Obstacle, valueOr } from '../model/fact.ts';
import type { Labels, Metadata, Namespace, NetworkPolicy, Pod, Service, ServicePort } from '../model/kubernetes.ts';
import { mayConnect, type Verdict } from '../model/networkPolicy/mayConnect.ts';
import { type Connection, isSamePod, type Party, type PodParty, podParty } from '../model/networkPolicy/party.ts';
import { portKey, protocolOf } from '../model/ports.ts';
import type { Vantage } from '../model/probe.ts';
import { namespaceNamed, namespaces, page, podNamed, podsIn, policiesIn } from './api.ts';
import { backendsOf, portsInScope } from './backends.ts';
import type { Facts } from './facts.ts';
import { selectedPods, theService } from './pods.ts';
import { RESOURCES } from './resources.ts';

export interface PolicyScene {
  service: Service;
  ports: ServicePort[];
  policies: NetworkPolicy[];
  /** Labels by namespace, of those that were read. */
  namespaces: Record<string, Labels>;
  /** The ready ones; where there is none, all. */
  backends: PolicyBackend[];
  client?: PodParty;
  /** What could not be read. */
  obstacles: Obstacle[];
}

export interface PolicyBackend {
  backend: Backend;
  party: Party;
}

/** What the policies say about one backend and port, for one client. */
export interface Judged extends PolicyBackend {
  servicePort: ServicePort;
  connection: Connection & { service: { port: number; portName?: string; clusterIPs?: string[] } };
  verdict: Verdict;
}

/** Everything that the policies' answer follows from. Without `vantage`: no client is known. */
export async function policyScene(facts: Facts, vantage: Vantage | undefined): Promise<Fact<PolicyScene>> {
  const { target } = facts;
  const spaces = [...new Set([target.namespace, vantage?.namespace ?? target.namespace])];
  const [service, backends, pods, ...lists] = await Promise.all([
    theService(facts),
    facts.ask(backendsOf(target)),
    facts.ask(selectedPods(target)),
    ...spaces.map((space) => facts.ask(policiesIn(space))),
  ]);
  if (!service.known) return service;
  const policies = lists.flatMap((list) => valueOr(list, { items: [] as NetworkPolicy[] }).items);
  const client = vantage && policies.length > 0 ? await clientParty(facts, vantage) : undefined;
  return known({
    service: service.value,
    ports: portsInScope(service.value.spec?.ports, target),
    policies,
    namespaces: await namespaceLabels(facts, policies, spaces),
    backends: parties(valueOr(backends, []), valueOr(pods, { items: [] as Pod[] }).items),
    ...(client && { client }),
    obstacles: lists.flatMap((list) => (list.known ? [] : [list.obstacle])),
  });
}

/** Whether the answers are those of the suffering client: a probe of our own wears other labels, and silence means less. */
export const isClient = ({ kind }: Vantage): boolean => kind === 'pod';

function parties(backends: readonly Backend[], pods: readonly Pod[]): PolicyBackend[] {
  const ready = backends.filter((backend) => backend.ready);
  return (ready.length > 0 ? ready : backends).map((backend) => {
    const pod = pods.find(
      ({ metadata, status }) => metadata?.name === backend.name || status?.podIP === backend.address,
    );
    const { address, node } = backend;
    return { backend, party: pod ? podParty(pod) : { kind: 'address', address, ...(node && { node }) } };
  });
}

/** The vantage point as policies see it. */
async function clientParty(facts: Facts, vantage: Vantage): Promise<PodParty> {
  const pod = valueOr(await facts.ask(podNamed(vantage.namespace, vantage.pod)), null);
  // Another pod may stand in for the client: the labels that count are the client's.
  if (pod) return { ...podParty(pod), labels: vantage.labels };
  const { namespace, pod: name, labels, node } = vantage;
  return { kind: 'pod', namespace, name, labels, addresses: [], hostNetwork: false, ...(node && { node }) };
}

/** Labels of namespaces are read only where a policy asks for them: all at once, or where that is forbidden one by one. */
async function namespaceLabels(
  facts: Facts,
  policies: readonly NetworkPolicy[],
  spaces: readonly string[],
): Promise<Record<string, Labels>> {
  if (!policies.some(usesNamespaces)) return {};
  const all = await facts.ask(namespaces);
  const read = all.known ? all.value.items : await oneByOne(facts, spaces);
  return Object.fromEntries(read.map(({ metadata }) => [metadata?.name ?? '', metadata?.labels ?? {}]));
}

const usesNamespaces = ({ spec }: NetworkPolicy): boolean =>
  [
    ...(spec?.ingress ?? []).flatMap(({ from }) => from ?? []),
    ...(spec?.egress ?? []).flatMap(({ to }) => to ?? []),
  ].some(({ namespaceSelector }) => namespaceSelector);

async function oneByOne(facts: Facts, spaces: readonly string[]): Promise<Namespace[]> {
  const found = await Promise.all(spaces.map((space) => facts.ask(namespaceNamed(space))));
  return found.flatMap((namespace) => valueOr(namespace, null) ?? []);
}

/** What the policies say of a client's connections to every backend on one Service port. */
export function judge(scene: PolicyScene, client: Party, servicePort: ServicePort): Judged[] {
  return scene.backends.flatMap(({ backend, party }) => {
    const port = backend.ports[portKey(servicePort)];
    if (port === undefined || isSamePod(client, party)) return [];
    const { policies, namespaces: labels, service } = scene;
    const connection = {
      policies,
      client,
      backend: party,
      port,
      protocol: protocolOf(servicePort.protocol),
      namespaces: labels,
      service: {
        port: servicePort.port,
        ...(servicePort.name && { portName: servicePort.name }),
        ...(service.spec?.clusterIPs && { clusterIPs: service.spec.clusterIPs }),
      },
    };
    return [{ backend, party, servicePort, connection, verdict: mayConnect(connection) }];
  });
}

/** A pod that may connect. */
export interface Admitted {
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
