import type { Firewall } from '../../model/firewall/types.ts';
import { elementsOf, tokensOf } from './nftElements.ts';
import { firewallOf } from './nftJson.ts';
import { statementsOf } from './nftStatements.ts';
import type { Json } from './nftWords.ts';

/** Names that nft gives to priorities: nft(8), "Standard priority names". */
const PRIORITIES: Readonly<Record<string, number>> = {
  raw: -300,
  mangle: -150,
  dstnat: -100,
  filter: 0,
  security: 50,
  srcnat: 100,
};

interface Block {
  kind: 'table' | 'chain' | 'map' | 'set' | 'other';
  family: string;
  table: string;
  name: string;
  flags: string[];
}

const OPENING = /^\s*(table|chain|map|set|\S+)(?: (ip6?|inet|arp|bridge|netdev) (\S+)| (\S+))? \{(?: *#.*)?$/;

/** Reads `nft list ruleset`, or `nft list table` for some tables one after another. */
export function parseNftText(text: string): Firewall {
  const objects: Json[] = [];
  const open: Block[] = [];
  const lines = text.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? '';
    const block = open.at(-1);
    if (/^\s*\}\s*$/.test(line)) open.pop();
    else if (block && /^\s*elements = \{/.test(line)) {
      const elements = gathered(lines, i);
      i += elements.lines - 1;
      objects.push(collection(block, elementsOf(elements.text)));
    } else if (OPENING.test(line)) {
      const opened = blockOf(line, block);
      open.push(opened);
      objects.push(...emptied(opened));
    } else if (block) objects.push(...inBlock(block, line.trim()));
  }
  return firewallOf(objects, open.length === 0);
}

function blockOf(line: string, outer: Block | undefined): Block {
  const [, kind = '', family, table, name = ''] = OPENING.exec(line) ?? [];
  if (kind === 'table') return { kind, family: family ?? 'ip', table: table ?? name, name: '', flags: [] };
  const known = kind === 'chain' || kind === 'map' || kind === 'set' ? kind : 'other';
  return { kind: known, family: outer?.family ?? 'ip', table: outer?.table ?? '', name, flags: [] };
}

/** A chain or map is there although nothing is in it. */
function emptied(block: Block): Json[] {
  const { kind, family, table, name } = block;
  if (kind === 'chain') return [{ chain: { family, table, name } }];
  return kind === 'map' || kind === 'set' ? [collection(block, [])] : [];
}

const collection = ({ kind, family, table, name, flags }: Block, elem: readonly Json[]): Json => ({
  [kind]: { family, table, name, flags, elem },
});

/** From `elements = {` to the brace that closes it, over many lines. */
function gathered(lines: readonly string[], start: number): { text: string; lines: number } {
  const parts: string[] = [];
  for (let i = start; i < lines.length; i++) {
    const line = lines[i] ?? '';
    parts.push(line);
    if (/\}\s*$/.test(line)) break;
  }
  const text = parts.join(' ').replace(/^\s*elements = \{/, '');
  return { text: text.replace(/\}\s*$/, ''), lines: parts.length };
}

const HOOK = /^type (\w+) hook (\w+)(?: device \S+)? priority ([^;]+);(?: policy (\w+);)?/;

function inBlock(block: Block, line: string): Json[] {
  const { kind, family, table, name } = block;
  if (kind === 'set' || kind === 'map') {
    const flags = /^flags (.+)$/.exec(line)?.[1];
    if (flags) block.flags.push(...flags.split(/[,\s]+/));
    return [];
  }
  if (kind !== 'chain' || line === '' || line.startsWith('#') || line.startsWith('comment ')) return [];
  const hooked = HOOK.exec(line);
  if (!hooked) return [{ rule: { family, table, chain: name, ...ruleOf(line) } }];
  const [, type = '', hook = '', priority = '', policy = 'accept'] = hooked;
  return [{ chain: { family, table, name, type, hook, policy, prio: priorityOf(priority) } }];
}

/** `filter`, `-100`, `dstnat - 10`. */
function priorityOf(text: string): number {
  const [first = '', sign, more] = text.trim().split(/\s+/);
  const start = PRIORITIES[first] ?? Number(first);
  const shift = Number(more ?? 0) * (sign === '-' ? -1 : 1);
  return start + shift || 0;
}

const ruleOf = (line: string): { expr: readonly Json[]; text: string } => ({
  expr: statementsOf(tokensOf(line)),
  text: line,
});
