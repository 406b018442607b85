import { BlockList, isIP } from 'node:net';
import type { Condition, Packet, Table } from './types.ts';

export interface Header extends Packet {
  mark: number;
  /** Its destination was rewritten. */
  rewritten: boolean;
}

/** How likely the condition holds: 0, 1, a share in between; undefined when that is not understood. */
export function chanceOf(condition: Condition, packet: Header, table: Table): number | undefined {
  switch (condition.on) {
    case 'chance':
      return condition.share;
    case 'never':
      return 0;
    case 'unknown':
      return undefined;
    default: {
      if (condition.on === 'port' && (condition.protocol ?? packet.protocol) !== packet.protocol) return 0;
      const holds = held(condition, packet, table);
      return holds === undefined ? undefined : Number(holds !== condition.not);
    }
  }
}

/** As `meta nfproto` and `meta protocol` name them. */
const FAMILIES = { ipv4: ['ipv4', 'ip'], ipv6: ['ipv6', 'ip6'] };

type Decided = Exclude<Condition, { on: 'chance' | 'never' | 'unknown' }>;

function held(condition: Decided, packet: Header, table: Table): boolean | undefined {
  switch (condition.on) {
    case 'source':
    case 'destination':
      return isAmong(packet[condition.on], condition.among, table);
    case 'family':
      return condition.among.some((name) => FAMILIES[familyOf(packet.destination)].includes(name));
    case 'protocol':
      return condition.among.includes(packet.protocol);
    case 'port':
      return condition.ranges.some(([from, to]) => packet.port >= from && packet.port <= to);
    case 'state':
      return condition.among.some((state) => state === 'new' || (state === 'dnat' && packet.rewritten));
    case 'local-source':
      return packet.fromNode;
    case 'local-destination':
      return packet.toNode;
    case 'mark':
      return (packet.mark & condition.mask) >>> 0 === condition.value >>> 0;
  }
}

/** Undefined where a set is named that the table does not have. */
function isAmong(address: string, among: readonly string[], { sets }: Table): boolean | undefined {
  for (const one of among) {
    const elements = one.startsWith('@') ? sets.get(one.slice(1)) : [one];
    if (elements === undefined) return undefined;
    if (elements.some((element) => covers(element, address))) return true;
  }
  return false;
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (address.includes(':') ? 'ipv6' : 'ipv4');

/** Whether an address, prefix or range (`a-b`) holds an address. */
export function covers(element: string, address: string): boolean {
  if (element === address) return true;
  const [start = '', length] = element.split('/');
  const [from = '', to] = element.split('-');
  const family = familyOf(address);
  if (familyOf(element) !== family) return false;
  // the usual case, a single IPv4 address that is another one
  if (family === 'ipv4' && to === undefined && (length === undefined || length === '32')) return start === address;
  const list = new BlockList();
  if (to !== undefined && isIP(from) > 0 && isIP(to) > 0) return inRange(list, from, to, address);
  if (isIP(start) === 0 || !/^\d{1,3}$/.test(length ?? '0')) return false;
  const bits = Number(length ?? (family === 'ipv4' ? 32 : 128));
  if (bits > (family === 'ipv4' ? 32 : 128)) return false;
  list.addSubnet(start, bits, family);
  return list.check(address, family);
}

function inRange(list: BlockList, from: string, to: string, address: string): boolean {
  const family = familyOf(address);
  try {
    list.addRange(from, to, family);
  } catch {
    return false; // the end stands before the start
  }
  return list.check(address, family);
}
