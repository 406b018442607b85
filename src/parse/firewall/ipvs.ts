import { endpointKey } from '../../model/proxyRules.ts';

/** An endpoint of a virtual server. Weight 0: it gets no new connections. */
export interface RealServer {
  to: string;
  weight: number;
}

/** Real servers by `10.96.0.10/tcp/53`. */
export type VirtualServers = ReadonlyMap<string, readonly RealServer[]>;

/**
 * Reads what IPVS has, from any of `ipvsadm-save -n`, `ipvsadm -ln` and `/proc/net/ip_vs`: ipvsadm(8), and
 * ip_vs_info_seq_show in the kernel's net/netfilter/ipvs/ip_vs_ctl.c, which prints addresses in hexadecimal.
 */
export function parseIpvs(text: string): VirtualServers {
  const servers = new Map<string, RealServer[]>();
  let current: RealServer[] = [];
  for (const raw of text.split('\n')) {
    const line = raw.trim().slice(0, 512);
    const server = saved(line, '-A') ?? listed(line);
    if (server) current = opened(servers, server);
    const real = savedReal(line);
    if (real) opened(servers, real.server).push(real.server.real);
    const behind = listedReal(line);
    if (behind) current.push(behind);
  }
  return servers;
}

interface Server {
  protocol: string;
  address: string;
  port: number;
}

function opened(servers: Map<string, RealServer[]>, { address, protocol, port }: Server): RealServer[] {
  const key = `${address}/${protocol}/${port}`;
  const reals = servers.get(key) ?? [];
  servers.set(key, reals);
  return reals;
}

const FLAGS: Readonly<Record<string, string>> = { '-t': 'tcp', '-u': 'udp', '--sctp-service': 'sctp' };

/** `-A -t 10.0.1.175:80 -s rr` */
function saved(line: string, command: '-A' | '-a'): Server | undefined {
  const [first, flag = '', where = ''] = line.split(/\s+/);
  const [protocol, at] = [FLAGS[flag], split(where)];
  return first === command && protocol && at ? { protocol, ...at } : undefined;
}

/** `-a -t 10.0.1.175:80 -r 10.244.0.5:9376 -m -w 1` */
function savedReal(line: string): { server: Server & { real: RealServer } } | undefined {
  const server = saved(line, '-a');
  const [, to = ''] = / -r (\S+)/.exec(line) ?? [];
  const at = split(to);
  if (!server || !at) return undefined;
  const weight = Number(/ -w (\d+)/.exec(line)?.[1] ?? 1);
  return { server: { ...server, real: { to: endpointKey(at.address, at.port), weight } } };
}

/** `TCP  10.0.1.175:80 rr`, and `TCP  0A0001AF:0050 rr` in /proc. */
function listed(line: string): Server | undefined {
  const [, protocol = '', where = ''] = /^(TCP|UDP|SCTP)\s+(\S+)/.exec(line) ?? [];
  const at = split(where);
  return at && { protocol: protocol.toLowerCase(), ...at };
}

/** `-> 10.244.0.5:9376  Masq  1  0  0` */
function listedReal(line: string): RealServer | undefined {
  const [, where = '', weight = ''] = /^->\s+(\S+)\s+\w+\s+(\d+)\s/.exec(`${line} `) ?? [];
  const at = split(where);
  return at && { to: endpointKey(at.address, at.port), weight: Number(weight) };
}

function split(text: string): { address: string; port: number } | undefined {
  const [, hex, hexPort] = /^([0-9A-F]{8}):([0-9A-F]{4})$/.exec(text) ?? [];
  if (hex && hexPort) return { address: dotted(hex), port: Number.parseInt(hexPort, 16) };
  const [, long, longPort] = /^\[([0-9a-f:]{39})\]:([0-9A-F]{4})$/i.exec(text) ?? [];
  if (long && longPort) return { address: shortened(long), port: Number.parseInt(longPort, 16) };
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:\s]+)):(\d{1,5})$/.exec(text) ?? [];
  const address = bracketed ?? plain;
  return address === undefined ? undefined : { address, port: Number(port) };
}

const dotted = (hex: string): string => (hex.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)).join('.');

/** All eight groups, as RFC 5952 writes them. */
const shortened = (address: string): string => new URL(`http://[${address}]`).hostname.slice(1, -1);
