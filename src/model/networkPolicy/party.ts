import { isIP } from 'node:net';
import type { Labels, NetworkPolicy, Pod, Protocol } from '../kubernetes.ts';
import { type DeclaredPort, declaredPorts } from '../ports.ts';

export type Direction = 'ingress' | 'egress';

/** A pod, as policies see it. It need not exist yet: a client to be is its namespace and its labels. */
export interface PodParty {
  kind: 'pod';
  namespace: string;
  name?: string;
  labels: Labels;
  /** Addresses of the pod; empty while it has none. */
  addresses: readonly string[];
  /** It shares the network of its node, and whether policies reach it depends on the CNI plugin. */
  hostNetwork: boolean;
  node?: string;
  /** What its containers declare; absent where that is not known. */
  ports?: readonly DeclaredPort[];
}

/** An address that belongs to no pod: a node, or something outside the cluster. */
export interface AddressParty {
  kind: 'address';
  address: string;
  /** Set when it is an address of that node. */
  node?: string;
}

export type Party = PodParty | AddressParty;

/** One connection that is to be judged. Kubernetes judges it after the Service's translation: pod address, pod port. */
export interface Connection {
  policies: readonly NetworkPolicy[];
  client: Party;
  backend: Party;
  /** Port on the backend pod, not the port of the Service. */
  port: number;
  protocol: Protocol;
  /** Labels of namespaces, by name. What a namespace that is not in here is labelled with counts as unknown. */
  namespaces: Readonly<Record<string, Labels>>;
}

/** A pod of the cluster as a party. */
export function podParty(pod: Pod): PodParty {
  const { metadata, spec, status } = pod;
  const addresses = status?.podIPs?.map(({ ip }) => ip) ?? (status?.podIP ? [status.podIP] : []);
  return {
    kind: 'pod',
    namespace: metadata?.namespace ?? 'default',
    ...(metadata?.name !== undefined && { name: metadata.name }),
    labels: metadata?.labels ?? {},
    addresses,
    hostNetwork: spec?.hostNetwork ?? false,
    ...(spec?.nodeName !== undefined && { node: spec.nodeName }),
    ports: declaredPorts(pod),
  };
}

/** Whether both are one pod. Its traffic to itself never meets a policy. */
export function isSamePod(a: Party, b: Party): boolean {
  if (a.kind === 'pod' && b.kind === 'pod')
    return a.name !== undefined && a.name === b.name && a.namespace === b.namespace;
  const [pod, address] = a.kind === 'pod' ? [a, b] : [b, a];
  return (
    pod.kind === 'pod' && address.kind === 'address' && !pod.hostNetwork && pod.addresses.includes(address.address)
  );
}

const addressesOf = (party: Party): readonly string[] => (party.kind === 'pod' ? party.addresses : [party.address]);

/** The address that a party has in a family (4 or 6). */
export const addressIn = (party: Party, family: number): string | undefined =>
  addressesOf(party).find((address) => isIP(address) === family);

/** The IP family that the connection uses: that of an end which is one address, else of the backend's first. 0: not known. */
export function familyOf({ backend, client }: Pick<Connection, 'backend' | 'client'>): number {
  const single = [backend, client].find(({ kind }) => kind === 'address');
  const [address] = [single, backend, client].flatMap((party) => (party ? addressesOf(party) : []));
  return isIP(address ?? '');
}
