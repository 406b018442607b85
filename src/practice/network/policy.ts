import {
  type LabelSelector,
  type Labels,
  type NetworkPolicy,
  type PolicyPeer,
  type PolicyPort,
  selects,
} from '../objects.ts';
import type { NetworkPlace, PlaceOwner } from './place.ts';

export interface PolicyWorld {
  policies: readonly NetworkPolicy[];
  /** Labels of a namespace. */
  labelsOf(namespace: string): Labels;
}

const numberOf = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

/** IPv4 only. */
export function inBlock(address: string, cidr: string): boolean {
  const [base = '', bits = '32'] = cidr.split('/');
  const size = 2 ** (32 - Number(bits));
  return Math.floor(numberOf(address) / size) === Math.floor(numberOf(base) / size);
}

function isPeer(
  world: PolicyWorld,
  { podSelector, namespaceSelector, ipBlock }: PolicyPeer,
  other: NetworkPlace,
  home: string,
): boolean {
  if (ipBlock)
    return inBlock(other.address, ipBlock.cidr) && !(ipBlock.except ?? []).some((cidr) => inBlock(other.address, cidr));
  const { owner } = other;
  if (!owner) return false;
  const inNamespace = namespaceSelector
    ? selects(namespaceSelector, world.labelsOf(owner.namespace))
    : owner.namespace === home;
  return inNamespace && (!podSelector || selects(podSelector, owner.labels));
}

function isPort(
  { port, endPort, protocol = 'TCP' }: PolicyPort,
  server: NetworkPlace,
  number: number,
  spoken: string,
): boolean {
  if (protocol !== spoken) return false;
  if (port === undefined) return true;
  if (typeof port === 'number') return endPort === undefined ? port === number : number >= port && number <= endPort;
  return (server.owner?.ports ?? []).some((one) => one.name === port && one.port === number && one.protocol === spoken);
}

interface Rule {
  peers: PolicyPeer[] | undefined;
  ports: PolicyPort[] | undefined;
}

const rulesOf = ({ spec }: NetworkPolicy, direction: 'Ingress' | 'Egress'): Rule[] =>
  direction === 'Ingress'
    ? (spec.ingress ?? []).map(({ from, ports }) => ({ peers: from, ports }))
    : (spec.egress ?? []).map(({ to, ports }) => ({ peers: to, ports }));

/** https://kubernetes.io/docs/concepts/services-networking/network-policies/: without policyTypes Ingress, and Egress where it has rules. */
const types = ({ spec }: NetworkPolicy): string[] =>
  spec.policyTypes ?? ['Ingress', ...(spec.egress ? ['Egress'] : [])];

const concerns = (policy: NetworkPolicy, { namespace, labels }: PlaceOwner, direction: string): boolean =>
  policy.metadata.namespace === namespace &&
  types(policy).includes(direction) &&
  selects((policy.spec.podSelector ?? {}) as LabelSelector, labels);

/** Whether the policies of one side let a connection through. Nodes have none. */
export function admits(
  world: PolicyWorld,
  direction: 'Ingress' | 'Egress',
  client: NetworkPlace,
  server: NetworkPlace,
  port: number,
  protocol: string,
): boolean {
  const [self, other] = direction === 'Ingress' ? [server, client] : [client, server];
  const { owner } = self;
  if (!owner || client === server) return true;
  // a node reaches its own pods, whatever policies say: the kubelet's probes come from there
  if (direction === 'Ingress' && !client.owner && client.node === server.node) return true;
  const concerned = world.policies.filter((policy) => concerns(policy, owner, direction));
  if (concerned.length === 0) return true;
  return concerned.some((policy) =>
    rulesOf(policy, direction).some(
      ({ peers = [], ports = [] }) =>
        (peers.length === 0 || peers.some((peer) => isPeer(world, peer, other, owner.namespace))) &&
        (ports.length === 0 || ports.some((one) => isPort(one, server, port, protocol))),
    ),
  );
}
