import type { ProbeReport } from '../../facts/probe.ts';
import type { Observation } from '../../model/finding.ts';
import type { ServicePort } from '../../model/kubernetes.ts';
import { portKey } from '../../model/ports.ts';
import type { Reach } from '../../model/reach.ts';
import { repeat } from '../repeat.ts';

/** What was seen of a port of a cluster IP. */
export function observed(report: ProbeReport, port: ServicePort, address: string, reach: Reach): Observation {
  const { asked, answered, failures, medianMs, slowestMs } = reach;
  const params = {
    port: portKey(port),
    address,
    asked,
    answered,
    failures,
    failure: reach.failure ?? '',
    medianMs,
    slowestMs,
  };
  const opened = reach.attempts.every(({ outcome: kind }) => kind === 'opened');
  const command = repeat(report, { address, port: port.port });
  if (failures > 0) return { what: 'ip.failed', params, command };
  return { what: opened ? 'ip.opened' : 'ip.answered', params, command };
}

/** Where an answer leads on to: a client that follows goes there, and what it meets there is no matter of the Service. */
export function redirectNote({ attempts }: Reach, port: ServicePort): Observation[] {
  const location = attempts.find((attempt) => attempt.location?.includes('://'))?.location;
  return location === undefined ? [] : [{ what: 'ip.redirects', params: { port: portKey(port), location } }];
}
