/** The rules that kube-proxy wrote on one node, in whatever mode, as far as Services need them. */
export interface ProxyRules {
  mode: 'iptables' | 'nftables' | 'ipvs';
  /** Whether packets come past the rules at all: the hooks that lead to them are there. */
  hooked: boolean;
  /** By `address/protocol/port`, as `10.96.0.10/udp/53`. */
  services: Record<string, ProxiedService>;
}

export interface ProxiedService {
  /** `forward`: to the endpoints · `reject`: refused, no endpoints · `drop`: silent, no local endpoints. */
  does: 'forward' | 'reject' | 'drop';
  /** As `10.244.0.5:9376`, IPv6 as `[fd00::5]:9376`. */
  endpoints: string[];
  /** Chain that serves it, as kube-proxy computed its name. */
  chain?: string;
}

export const serviceKey = (address: string, protocol: string, port: number): string =>
  `${address}/${protocol.toLowerCase()}/${port}`;

export const endpointKey = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
