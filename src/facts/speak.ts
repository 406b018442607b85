import { isDatabase } from '../model/database.ts';
import type { Pod, Probe, ServicePort } from '../model/kubernetes.ts';
import { podPortOf } from '../model/ports.ts';
import { isShy } from '../model/samples.ts';
import type { Target } from '../model/target.ts';

type Scheme = 'http' | 'https';

/** Ports that IANA registers for HTTP, and the one for HTTP over TLS. */
const REGISTERED: Record<number, Scheme> = { 80: 'http', 443: 'https' };

/**
 * How to talk to a port: bytes are sent only where something says what is spoken there - the user, appProtocol,
 * the port's name, an HTTP probe on that port, a registered number. Undefined: open and close, not a byte.
 */
export function speechOf(
  port: ServicePort,
  pods: readonly Pod[],
  target: Target,
): { scheme: Scheme; path: string } | undefined {
  if ((port.protocol ?? 'TCP') !== 'TCP' || target.scheme === 'tcp') return undefined;
  const scheme = target.scheme === 'auto' ? knownScheme(port, pods) : target.scheme;
  return scheme && { scheme, path: target.path ?? probeOf(port, pods)?.path ?? '/' };
}

/** Whether connections to the port are to be few: a database counts those that say nothing, one that speaks HTTP does not. */
export const isGentle = (port: ServicePort, pods: readonly Pod[], target: Target): boolean =>
  isShy(port.port) || (speechOf(port, pods, target) === undefined && isDatabase(port, pods));

function knownScheme(port: ServicePort, pods: readonly Pod[]): Scheme | undefined {
  if (port.appProtocol !== undefined) return byAppProtocol(port.appProtocol);
  return (
    byName(port.name) ?? probeOf(port, pods)?.scheme ?? byName(containerPortName(port, pods)) ?? REGISTERED[port.port]
  );
}

/** https://kubernetes.io/docs/concepts/services-networking/service/#application-protocol; h2c and gRPC do not speak HTTP/1.1. */
function byAppProtocol(protocol: string): Scheme | undefined {
  if (/^(kubernetes\.io\/ws|http)$/i.test(protocol)) return 'http';
  return /^(kubernetes\.io\/wss|https)$/i.test(protocol) ? 'https' : undefined;
}

/** Names by the convention of meshes and charts: `http`, `http-metrics`, `https-web`, `web`. */
function byName(name: string | undefined): Scheme | undefined {
  if (!name) return undefined;
  if (/^https(-|$)/.test(name)) return 'https';
  return /^(http|web)(-|$)/.test(name) ? 'http' : undefined;
}

function containerPortName(port: ServicePort, pods: readonly Pod[]): string | undefined {
  const [pod] = pods;
  if (!pod) return undefined;
  const number = podPortOf(pod, port);
  return containersOf(pod)
    .flatMap(({ ports }) => ports ?? [])
    .find(({ containerPort }) => containerPort === number)?.name;
}

const containersOf = (pod: Pod) => pod.spec?.containers ?? [];

/** The HTTP readiness or liveness probe that asks this very port. */
function probeOf(port: ServicePort, pods: readonly Pod[]): { scheme: Scheme; path: string } | undefined {
  const [pod] = pods;
  if (!pod) return undefined;
  const number = podPortOf(pod, port);
  const probes = containersOf(pod).flatMap(({ readinessProbe, livenessProbe, startupProbe, ports }) =>
    [readinessProbe, livenessProbe, startupProbe]
      .filter((probe): probe is Probe => probe?.httpGet !== undefined)
      .map(({ httpGet }) => ({
        port: ports?.find(({ name }) => name === String(httpGet?.port))?.containerPort ?? Number(httpGet?.port),
        scheme: (httpGet?.scheme === 'HTTPS' ? 'https' : 'http') as Scheme,
        path: httpGet?.path || '/',
      })),
  );
  return probes.find((probe) => probe.port === number);
}
