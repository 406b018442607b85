import { SocketAddress } from 'node:net';
import { linesOf } from './text.ts';

export interface Listener {
  /** `0.0.0.0` and `::` are every address of the pod; `127.0.0.1` and `::1` are only itself. */
  address: string;
  port: number;
}

/** State TCP_LISTEN: https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html */
const LISTENING = /^\s*\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} 0A\b/;

/** The kernel prints an address as 32-bit words of the machine; all that Kubernetes runs on but s390x are little-endian. */
const bytesOf = (word: string): string[] => (word.match(/../g) ?? []).reverse();

function addressOf(hex: string): string {
  if (hex.length === 8)
    return bytesOf(hex)
      .map((byte) => Number.parseInt(byte, 16))
      .join('.');
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap(bytesOf).join('');
  return new SocketAddress({ family: 'ipv6', address: (bytes.match(/.{4}/g) ?? []).join(':') }).address;
}

/** The listening sockets in the text of /proc/net/tcp or /proc/net/tcp6, or of both one after the other. */
export function parseListeners(text: string): Listener[] {
  return linesOf(text).flatMap((line) => {
    const [, address, port] = LISTENING.exec(line) ?? [];
    return address && port ? [{ address: addressOf(address), port: Number.parseInt(port, 16) }] : [];
  });
}
