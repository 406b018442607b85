/**
 * The packet filter of one node, whoever wrote it and whatever tool printed it: iptables and nftables say the same
 * things in other words. Plain data; trace.ts follows a packet through it.
 */

export type Family = 'ip' | 'ip6';
export type Hook = 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting';

export interface Firewall {
  tables: readonly Table[];
  /** The text came to its end. What an incomplete one does not show may be there all the same. */
  complete: boolean;
}

export interface Table {
  /** `iptables` tables are those of its tools, whichever back end they use. */
  tool: 'iptables' | 'nft';
  family: Family | 'inet';
  name: string;
  chains: ReadonlyMap<string, Chain>;
  /** Named maps, each from a key such as `10.96.0.10/tcp/53` to what is done then. */
  maps: ReadonlyMap<string, ReadonlyMap<string, readonly Action[]>>;
  /** Named sets of addresses. */
  sets: ReadonlyMap<string, readonly string[]>;
}

export interface Chain {
  name: string;
  rules: readonly Rule[];
  /** Of a base chain: where packets enter it. */
  base?: { hook: Hook; priority: number; type: 'filter' | 'nat' | 'route'; policy: 'accept' | 'drop' };
}

export interface Rule {
  /** All must hold. */
  conditions: readonly Condition[];
  actions: readonly Action[];
  /** As the tool printed it. */
  text: string;
}

export type Condition =
  | ({ on: 'source' | 'destination' } & Among)
  | ({ on: 'protocol' } & Among)
  /** Destination port. `protocol`: holds for no other one, with `not` as well. */
  | { on: 'port'; ranges: readonly (readonly [number, number])[]; protocol?: string; not: boolean }
  | ({ on: 'family' } & Among)
  /** State of the connection; ours is always a new one. */
  | { on: 'state'; among: readonly string[]; not: boolean }
  /** The address is one of the node's own. */
  | { on: 'local-source' | 'local-destination'; not: boolean }
  | { on: 'mark'; value: number; mask: number; not: boolean }
  /** Holds by chance, for this share of packets. */
  | { on: 'chance'; share: number }
  /** Cannot hold for a packet like ours: on the loopback interface, or of a client that was here before. */
  | { on: 'never' }
  /** Not understood. */
  | { on: 'unknown' };

export interface Among {
  /** Addresses, prefixes, ranges (`a-b`), names of sets (`@name`); or names of protocols. */
  among: readonly string[];
  not: boolean;
}

export type Action =
  | { do: 'accept' | 'return' | 'masquerade' }
  | { do: 'drop' | 'reject' }
  | { do: 'jump' | 'goto'; chain: string }
  /** `10.244.0.5:8080`; IPv6 in brackets. */
  | { do: 'rewrite'; to: string }
  /** To this machine itself, or to something that takes it from there. */
  | { do: 'redirect' }
  /** The connection is not tracked, and so nothing rewrites it. */
  | { do: 'untrack' }
  /** mark = (mark & ~mask) ^ value, as iptables' --set-xmark. */
  | { do: 'mark'; value: number; mask: number }
  | { do: 'look-up'; by: readonly ('destination' | 'protocol' | 'port')[]; map: string }
  /** By chance to one of so many places; a place without actions lets the packet go on. */
  | { do: 'spread'; over: number; places: readonly (readonly Action[])[] }
  /** Whether it ends here is not understood. */
  | { do: 'unknown' };

/** One new connection. */
export interface Packet {
  source: string;
  destination: string;
  /** Lower case. */
  protocol: string;
  port: number;
  /** The source is this node itself. */
  fromNode: boolean;
  /** The destination is an address of this node. */
  toNode: boolean;
}

/** Where a rule stands. */
export interface Place {
  tool: Table['tool'];
  table: string;
  chain: string;
  /** The rule, or the policy of the chain. */
  text: string;
}
