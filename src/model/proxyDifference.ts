import type { Place } from './firewall/types.ts';
import type { Fate } from './firewall/way.ts';
import type { EntryWay } from './proxyRules.ts';

/** In which respect the rules of a node do something else than they should. */
export interface Difference {
  /** `missing`: nothing leads there · `stale`: it leads elsewhere, or not all · `foreign`: a rule that is not kube-proxy's. */
  kind: 'missing' | 'stale' | 'foreign';
  does: 'forward' | 'reject' | 'drop';
  /** Where connections are led. */
  endpoints: string[];
  /** Led to, and no endpoint. */
  surplus: string[];
  /** Endpoints that no connection is led to. */
  lacking: string[];
  /** Share of connections, 0 to 1, that are led nowhere. */
  lost: number;
  /** Of `foreign`: the rule, the share that it takes, and whether rules that are not understood may save some from it. */
  foreign?: { by: Place; end: 'dropped' | 'rejected' | 'redirected'; share: number; certain: boolean };
}

/** Chains and tables of products that enforce NetworkPolicies: what they drop is dropped on purpose. */
const POLICY =
  /^(cali-|KUBE-ROUTER|KUBE-NWPLCY|KUBE-POD-FW|WEAVE-NPC|CILIUM_|ANTREA-|AWS-|AZURE-NPM|OVN-)|calico|kube-router|netpol|network-polic|antrea|cilium/i;

export function ownerOf({ tool, table, chain }: Place): 'kube-proxy' | 'policy' | 'foreign' {
  if (POLICY.test(chain) || (tool === 'nft' && POLICY.test(table))) return 'policy';
  const own = tool === 'iptables' ? chain.startsWith('KUBE-') : table === 'kube-proxy';
  return own ? 'kube-proxy' : 'foreign';
}

/** Shares below this come from rounding: iptables prints probabilities with eleven digits. */
const ROUNDING = 1e-4;

/** What differs, or undefined where the rules do what they should. */
export function differenceOf({ entry, way: { fates, ...rest } }: EntryWay): Difference | undefined {
  const way = { ...rest, fates: fates.map((fate) => (isUnwritten(fate) ? { ...fate, end: 'lost' as const } : fate)) };
  const shares = (fits: (fate: Fate) => boolean) => way.fates.filter(fits).reduce((sum, { share }) => sum + share, 0);
  const endpoints = [...new Set(way.fates.flatMap(({ end, to }) => (end === 'delivered' && to ? [to] : [])))];
  const stopped = way.fates.filter(
    ({ end, by }) => (end === 'dropped' || end === 'rejected') && by && ownerOf(by) === 'kube-proxy',
  );
  const lost = shares(({ end }) => end === 'lost');
  const difference = {
    does: stopped[0] && endpoints.length === 0 ? DOES[stopped[0].end as 'dropped' | 'rejected'] : ('forward' as const),
    endpoints,
    surplus: endpoints.filter((endpoint) => !entry.wanted.includes(endpoint)),
    lacking: entry.wanted.filter((endpoint) => !endpoints.includes(endpoint)),
    lost,
  };
  if (way.fates.some(({ by }) => by && NODE_LOCAL.test(by.text))) return undefined;
  const foreign = foreignIn({ entry, way });
  if (foreign) return { kind: 'foreign', ...difference, foreign };
  if (entry.wanted.length > 0 && lost > 1 - ROUNDING) return { kind: 'missing', ...difference };
  const loses = entry.wanted.length > 0 && lost > ROUNDING;
  const differs = difference.surplus.length > 0 || difference.lacking.length > 0 || loses;
  // what a policy stops is led nowhere for a reason of its own
  const byPolicy = shares(({ by }) => by !== undefined && ownerOf(by) === 'policy');
  return differs && byPolicy < ROUNDING ? { kind: 'stale', ...difference } : undefined;
}

/** In nftables mode an address or port of a Service for which there is no rule is refused, or dropped, by one for all of them. */
const isUnwritten = ({ by }: Fate): boolean => by?.table === 'kube-proxy' && by.chain === 'cluster-ips-check';

const DOES = { dropped: 'drop', rejected: 'reject' } as const;

/** A DNS cache on the node takes the packets to the DNS Service over, on purpose. */
const NODE_LOCAL = /NodeLocal DNS/i;

function foreignIn({ entry, way: { fates, perhaps } }: Pick<EntryWay, 'entry' | 'way'>): Difference['foreign'] {
  const hit = fates.filter(({ end, to, by }) => {
    const isRight = end === 'lost' || (end === 'delivered' && entry.wanted.includes(to ?? ''));
    return !isRight && by && ownerOf(by) === 'foreign';
  });
  const [first] = hit;
  if (!first?.by) return undefined;
  const { end, by } = first;
  return {
    by,
    end: end === 'dropped' || end === 'rejected' ? end : 'redirected',
    share: hit.reduce((sum, { share }) => sum + share, 0),
    certain: perhaps.every(({ stops }) => stops),
  };
}

/** Foreign rules on the way that are not understood and could end it: where connections fail, they are suspects. */
export const suspects = ({ way }: EntryWay): Place[] =>
  way.perhaps.filter((place) => place.stops && ownerOf(place) === 'foreign').map(({ stops: _, ...place }) => place);
