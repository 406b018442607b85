import { isRecord } from './firewall/nftWords.ts';

/** What kube-proxy says of itself at /healthz. */
export interface KubeProxyHealth {
  /** False: changes wait to be written for longer than twice its sync period. */
  healthy: boolean;
  /** False: the node is being deleted, or taken away by the autoscaler. */
  nodeEligible: boolean;
  /** When rules were last written, milliseconds since 1970, by IP family. */
  lastSync: { IPv4?: number; IPv6?: number };
}

/**
 * Reads the body of /healthz, of all releases from 1.28. What it calls lastUpdated is the present moment as long as all
 * is well; the moments of the families are those of the last sync. Source: pkg/proxy/healthcheck/proxy_health.go.
 */
export function parseKubeProxyHealth(text: string): KubeProxyHealth | undefined {
  const body = text.slice(text.indexOf('{'), 4096);
  try {
    const read: unknown = JSON.parse(body);
    return isRecord(read) && 'lastUpdated' in read ? healthOf(read, /^HTTP\/[\d.]+ 503/.test(text)) : undefined;
  } catch {
    return undefined;
  }
}

function healthOf(read: Record<string, unknown>, refused: boolean): KubeProxyHealth {
  const nodeEligible = read.nodeEligible !== false;
  const healthy = read.healthy === undefined ? !(refused && nodeEligible) : read.healthy === true;
  const of = (family: 'IPv4' | 'IPv6') => {
    const status = isRecord(read.status) ? read.status[family] : undefined;
    const time = isRecord(status) ? timeOf(status.lastUpdated) : undefined;
    return time === undefined ? {} : { [family]: time };
  };
  return { healthy, nodeEligible, lastSync: { ...of('IPv4'), ...of('IPv6') } };
}

/** RFC 3339, or Go's own `2026-05-25 03:22:43.1 +0000 UTC m=+12.3`. */
function timeOf(value: unknown): number | undefined {
  const [, day, clock] = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)/.exec(String(value)) ?? [];
  const time = Date.parse(`${day}T${clock}Z`);
  return Number.isNaN(time) ? undefined : time;
}
