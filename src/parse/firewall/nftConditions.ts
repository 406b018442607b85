import type { Condition } from '../../model/firewall/types.ts';
import { isRecord, type Json } from './nftWords.ts';

/** https://www.iana.org/assignments/protocol-numbers */
const PROTOCOLS: Readonly<Record<string, string>> = { '6': 'tcp', '17': 'udp', '132': 'sctp' };

/** The name of a protocol that nft printed as a number, for want of /etc/protocols. */
export const protocolName = (protocol: string): string => PROTOCOLS[protocol] ?? protocol.toLowerCase();

const UNKNOWN: Condition = { on: 'unknown' };

/** A match statement. */
export function nftCondition({ match }: Record<string, Json>): Condition {
  if (!isRecord(match)) return UNKNOWN; // xt: an extension of iptables, which nft does not explain
  const { op, left, right } = match;
  const values = nftElements(right ?? null);
  if (!isRecord(left) || (op !== '==' && op !== '!=' && op !== 'in') || values.length === 0) return UNKNOWN;
  return conditionOn(left, values, op === '!=') ?? UNKNOWN;
}

function conditionOn(left: Record<string, Json>, among: readonly string[], not: boolean): Condition | undefined {
  const { payload, meta, ct, fib } = left;
  if (isRecord(payload)) return onPayload(String(payload.protocol), String(payload.field), among, not);
  if (isRecord(meta)) return onMeta(String(meta.key), among, not);
  if (isRecord(ct)) return onConnection(String(ct.key), among, not);
  if (isRecord(fib)) return onAddressType(fib, among, not);
  return onMarkBits(left['&'], among, not);
}

const TRANSPORTS = ['tcp', 'udp', 'sctp', 'th'];

function onPayload(protocol: string, field: string, among: readonly string[], not: boolean): Condition | undefined {
  const isAddress = protocol === 'ip' || protocol === 'ip6';
  if (isAddress && field === 'saddr') return { on: 'source', among, not };
  if (isAddress && field === 'daddr') return { on: 'destination', among, not };
  if (isAddress && (field === 'protocol' || field === 'nexthdr'))
    return { on: 'protocol', among: among.map(protocolName), not };
  return TRANSPORTS.includes(protocol) && field === 'dport' ? onPort(protocol, among, not) : undefined;
}

/** `tcp dport 80` asks for the protocol as well, `th dport 80` does not. */
function onPort(protocol: string, among: readonly string[], not: boolean): Condition | undefined {
  const ranges = among.map((range) => {
    const [from = '', to = from] = range.split('-');
    return [Number(from), Number(to)] as const;
  });
  if (ranges.flat().some((number) => !Number.isInteger(number))) return undefined;
  return { on: 'port', ranges, not, ...(protocol !== 'th' && { protocol }) };
}

function onMeta(key: string, among: readonly string[], not: boolean): Condition | undefined {
  if (key === 'l4proto') return { on: 'protocol', among: among.map(protocolName), not };
  if (key === 'nfproto' || key === 'protocol') return { on: 'family', among, not };
  if (key === 'mark') return onMark(among, 0xffffffff, not);
  if (/^[io]if(name)?$/.test(key) && !not && among.every((name) => name === 'lo')) return { on: 'never' };
  return undefined;
}

function onConnection(key: string, among: readonly string[], not: boolean): Condition | undefined {
  if (key === 'state') return { on: 'state', among: among.map((state) => state.toLowerCase()), not };
  return key === 'status' && among.every((status) => status === 'dnat') ? { on: 'state', among, not } : undefined;
}

function onAddressType({ result, flags }: Record<string, Json>, among: readonly string[], not: boolean) {
  if (result !== 'type' || among.length !== 1 || among[0] !== 'local') return undefined;
  const asked = [flags ?? ''].flat().map(String);
  if (asked.length !== 1) return undefined;
  if (asked[0] === 'daddr') return { on: 'local-destination', not } as const;
  return asked[0] === 'saddr' ? ({ on: 'local-source', not } as const) : undefined;
}

/** `meta mark & 0x4000 == 0`. */
function onMarkBits(operands: Json | undefined, among: readonly string[], not: boolean): Condition | undefined {
  const [left, mask] = Array.isArray(operands) ? operands : [];
  const isMark = isRecord(left) && isRecord(left.meta) && left.meta.key === 'mark';
  return isMark ? onMark(among, Number(mask), not) : undefined;
}

function onMark(among: readonly string[], mask: number, not: boolean): Condition | undefined {
  const value = Number(among[0]);
  return among.length === 1 && Number.isInteger(value) && Number.isInteger(mask)
    ? { on: 'mark', value, mask, not }
    : undefined;
}

/** What a match may equal: one thing, or the elements of a set; `@name` for a set with a name. */
export function nftElements(value: Json): string[] {
  if (value === null || typeof value === 'boolean') return [];
  if (!isRecord(value)) return Array.isArray(value) ? value.flatMap(nftElements) : [String(value)];
  const { set, elem, prefix, range } = value;
  if (set !== undefined) return nftElements(set);
  if (isRecord(elem)) return nftElements(elem.val ?? null);
  if (isRecord(prefix)) return [`${prefix.addr}/${prefix.len}`];
  return Array.isArray(range) ? [range.join('-')] : [];
}
