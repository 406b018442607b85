import { endpointsOf } from './endpoints.ts';
import type { EndpointSlice, Service, ServicePort } from './kubernetes.ts';
import { portKey, protocolOf } from './ports.ts';
import { type EntryKind, endpointKey, type ProxyEntry } from './proxyRules.ts';
import { eligible, type NodePlace } from './trafficPolicy.ts';

/** The node whose rules are looked at. */
export interface RulesPlace extends NodePlace {
  /** Its own addresses: those on which a node port is reached. */
  addresses: readonly string[];
  /** Address of a client pod on it, where one is known. */
  client?: string;
}

/** Addresses that nobody has (RFC 5737, RFC 3849): a client outside the cluster. */
const OUTSIDE = { 4: '192.0.2.1', 6: '2001:db8::1' };

const familyOf = (address: string): 4 | 6 => (address.includes(':') ? 6 : 4);

/**
 * All ways into these ports that kube-proxy writes rules for on a node, and where each should lead.
 * Source: pkg/proxy/iptables/proxier.go, syncProxyRules; ipMode Proxy: KEP-1860.
 */
export function entriesOn(
  service: Service,
  ports: readonly ServicePort[],
  slices: readonly EndpointSlice[],
  place: RulesPlace,
): ProxyEntry[] {
  return ports.flatMap((port) => {
    const { endpoints } = endpointsOf(service, port, slices);
    const aims = {
      internal: eligible(service, endpoints, place, 'internal'),
      external: eligible(service, endpoints, place, 'external'),
    };
    return addressesOf(service, port, place).map(({ kind, address, number }): ProxyEntry => {
      const aim = kind === 'cluster-ip' ? aims.internal : aims.external;
      const near = aim.endpoints.filter((endpoint) => familyOf(endpoint.address) === familyOf(address));
      const some = near.find((endpoint) => endpoint.node === place.name) ?? near[0];
      return {
        kind,
        servicePort: portKey(port),
        address,
        port: number,
        protocol: protocolOf(port.protocol).toLowerCase(),
        source: kind === 'cluster-ip' ? insider(place, address, some?.address) : outsider(service, kind, address),
        wanted: near.map((endpoint) => endpointKey(endpoint.address, endpoint.port)),
        whenEmpty: aim.whenEmpty,
      };
    });
  });
}

interface Reached {
  kind: EntryKind;
  address: string;
  number: number;
}

function addressesOf({ spec, status }: Service, { port, nodePort }: ServicePort, place: RulesPlace): Reached[] {
  const clusterIPs = (spec?.clusterIPs ?? [spec?.clusterIP ?? '']).filter((ip) => ip !== '' && ip !== 'None');
  const families = new Set(clusterIPs.map(familyOf));
  const balanced = (status?.loadBalancer?.ingress ?? []).filter(({ ipMode }) => ipMode !== 'Proxy');
  const to = (kind: EntryKind, addresses: readonly string[], number: number): Reached[] =>
    addresses.filter((address) => families.has(familyOf(address))).map((address) => ({ kind, address, number }));
  return [
    ...to('cluster-ip', clusterIPs, port),
    ...(nodePort ? to('node-port', place.addresses, nodePort) : []),
    ...to('external-ip', spec?.externalIPs ?? [], port),
    ...to(
      'load-balancer',
      balanced.flatMap(({ ip }) => ip ?? []),
      port,
    ),
  ];
}

/** A client inside: the one that is known, else a backend, which is a pod as well. */
function insider({ client }: RulesPlace, address: string, backend: string | undefined): string {
  const fitting = [client, backend].find((one) => one !== undefined && familyOf(one) === familyOf(address));
  return fitting ?? OUTSIDE[familyOf(address)];
}

/** A client outside, among those that loadBalancerSourceRanges admits. */
function outsider({ spec }: Service, kind: EntryKind, address: string): string {
  const ranges = kind === 'load-balancer' ? (spec?.loadBalancerSourceRanges ?? []) : [];
  const [start] = ranges.find((range) => familyOf(range) === familyOf(address))?.split('/') ?? [];
  return start ?? OUTSIDE[familyOf(address)];
}
