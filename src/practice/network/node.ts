import type { NetworkPlace } from './place.ts';
import type { Destination, Lead, ServiceRule } from './rules.ts';

/** A rule that somebody put there beside kube-proxy's. */
export interface ForeignRule {
  table: string;
  /** As `iptables-save` prints it. */
  text: string;
  address: string | undefined;
  target: string;
}

/** What a node does with the packets of its pods. */
export interface NodeNetwork {
  name: string;
  place: NetworkPlace;
  podCidr: string;
  /** Last part of the address that was given out last: they are not used again soon. */
  lastAddress: number;
  /** In what form the rules are, once kube-proxy wrote some. */
  mode: 'iptables' | 'nftables';
  rules: ServiceRule[];
  /** Somebody emptied the chain, or map, that leads to the rules of Services. */
  flushed: boolean;
  foreign: ForeignRule[];
  /** Address ranges that the node has lost the way to. */
  lostRoutes: Set<string>;
  /** Session affinity: destination by Service and client. */
  remembered: Map<string, Destination>;
}

export const nodeNetwork = (name: string, place: NetworkPlace, podCidr: string): NodeNetwork => ({
  name,
  place,
  podCidr,
  lastAddress: 1,
  mode: 'iptables',
  rules: [],
  flushed: false,
  foreign: [],
  lostRoutes: new Set(),
  remembered: new Map(),
});

export interface Sent extends Destination {
  protocol: 'TCP' | 'UDP';
}

/** Service addresses: what no rule rewrites is dropped, the network has no way to them. */
const SERVICE_ADDRESS = /^10\.(9[6-9]|10\d|11[01])\./;

/** Where a packet goes that is sent to a cluster IP or node port; undefined: it is no such address. `node`: where it is sent from. */
export function resolveService(
  node: NodeNetwork,
  from: NetworkPlace,
  { address, port, protocol }: Sent,
  nodes: Iterable<NodeNetwork>,
  random: () => number,
): Destination | 'drop' | 'reject' | undefined {
  if (node.foreign.some((rule) => rule.target === 'DROP' && rule.address === address)) return 'drop';
  const isService = SERVICE_ADDRESS.test(address);
  // a node port is served by the node that has the address
  const serving = isService ? node : [...nodes].find(({ place }) => place.address === address);
  const rule = serving?.rules.find((one) => fits(one, isService, address, port, protocol));
  const lead = isService ? rule?.inside : rule?.outside;
  if (!serving || !rule || !lead || (serving.flushed && lead.does === 'forward')) {
    return isService ? unknownPort(node, address) : undefined;
  }
  return lead.does === 'forward' ? chosen(serving, rule, lead, from, random) : lead.does;
}

const fits = (rule: ServiceRule, isService: boolean, address: string, port: number, protocol: string): boolean =>
  rule.protocol === protocol && (isService ? rule.address === address && rule.port === port : rule.nodePort === port);

/** nftables refuses what is sent to a port that the Service does not have; iptables lets it go its way, to nowhere. */
const unknownPort = ({ mode, rules }: NodeNetwork, address: string): 'drop' | 'reject' =>
  mode === 'nftables' && rules.some((rule) => rule.address === address) ? 'reject' : 'drop';

function chosen(
  { remembered }: NodeNetwork,
  { name, affinity }: ServiceRule,
  { destinations }: Lead,
  from: NetworkPlace,
  random: () => number,
): Destination | 'drop' {
  const key = `${name} ${from.address}`;
  const before = affinity ? remembered.get(key) : undefined;
  const still = destinations.find(({ address, port }) => address === before?.address && port === before?.port);
  const destination = still ?? destinations[Math.floor(random() * destinations.length)];
  if (affinity && destination) remembered.set(key, destination);
  return destination ?? 'drop';
}
