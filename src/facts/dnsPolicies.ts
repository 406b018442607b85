/** What NetworkPolicies say about a client's way to its DNS server. */
import { valueOr } from '../model/fact.ts';
import type { NetworkPolicy, Pod } from '../model/kubernetes.ts';
import { type DnsEgress, type DnsServer, dnsEgress, dnsServers } from '../model/networkPolicy/dns.ts';
import { type Admission, admission } from '../model/networkPolicy/mayConnect.ts';
import { type PodParty, podParty } from '../model/networkPolicy/party.ts';
import { podsIn, policiesIn } from './api.ts';
import { type HeardDns, isMute } from './dnsHeard.ts';
import { dnsServer } from './dnsServer.ts';
import type { Facts } from './facts.ts';
import type { PolicyScene } from './policies.ts';
import { isOwnPod, runs } from './policyOthers.ts';

/** What stands for the DNS pods where kube-system may not be read: they wear this label nearly everywhere. */
const USUAL_SERVER: DnsServer = {
  party: {
    kind: 'pod',
    namespace: 'kube-system',
    labels: { 'k8s-app': 'kube-dns' },
    addresses: [],
    hostNetwork: false,
  },
  ports: { UDP: 53, TCP: 53 },
};

const NODE_LOCAL = /^169\.254\./;

/** Whom the client asks: the cache on its node where resolv.conf names one, else the pods of the DNS Service. */
export async function dnsServersOf(facts: Facts, client: PodParty, heard: HeardDns | undefined): Promise<DnsServer[]> {
  const cache = heard?.resolvConf?.nameservers.find((address) => NODE_LOCAL.test(address));
  const { node } = client;
  if (cache)
    return [{ party: { kind: 'address', address: cache, ...(node && { node }) }, ports: { UDP: 53, TCP: 53 } }];
  const { service, pods } = await dnsServer(facts);
  if (service === undefined) return [USUAL_SERVER];
  return service ? dnsServers(service, pods) : [];
}

/** Whether the egress policies of the client let it ask, over UDP: that is how every resolver begins. */
export function udpEgress(scene: PolicyScene, client: PodParty, servers: readonly DnsServer[]): DnsEgress | undefined {
  const { policies, namespaces } = scene;
  return dnsEgress({ policies, namespaces, client, servers }).find(({ protocol }) => protocol === 'UDP');
}

/** Pods of the client's namespace that may ask. */
export async function podsWithDns(
  facts: Facts,
  scene: PolicyScene,
  client: PodParty,
  servers: readonly DnsServer[],
): Promise<PodParty[]> {
  const pods = valueOr(await facts.ask(podsIn(client.namespace)), { items: [] as Pod[] })
    .items.filter(runs)
    .map(podParty);
  return pods.filter((pod) => !isOwnPod(pod) && udpEgress(scene, pod, servers)?.allowed === true);
}

/** Whether the pods of the DNS Service may be asked by the client, as the policies of their own namespace have it. */
export async function dnsIngress(
  facts: Facts,
  scene: PolicyScene,
  client: PodParty,
  servers: readonly DnsServer[],
): Promise<Admission[]> {
  const spaces = new Set(servers.flatMap(({ party }) => (party.kind === 'pod' ? [party.namespace] : [])));
  const lists = await Promise.all([...spaces].map((space) => facts.ask(policiesIn(space))));
  const policies = lists.flatMap((list) => valueOr(list, { items: [] as NetworkPolicy[] }).items);
  return servers.flatMap(({ party, ports }) => {
    const { UDP: port } = ports;
    if (port === undefined) return [];
    return [
      admission({ policies, namespaces: scene.namespaces, client, backend: party, port, protocol: 'UDP' }, 'ingress'),
    ];
  });
}

/** Pods of the client's namespace that the DNS server's policies let in. */
export async function podsLetInByDns(
  facts: Facts,
  scene: PolicyScene,
  client: PodParty,
  servers: readonly DnsServer[],
): Promise<PodParty[]> {
  const near = await facts.ask(podsIn(client.namespace));
  const pods = valueOr(near, { items: [] as Pod[] })
    .items.filter(runs)
    .map(podParty);
  const allowed = await Promise.all(
    pods.map(async (pod) => (await dnsIngress(facts, scene, pod, servers)).every((each) => each.allowed === true)),
  );
  return pods.filter((pod, i) => !isOwnPod(pod) && allowed[i]);
}

/** Whether the client heard from its DNS server at all: an answer of any kind means that packets pass. */
export function heardFromDns({ service, kubernetes, lookups }: HeardDns): 'something' | 'silence' | 'nothing-asked' {
  const own = [service.own, kubernetes.own].flatMap((answer) => answer ?? []);
  if (own.some((answer) => !isMute(answer)) || lookups.some(({ answer }) => answer.outcome === 'found'))
    return 'something';
  return own.length > 0 || lookups.length > 0 ? 'silence' : 'nothing-asked';
}
