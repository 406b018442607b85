/** NetworkPolicies and those whom they concern: the backends of the target, a client, and the other pods around. */
import { type Backend, withoutAddress } from '../model/backends.ts';
import { type Fact, known, type Obstacle, valueOr } from '../model/fact.ts';
import type { Labels, Namespace, NetworkPolicy, Pod, Service, ServicePort } from '../model/kubernetes.ts';
import { mayConnect, type Verdict } from '../model/networkPolicy/mayConnect.ts';
import { type Connection, isSamePod, type Party, type PodParty, podParty } from '../model/networkPolicy/party.ts';
import { portKey, protocolOf } from '../model/ports.ts';
import type { Vantage } from '../model/probe.ts';
import { namespaceNamed, namespaces, podNamed, policiesIn } from './api.ts';
import { portsInScope } from './backends.ts';
import type { Facts } from './facts.ts';
import { meantBackends, meantPods, plannedPods } from './meant.ts';
import { theService } from './pods.ts';
import { wentOn } from './wentOn.ts';

export interface PolicyScene {
  service: Service;
  ports: ServicePort[];
  policies: NetworkPolicy[];
  /** Labels by namespace, of those that were read. */
  namespaces: Record<string, Labels>;
  /** The ready ones; where there is none, all; where there is no address at all, the pods that wait for one or are to be made. */
  backends: PolicyBackend[];
  /** Whose way it is. */
  client?: PodParty;
  /** A pod of ours that asks in the client's place. */
  standIn?: PodParty;
  /** What could not be read. */
  obstacles: Obstacle[];
}

interface PolicyBackend {
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
  const [service, backends, pods, planned, ...lists] = await Promise.all([
    theService(facts),
    facts.ask(meantBackends(target)),
    facts.ask(meantPods(target)),
    facts.ask(plannedPods(target)),
    ...spaces.map((space) => facts.ask(policiesIn(space))),
  ]);
  if (!service.known) return service;
  const there = valueOr(backends, []);
  const items = [...valueOr(pods, { items: [] as Pod[] }).items, ...valueOr(planned, [])];
  const policies = lists.flatMap((list) => valueOr(list, { items: [] as NetworkPolicy[] }).items);
  const ends = vantage ? await clientEnds(facts, vantage, policies.length > 0) : {};
  return known({
    service: service.value,
    ports: portsInScope(service.value.spec?.ports, target),
    policies,
    namespaces: await namespaceLabels(facts, policies, spaces),
    backends: parties(there.length > 0 ? there : withoutAddress(service.value.spec?.ports ?? [], items), items),
    ...ends,
    obstacles: lists.flatMap((list, i) =>
      list.known ? wentOn(list, `NetworkPolicies of ${spaces[i]}`) : [list.obstacle],
    ),
  });
}

/** Whether a client was named: else a probe of our own asks for nobody in particular. */
export const isClient = ({ vantage, insteadOf }: { vantage: Vantage; insteadOf?: Vantage }): boolean =>
  insteadOf === undefined && !vantage.bystander && (vantage.kind === 'pod' || vantage.standsFor !== undefined);

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

/** The client as policies see it, and where that cannot be asked itself, the pod that asks in its place. */
async function clientEnds(
  facts: Facts,
  { namespace, pod, labels, node, standsFor }: Vantage,
  lookAtIt: boolean,
): Promise<Pick<PolicyScene, 'client' | 'standIn'>> {
  const party = async (name: string, wears: Labels): Promise<PodParty> => {
    const found = lookAtIt ? valueOr(await facts.ask(podNamed(namespace, name)), null) : null;
    if (found) return podParty(found);
    return { kind: 'pod', namespace, name, labels: wears, addresses: [], hostNetwork: false, ...(node && { node }) };
  };
  const asks = await party(pod, labels);
  return standsFor ? { client: await party(standsFor.pod, standsFor.labels), standIn: asks } : { client: asks };
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
  return scene.backends.flatMap((one) => {
    const port = one.backend.ports[portKey(servicePort)];
    if (isSamePod(client, one.party)) return [];
    if (port !== undefined) return [judgeOne(scene, client, servicePort, one, port)];
    // a targetPort that a pod has not: what holds for each of the ports that it has will hold for the right one
    const each = declared(one.party, servicePort).map((number) => judgeOne(scene, client, servicePort, one, number));
    return each.every(({ verdict }) => verdict.allowed === false) ? each.slice(0, 1) : [];
  });
}

const declared = (party: Party, { protocol }: ServicePort): number[] =>
  (party.kind === 'pod' ? (party.ports ?? []) : [])
    .filter((port) => port.protocol === protocolOf(protocol))
    .map(({ containerPort }) => containerPort);

function judgeOne(
  { policies, namespaces, service }: PolicyScene,
  client: Party,
  servicePort: ServicePort,
  { backend, party }: PolicyBackend,
  port: number,
): Judged {
  const connection = {
    policies,
    client,
    backend: party,
    port,
    protocol: protocolOf(servicePort.protocol),
    namespaces,
    service: {
      port: servicePort.port,
      ...(servicePort.name && { portName: servicePort.name }),
      ...(service.spec?.clusterIPs && { clusterIPs: service.spec.clusterIPs }),
    },
  };
  return { backend, party, servicePort, connection, verdict: mayConnect(connection) };
}
