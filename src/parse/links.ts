import { linesOf } from './text.ts';

/** A network device of a node, as /sys/class/net has it. */
export interface NetworkLink {
  name: string;
  index: number;
  promiscuous: boolean;
  /** Of a port of a bridge: its bridge, and whether a packet may leave by the port it came in by. */
  bridge?: string;
  hairpin?: boolean;
}

/** What decides whether packets between pods of one node come past the rules. Undefined: it could not be read. */
export interface NodeNetwork {
  links: NetworkLink[];
  ipForward?: boolean;
  /** `absent`: the module br_netfilter is not loaded. */
  bridgeNetfilter?: 'on' | 'off' | 'absent';
}

/** IFF_PROMISC: linux/if.h */
const PROMISCUOUS = 0x100;

/** Reads lines `PATH:TEXT`, as `grep -s .` prints them of files below /proc/sys/net and /sys/class/net. */
export function parseNodeNetwork(text: string): NodeNetwork {
  const values = new Map(
    linesOf(text).flatMap((line) => {
      const [, path, value] = /^(\/(?:proc|sys)\/[^:]+):(.*)$/.exec(line.slice(0, 500)) ?? [];
      return path === undefined || value === undefined ? [] : [[path, value.trim()] as const];
    }),
  );
  const of = (name: string, file: string) => values.get(`/sys/class/net/${name}/${file}`);
  const names = [...values.keys()].flatMap((path) => /^\/sys\/class\/net\/([^/]+)\/ifindex$/.exec(path)?.[1] ?? []);
  const byIndex = new Map(names.map((name) => [of(name, 'ifindex'), name]));
  const links = names.map((name): NetworkLink => {
    const [hairpin, bridge] = [of(name, 'brport/hairpin_mode'), byIndex.get(of(name, 'brport/bridge/ifindex'))];
    return {
      name,
      index: Number(of(name, 'ifindex')),
      promiscuous: (Number(of(name, 'flags')) & PROMISCUOUS) !== 0,
      ...(hairpin !== undefined && { hairpin: hairpin === '1' }),
      ...(bridge !== undefined && { bridge }),
    };
  });
  const forward = values.get('/proc/sys/net/ipv4/ip_forward');
  const filter = values.get('/proc/sys/net/bridge/bridge-nf-call-iptables');
  if (forward === undefined) return { links };
  const bridgeNetfilter = filter === undefined ? 'absent' : filter === '1' ? 'on' : 'off';
  return { links, ipForward: forward === '1', bridgeNetfilter };
}
