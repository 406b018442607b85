import { BlockList, isIP } from 'node:net';
import type { NetworkPolicyPeer } from '../kubernetes.ts';

type IpBlock = NonNullable<NetworkPolicyPeer['ipBlock']>;

/** Undefined when the text is no CIDR. */
function rangeOf(cidr: string): { family: number; list: BlockList; prefix: number } | undefined {
  const [network = '', length = ''] = cidr.split('/');
  const family = isIP(network);
  const prefix = /^\d+$/.test(length) ? Number(length) : Number.NaN;
  if (family === 0 || !(prefix <= (family === 4 ? 32 : 128))) return undefined;
  const list = new BlockList();
  list.addSubnet(network, prefix, family === 4 ? 'ipv4' : 'ipv6');
  return { family, list, prefix };
}

/** Whether a CIDR holds an address. A CIDR of one family holds no address of the other. Undefined: it is no CIDR. */
export function cidrContains(cidr: string, address: string): boolean | undefined {
  const range = rangeOf(cidr);
  if (!range) return undefined;
  const family = isIP(address);
  return family === range.family && range.list.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** Whether an ipBlock holds an address: within `cidr`, and within nothing of `except`. Undefined: one of them is no CIDR. */
export function blockContains(block: IpBlock, address: string): boolean | undefined {
  const inside = cidrContains(block.cidr, address);
  const excepted = (block.except ?? []).map((cidr) => cidrContains(cidr, address));
  if (!inside || excepted.includes(true)) return inside === undefined ? undefined : false;
  return excepted.includes(undefined) ? undefined : true;
}

/** Whether an ipBlock holds every address of a family, such as `0.0.0.0/0` without exceptions. */
export function blockCovers(block: IpBlock, family: number): boolean {
  const range = rangeOf(block.cidr);
  return range !== undefined && range.family === family && range.prefix === 0 && (block.except ?? []).length === 0;
}
