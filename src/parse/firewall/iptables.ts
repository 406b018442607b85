import type { Chain, Family, Firewall, Hook, Rule, Table } from '../../model/firewall/types.ts';
import { iptablesRule } from './iptablesRule.ts';

/** Where the built-in chains stand: NF_IP_PRI_* of linux/netfilter_ipv4.h. nat changes destinations early and sources late. */
const PRIORITIES: Readonly<Record<string, number>> = { raw: -300, mangle: -150, nat: -100, filter: 0, security: 50 };
const SOURCE_NAT = 100;
const HOOKS: Readonly<Record<string, Hook>> = {
  PREROUTING: 'prerouting',
  INPUT: 'input',
  FORWARD: 'forward',
  OUTPUT: 'output',
  POSTROUTING: 'postrouting',
};

/** A rule has a comment of 256 characters at most; what is longer is no rule of iptables. */
const LONGEST_LINE = 4096;

interface Draft {
  name: string;
  chains: Map<string, { policy: string; rules: Rule[] }>;
}

/**
 * Reads `iptables-save` or `ip6tables-save`, of the legacy and the nft back end, with counters (-c) or without.
 * Comments are not relied on: kube-proxy leaves them out above 1000 endpoints.
 */
export function parseIptables(text: string, family: Family = 'ip'): Firewall {
  const tables = new Map<string, Draft>();
  let table: Draft | undefined;
  let committed = true;
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) {
      const name = line.slice(1).trim();
      table = tables.get(name) ?? { name, chains: new Map() };
      tables.set(name, table);
      committed = false;
    } else if (line.startsWith('COMMIT')) {
      committed = true;
      table = undefined;
    } else if (table) readLine(table, line.trimEnd().slice(0, LONGEST_LINE));
  }
  return {
    tables: [...tables.values()].map((draft) => tableOf(draft, family)),
    complete: committed && !isRefused(text),
  };
}

/** Tables that nft changed in a way of its own cannot be printed: "Table `nat' is incompatible, use 'nft' tool." */
const isRefused = (text: string): boolean => /is incompatible, use 'nft' tool/.test(text);

function readLine({ chains }: Draft, line: string): void {
  const declared = /^:(\S+) (\S+)/.exec(line);
  if (declared?.[1])
    chains.set(declared[1], { policy: declared[2] ?? '-', rules: chains.get(declared[1])?.rules ?? [] });
  const appended = /^(?:\[\d+:\d+\] )?-A (\S+) ?/.exec(line);
  if (!appended?.[1]) return;
  const chain = chains.get(appended[1]) ?? { policy: '-', rules: [] };
  chain.rules.push(iptablesRule(appended[1], line.slice(appended[0].length)));
  chains.set(appended[1], chain);
}

const tableOf = ({ name, chains }: Draft, family: Family): Table => ({
  tool: 'iptables',
  family,
  name,
  chains: new Map(
    [...chains].map(([chain, { policy, rules }]): [string, Chain] => [
      chain,
      { name: chain, rules, ...baseOf(name, chain, policy) },
    ]),
  ),
  maps: new Map(),
  sets: new Map(),
});

function baseOf(table: string, chain: string, policy: string): Pick<Chain, 'base'> {
  const [hook, priority] = [HOOKS[chain], PRIORITIES[table]];
  if (hook === undefined || priority === undefined) return {};
  const isSource = table === 'nat' && (hook === 'postrouting' || hook === 'input');
  return {
    base: {
      hook,
      priority: isSource ? SOURCE_NAT : priority,
      type: table === 'nat' ? 'nat' : 'filter',
      policy: policy === 'DROP' ? 'drop' : 'accept',
    },
  };
}
