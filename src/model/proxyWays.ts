/** What the rules of one node do, from its packet filter and IPVS, in each mode that left some there. */
import type { Chain, Firewall, Packet, Rule, Table } from './firewall/types.ts';
import { type Way, wayOf } from './firewall/way.ts';
import { type EntryWay, type ProxyEntry, type ProxyMode, serviceKey } from './proxyRules.ts';

/** All that leads packets on a node, as far as it could be read. */
export interface NodeRules {
  /** Of the nft back end, or of whichever is the only one. */
  iptables?: Firewall;
  legacy?: Firewall;
  nft?: Firewall;
  ipvs?: ReadonlyMap<string, readonly { to: string; weight: number }[]>;
}

/** Who left rules for Services. `userspace` went with Kubernetes 1.26. */
export type RulesOf = ProxyMode | 'iptables-legacy' | 'userspace';

const KUBE_TABLE = 'kube-proxy';

const chainsOf = (firewall: Firewall | undefined): string[] =>
  (firewall?.tables ?? []).flatMap(({ chains }) => [...chains.keys()]);

const hasChain = (firewall: Firewall | undefined, pattern: RegExp): boolean =>
  chainsOf(firewall).some((name) => pattern.test(name));

/** Whose rules for Services are there, whether packets come past them or not. */
export function modesIn({ iptables, legacy, nft, ipvs }: NodeRules): RulesOf[] {
  const service = /^KUBE-(SVC|SVL|SEP|EXT|SERVICES$)/;
  return [
    ...(hasChain(iptables, service) ? ['iptables' as const] : []),
    ...(hasChain(legacy, service) ? ['iptables-legacy' as const] : []),
    ...(nft?.tables.some(({ name }) => name === KUBE_TABLE) ? ['nftables' as const] : []),
    ...((ipvs?.size ?? 0) > 0 ? ['ipvs' as const] : []),
    ...(hasChain(iptables, /^KUBE-PORTALS-/) || hasChain(legacy, /^KUBE-PORTALS-/) ? ['userspace' as const] : []),
  ];
}

/** Whether what was read of this mode is all there is. */
export const isComplete = ({ iptables, legacy, nft }: NodeRules, of: RulesOf): boolean =>
  (of === 'nftables' ? nft : of === 'iptables-legacy' ? legacy : iptables)?.complete ?? of === 'ipvs';

/** Names of all chains, to say whether one that is expected is there though nothing leads to it. */
export const chainNames = ({ iptables, legacy, nft }: NodeRules): ReadonlySet<string> =>
  new Set([iptables, legacy, nft].flatMap(chainsOf));

/** The packet filter as it would be if kube-proxy had only ever run in this mode; the rules of others stay. */
function filterOf({ iptables, legacy, nft }: NodeRules, of: RulesOf): Firewall {
  const own = of === 'iptables-legacy' ? legacy : iptables;
  const theirs = of === 'iptables-legacy' ? iptables : legacy;
  const isIptables = of === 'iptables' || of === 'iptables-legacy';
  return {
    complete: isComplete({ ...(own && { iptables: own }), ...(legacy && { legacy }), ...(nft && { nft }) }, of),
    tables: [
      ...(own?.tables ?? []).map((table) => (isIptables ? table : unhooked(table))),
      ...(theirs?.tables ?? []).map(unhooked),
      ...(nft?.tables ?? []).filter(({ name }) => of === 'nftables' || name !== KUBE_TABLE),
    ],
  };
}

/** Without the jumps to kube-proxy's own chains for Services. */
function unhooked(table: Table): Table {
  const leads = ({ actions }: Rule) => actions.some((action) => 'chain' in action && action.chain === 'KUBE-SERVICES');
  const chains = [...table.chains].map(([name, chain]): [string, Chain] => [
    name,
    chain.base ? { ...chain, rules: chain.rules.filter((rule) => !leads(rule)) } : chain,
  ]);
  return { ...table, chains: new Map(chains) };
}

export interface Surroundings {
  isNode(address: string): boolean;
}

/** The ways of these entries through the rules of one mode. */
export function waysIn(
  rules: NodeRules,
  of: RulesOf,
  entries: readonly ProxyEntry[],
  { isNode }: Surroundings,
): EntryWay[] {
  const filter = filterOf(rules, of);
  const mode: ProxyMode = of === 'nftables' || of === 'ipvs' ? of : 'iptables';
  return entries.map((entry) => {
    const packet = packetOf(entry, entry.source);
    const way = wayOf(filter, packet, isNode);
    return { entry, mode, way: mode === 'ipvs' ? throughIpvs(rules, entry, way) : way };
  });
}

const packetOf = ({ kind, address, port, protocol }: ProxyEntry, source: string): Packet => ({
  source,
  destination: address,
  port,
  protocol,
  fromNode: false,
  toNode: kind === 'node-port',
});

/** IPVS takes what the packet filter let through and did not rewrite; new connections go by weight. */
function throughIpvs({ ipvs }: NodeRules, { address, protocol, port }: ProxyEntry, way: Way): Way {
  const servers = (ipvs?.get(serviceKey(address, protocol, port)) ?? []).filter(({ weight }) => weight > 0);
  const all = servers.reduce((sum, { weight }) => sum + weight, 0);
  const known = ipvs?.has(serviceKey(address, protocol, port)) ?? false;
  const fates = way.fates.flatMap((fate) => {
    if (fate.end !== 'lost' || !known) return [fate];
    if (servers.length === 0) return [{ ...fate, end: 'rejected' as const }];
    return servers.map(({ to, weight }) => ({
      ...fate,
      end: 'delivered' as const,
      to,
      share: (fate.share * weight) / all,
    }));
  });
  return { ...way, fates };
}

/** Endpoints whose own requests, led back to them, keep their own address: they never see the answer. */
export function unmasqueraded(
  rules: NodeRules,
  of: RulesOf,
  entries: readonly ProxyEntry[],
  locals: readonly string[],
  { isNode }: Surroundings,
): string[] {
  if (of === 'ipvs' || of === 'userspace') return []; // a set of addresses decides there, which was not read
  const filter = filterOf(rules, of);
  const found = entries
    .filter(({ kind }) => kind === 'cluster-ip')
    .flatMap((entry) =>
      entry.wanted
        .filter((endpoint) => locals.includes(hostOf(endpoint)))
        .filter((endpoint) =>
          wayOf(filter, packetOf(entry, hostOf(endpoint)), isNode).fates.some(
            ({ end, to, masqueraded }) => end === 'delivered' && to === endpoint && !masqueraded,
          ),
        ),
    );
  return [...new Set(found)];
}

/** `10.244.0.5` of `10.244.0.5:8080`. */
const hostOf = (endpoint: string): string =>
  endpoint.startsWith('[') ? endpoint.slice(1, endpoint.indexOf(']')) : (endpoint.split(':')[0] ?? '');

/** Whether requests of a pod (`pods`: their addresses) come to another with the node's address: kube-proxy takes it for a stranger. */
export const masqueradesPods = (ways: readonly EntryWay[], pods: readonly string[]): boolean =>
  ways.some(
    ({ entry: { kind, source }, way }) =>
      kind === 'cluster-ip' &&
      pods.includes(source) &&
      way.fates.some(
        ({ end, to, masqueraded }) => end === 'delivered' && masqueraded && to !== undefined && hostOf(to) !== source,
      ),
  );
