import { createHash } from 'node:crypto';
import type { Protocol } from './kubernetes.ts';

/** A port of a Service, by which kube-proxy names its chains. `portName` is '' for an unnamed port. */
export interface ChainSubject {
  namespace: string;
  service: string;
  portName: string;
  protocol: Protocol;
}

export interface ServiceChains {
  /** Endpoints under traffic policy Cluster. */
  cluster: string;
  /** Endpoints under traffic policy Local. */
  local: string;
  /** Entry for node ports, load balancers and external IPs. */
  external: string;
  /** loadBalancerSourceRanges. */
  firewall: string;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** RFC 4648 base32 of the SHA-256 of a text, its first `length` characters. */
function hash(text: string, length: number): string {
  const bits = [...createHash('sha256').update(text).digest()]
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('');
  const letters = bits.match(/.{5}/g) ?? [];
  return letters
    .slice(0, length)
    .map((five) => ALPHABET[Number.parseInt(five, 2)])
    .join('');
}

/** The port as kube-proxy's rule comments and logs name it: `ns/svc:port`, `ns/svc` for an unnamed port. */
export const servicePortName = ({ namespace, service, portName }: ChainSubject): string =>
  `${namespace}/${service}${portName ? `:${portName}` : ''}`;

/** Source: pkg/proxy/iptables/proxier.go, portProtoHash. */
export function iptablesChains(subject: ChainSubject): ServiceChains {
  const name = hash(servicePortName(subject) + subject.protocol.toLowerCase(), 16);
  return {
    cluster: `KUBE-SVC-${name}`,
    local: `KUBE-SVL-${name}`,
    external: `KUBE-EXT-${name}`,
    firewall: `KUBE-FW-${name}`,
  };
}

/** Chain of one endpoint. `address` as the EndpointSlice has it. Source: servicePortEndpointChainName. */
export function iptablesEndpointChain(subject: ChainSubject, address: string, port: number): string {
  const endpoint = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  return `KUBE-SEP-${hash(servicePortName(subject) + subject.protocol.toLowerCase() + endpoint, 16)}`;
}

/** Longest name after the prefix: NFT_NAME_MAXLEN 256 less the 16 kept for prefixes. */
const NFT_BASE_LIMIT = 240;

function nftBase(name: string): string {
  const base = `${hash(name, 8)}-${name}`;
  return base.length > NFT_BASE_LIMIT ? `${base.slice(0, NFT_BASE_LIMIT - 3)}...` : base;
}

const nftName = ({ namespace, service, portName, protocol }: ChainSubject): string =>
  `${namespace}/${service}/${protocol.toLowerCase()}/${portName}`;

/** Source: pkg/proxy/nftables/proxier.go, servicePortChainNameBase. An unnamed port ends with a slash. */
export function nftablesChains(subject: ChainSubject): ServiceChains {
  const base = nftBase(nftName(subject));
  return {
    cluster: `service-${base}`,
    local: `local-${base}`,
    external: `external-${base}`,
    firewall: `firewall-${base}`,
  };
}

/** Chain of one endpoint. IPv6 colons become dots. Source: servicePortEndpointChainNameBase. */
export const nftablesEndpointChain = (subject: ChainSubject, address: string, port: number): string =>
  `endpoint-${nftBase(`${nftName(subject)}__${address.replaceAll(':', '.')}/${port}`)}`;
