import { createHash } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** kube-proxy names its chains by a hash: pkg/proxy/iptables/proxier.go, `portProtoHash`. */
function hash(text: string, length: number): string {
  const bits = [...createHash('sha256').update(text).digest()]
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('');
  return (bits.match(/.{5}/g) ?? [])
    .slice(0, length)
    .map((five) => ALPHABET[Number.parseInt(five, 2)])
    .join('');
}

export const serviceHash = (name: string, protocol: string, length = 16): string =>
  hash(name + protocol.toLowerCase(), length);

export const endpointHash = (name: string, protocol: string, endpoint: string, length = 16): string =>
  hash(name + protocol.toLowerCase() + endpoint, length);

/** Of the nftables proxy: `hashAndTruncate` of pkg/proxy/nftables/proxier.go. */
export const textHash = (text: string): string => hash(text, 8);
