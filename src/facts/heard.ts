/** What a vantage point heard of a Service port, by way of the cluster IP and of each backend. */
import type { Backend } from '../model/backends.ts';
import type { Service, ServicePort } from '../model/kubernetes.ts';
import { portKey } from '../model/ports.ts';
import { type Reach, reachOf } from '../model/reach.ts';
import { clusterIPsOf, isTcp } from './backends.ts';
import { attemptsTo, isAsk, type ProbeReport } from './probe.ts';

/** Connections to the port on every cluster IP together. Undefined: none was made, as for a headless Service or UDP. */
export const viaClusterIP = (report: ProbeReport, service: Service, port: ServicePort): Reach | undefined =>
  // over TCP that number may be another port of the Service
  isTcp(port)
    ? reachOf(clusterIPsOf(service.spec).flatMap((address) => attemptsTo(report, address, port.port) ?? []))
    : undefined;

/** Connections to the number that the Service port means on this backend. */
export function viaBackend(report: ProbeReport, backend: Backend, port: ServicePort): Reach | undefined {
  const number = isTcp(port) ? backend.ports[portKey(port)] : undefined;
  return number === undefined ? undefined : reachOf(attemptsTo(report, backend.address, number));
}

/** How a backend was spoken to; undefined where connections were only opened and closed. */
export const spokenTo = (report: ProbeReport, { backend, number }: { backend: Backend; number: number }) =>
  report.questions.filter(isAsk('connect')).find(({ address, port }) => address === backend.address && port === number)
    ?.speak;

/**
 * Whether clients of the port are served: through the cluster IP, or where there is none by some backend.
 * Undefined: nothing was heard.
 */
export function served(
  report: ProbeReport | undefined,
  service: Service,
  port: ServicePort,
  backends: readonly Backend[],
): boolean | undefined {
  if (!report) return undefined;
  if (clusterIPsOf(service.spec).length > 0) return answers(viaClusterIP(report, service, port));
  const heard = backends.flatMap((backend) => answers(viaBackend(report, backend, port)) ?? []);
  return heard.length === 0 ? undefined : heard.includes(true);
}

const answers = (reach: Reach | undefined): boolean | undefined => (reach ? reach.answered > 0 : undefined);
