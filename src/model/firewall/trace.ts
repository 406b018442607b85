import { placeOf, throughChain } from './chain.ts';
import { type Ending, NOTHING, type Perhaps, type State, type Walk } from './state.ts';
import type { Chain, Firewall, Hook, Packet, Table } from './types.ts';

export interface Traced {
  endings: readonly Ending[];
  perhaps: readonly Perhaps[];
  /** There were too many rules to follow them all. */
  gaveUp: boolean;
}

/** Rules looked at for one packet and hook: ten times what the largest cluster has. */
const BUDGET = 2_000_000;

/** Follows a new connection through all base chains of a hook, in the order of their priority. */
export function trace(
  firewall: Firewall,
  hook: Hook,
  packet: Packet,
  { mark = 0, rewritten = false }: { mark?: number; rewritten?: boolean } = {},
): Traced {
  const walk: Walk = { packet: { ...packet, rewritten }, ended: [], perhaps: [], budget: BUDGET };
  let going: State[] = [{ share: 1, mark, masqueraded: false }];
  for (const { table, chain } of baseChains(firewall, hook, packet)) {
    const isNat = chain.base?.type === 'nat';
    const [entering, passing] = isNat ? split(going, ({ untracked }) => !untracked) : [going, []];
    going = [...passing, ...throughBase(walk, table, chain, entering)];
  }
  const passed = going.map(({ share, mark: left, masqueraded, untracked }) => ({
    share,
    end: 'passed' as const,
    mark: left,
    masqueraded,
    ...(untracked && { by: untracked }),
  }));
  return {
    endings: [...walk.ended, ...passed].filter(({ share }) => share > NOTHING),
    perhaps: walk.perhaps,
    gaveUp: walk.budget < 0,
  };
}

function split<T>(items: readonly T[], fits: (item: T) => boolean): [T[], T[]] {
  return [items.filter(fits), items.filter((item) => !fits(item))];
}

/** Of equal priority those of iptables come first: which one does is decided by who registered last (nf_hook_entries_grow). */
function baseChains({ tables }: Firewall, hook: Hook, { destination }: Packet): { table: Table; chain: Chain }[] {
  const family = destination.includes(':') ? 'ip6' : 'ip';
  return tables
    .filter((table) => table.family === family || table.family === 'inet')
    .flatMap((table) => [...table.chains.values()].map((chain) => ({ table, chain })))
    .filter(({ chain }) => chain.base?.hook === hook)
    .sort((a, b) => (a.chain.base?.priority ?? 0) - (b.chain.base?.priority ?? 0));
}

function throughBase(walk: Walk, table: Table, chain: Chain, entering: readonly State[]): State[] {
  const { going, accepted } = throughChain(walk, table, chain, entering, 0);
  if (chain.base?.policy !== 'drop') return [...going, ...accepted];
  const by = placeOf(table, chain, `policy ${chain.base.policy}`);
  for (const { share, mark, masqueraded } of going) walk.ended.push({ share, end: 'dropped', mark, masqueraded, by });
  return accepted;
}
