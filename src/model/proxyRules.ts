import type { Way } from './firewall/way.ts';

export type ProxyMode = 'iptables' | 'nftables' | 'ipvs';

/** A way into a Service port: one of its addresses, or a node port. */
export type EntryKind = 'cluster-ip' | 'node-port' | 'external-ip' | 'load-balancer';

/** What the rules of one node should do with new connections to one address and port. */
export interface ProxyEntry {
  kind: EntryKind;
  /** As `80/TCP`. */
  servicePort: string;
  address: string;
  port: number;
  /** Lower case. */
  protocol: string;
  /** A client such as this entry is for: a pod, or somebody outside the cluster. */
  source: string;
  /** Endpoints as `10.244.0.5:9376`, IPv6 as `[fd00::5]:9376`. */
  wanted: readonly string[];
  /** What a client meets where nothing is wanted. */
  whenEmpty: 'refused' | 'dropped';
}

/** What they do with it. */
export interface EntryWay {
  entry: ProxyEntry;
  mode: ProxyMode;
  way: Way;
}

/** `10.96.0.10/udp/53` */
export const serviceKey = (address: string, protocol: string, port: number): string =>
  `${address}/${protocol.toLowerCase()}/${port}`;

export const endpointKey = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
