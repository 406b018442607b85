import type { Action, Chain, Firewall, Hook, Rule, Table } from '../../model/firewall/types.ts';
import { nftActions, verdictsOf } from './nftActions.ts';
import { nftCondition, nftElements } from './nftConditions.ts';
import { isRecord, type Json, textOf } from './nftWords.ts';

interface Draft extends Omit<Table, 'chains' | 'maps' | 'sets'> {
  chains: Map<string, Chain & { rules: Rule[] }>;
  maps: Map<string, Map<string, readonly Action[]>>;
  sets: Map<string, readonly string[]>;
}

/** Tables that the iptables tools keep in nftables; their rules are read from iptables-save, since nft cannot print all of them. */
const OF_IPTABLES = new Set(
  ['filter', 'nat', 'mangle', 'raw', 'security'].flatMap((name) => [`ip ${name}`, `ip6 ${name}`]),
);

export const isOfIptables = (family: string, table: string): boolean => OF_IPTABLES.has(`${family} ${table}`);

/**
 * Reads `nft -j list ruleset`, or several `nft -j list table` one after another, a line each.
 * Format: libnftables-json(5). Protocols come as names or, where a container has no /etc/protocols, as numbers.
 */
export function parseNftJson(text: string): Firewall {
  const objects: Json[] = [];
  let complete = true;
  for (const line of text.split('\n')) {
    if (!line.trimStart().startsWith('{')) continue;
    const read = objectsIn(line);
    if (read) for (const object of read) objects.push(object);
    else complete = false;
  }
  return firewallOf(objects, complete);
}

/** The tables that these objects make up, without those of iptables. */
export function firewallOf(objects: readonly Json[], complete: boolean): Firewall {
  const tables = new Map<string, Draft>();
  for (const object of objects) readObject(tables, object);
  return { tables: [...tables.values()].filter(({ family, name }) => !isOfIptables(family, name)), complete };
}

function objectsIn(line: string): Json[] | undefined {
  try {
    const { nftables } = JSON.parse(line) as { nftables?: unknown };
    return Array.isArray(nftables) ? (nftables as Json[]) : undefined;
  } catch {
    return undefined; // it was cut off
  }
}

function readObject(tables: Map<string, Draft>, object: Json): void {
  if (!isRecord(object)) return;
  const { chain, map, set, rule } = object;
  if (isRecord(chain)) addChain(tables, chain);
  else if (isRecord(rule)) addRule(tables, rule);
  else if (isRecord(set)) addSet(tables, set);
  else if (isRecord(map)) addMap(tables, map);
}

const FAMILIES = ['ip', 'ip6', 'inet'];

function draftOf(tables: Map<string, Draft>, { family, table }: Record<string, Json>): Draft | undefined {
  const [of, name] = [String(family), String(table)];
  if (!FAMILIES.includes(of)) return undefined;
  const key = `${of} ${name}`;
  const draft = tables.get(key) ?? {
    tool: 'nft',
    family: of as Table['family'],
    name,
    chains: new Map(),
    maps: new Map(),
    sets: new Map(),
  };
  tables.set(key, draft);
  return draft;
}

const HOOKS: readonly unknown[] = ['prerouting', 'input', 'forward', 'output', 'postrouting'] satisfies Hook[];

function addChain(tables: Map<string, Draft>, chain: Record<string, Json>): void {
  const { name, hook, prio, type, policy } = chain;
  if (typeof name !== 'string') return;
  const base = HOOKS.includes(hook) && {
    base: {
      hook: hook as Hook,
      priority: Number(prio) || 0,
      type: type === 'nat' ? ('nat' as const) : ('filter' as const),
      policy: policy === 'drop' ? ('drop' as const) : ('accept' as const),
    },
  };
  const draft = draftOf(tables, chain);
  draft?.chains.set(name, { name, rules: draft.chains.get(name)?.rules ?? [], ...base });
}

function addRule(tables: Map<string, Draft>, rule: Record<string, Json>): void {
  const draft = draftOf(tables, rule);
  const { chain: name, expr } = rule;
  if (!draft || typeof name !== 'string' || !Array.isArray(expr)) return;
  const chain = draft.chains.get(name) ?? { name, rules: [] };
  chain.rules.push(nftRule(draft, expr, wordsOf(draft, rule)));
  draft.chains.set(name, chain);
}

/** As nft prints it; JSON is only put into words for the tables of strangers: kube-proxy's own rules are too many. */
function wordsOf({ name }: Draft, { expr, comment, text }: Record<string, Json>): string {
  if (typeof text === 'string') return text.slice(0, LONGEST_TEXT);
  return name === 'kube-proxy' || !Array.isArray(expr) ? '' : textOf(expr, comment);
}

const LONGEST_TEXT = 300;

/** `xt` is an extension of iptables, which nft does not explain. */
const CONDITIONAL = ['match', 'xt', 'limit', 'quota', 'ct count'];

/** Statements in a row: what stands behind a match holds only where it matches. */
function nftRule(draft: Draft, statements: readonly Json[], text: string): Rule {
  const rule: Rule & { conditions: Rule['conditions'][number][]; actions: Action[] } = {
    conditions: [],
    actions: [],
    text,
  };
  for (const statement of statements) {
    if (!isRecord(statement)) continue;
    if (CONDITIONAL.some((kind) => kind in statement)) rule.conditions.push(nftCondition(statement));
    else rule.actions.push(...nftActions(statement, (elements) => nameless(draft, elements)));
  }
  return rule;
}

/** A map that a rule holds itself gets a name that no other has. */
function nameless(draft: Draft, elements: ReadonlyMap<string, readonly Action[]>): string {
  const name = `nameless ${draft.maps.size}`;
  draft.maps.set(name, new Map(elements));
  return name;
}

/** What a set holds for a while are clients that were here before, as session affinity remembers them. */
function addSet(tables: Map<string, Draft>, set: Record<string, Json>): void {
  const passing = Array.isArray(set.flags) && set.flags.some((flag) => flag === 'timeout' || flag === 'dynamic');
  const elements = passing || !Array.isArray(set.elem) ? [] : set.elem;
  draftOf(tables, set)?.sets.set(String(set.name), elements.flatMap(nftElements));
}

function addMap(tables: Map<string, Draft>, map: Record<string, Json>): void {
  const draft = draftOf(tables, map);
  const elements = Array.isArray(map.elem) ? map.elem : [];
  draft?.maps.set(String(map.name), verdictsOf(elements));
}
