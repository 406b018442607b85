/** Backends that are reached and yet not well: server errors, and another protocol than the Service promises. */
import type { Facts } from '../../facts/facts.ts';
import { isAsk, otherSchemeTo, type ProbeReport } from '../../facts/probe.ts';
import { kubectl } from '../../model/command.ts';
import type { Finding } from '../../model/finding.ts';
import type { ServicePort } from '../../model/kubernetes.ts';
import { portKey } from '../../model/ports.ts';
import type { Asked } from './listeners.ts';

export function reachedFindings(
  facts: Facts,
  report: ProbeReport,
  port: ServicePort,
  asked: readonly Asked[],
): Finding[] {
  return [...serverErrors(facts, report, port, asked), ...otherProtocol(facts, report, port, asked)];
}

/** A status of 500 and above is an answer all the same: an error only on a path that was asked for. */
function serverErrors({ target }: Facts, report: ProbeReport, port: ServicePort, asked: readonly Asked[]): Finding[] {
  const failing = asked.filter(({ reach }) => reach.attempts.some(isServerError));
  const [first] = failing;
  if (!first) return [];
  const names = failing.map(({ backend }) => backend.name);
  const speak = spokenTo(report, first);
  return [
    {
      code: 'pods/http-error',
      severity: target.path === undefined ? 'warning' : 'error',
      breaks: 'listener',
      subject: { port: portKey(port) },
      params: {
        port: portKey(port),
        path: speak?.path ?? '/',
        status: first.reach.attempts.find(isServerError)?.httpStatus ?? 0,
        pods: names,
        of: asked.length,
      },
      evidence: [],
      remedies: [{ id: 'read-logs', commands: [kubectl(target.namespace, 'logs', first.backend.name, '--tail=20')] }],
    },
  ];
}

const isServerError = ({ httpStatus }: { httpStatus?: number }): boolean => (httpStatus ?? 0) >= 500;

/** The Service promises a protocol (appProtocol, name or number of the port, --scheme), and the pod speaks another. */
function otherProtocol({ target }: Facts, report: ProbeReport, port: ServicePort, asked: readonly Asked[]): Finding[] {
  const other = asked.filter((one) => {
    const scheme = spokenTo(report, one)?.scheme;
    if (otherSchemeTo(report, one.backend.address, one.number)) return true;
    const spoken = one.reach.attempts.map(({ spoke }) => spoke);
    return (scheme === 'https' && spoken.includes('not-tls')) || (scheme === 'http' && spoken.includes('tls'));
  });
  const [first] = other;
  const scheme = first && spokenTo(report, first)?.scheme;
  if (!first || !scheme) return [];
  // a port called "http" that speaks TLS harms only clients that believe the name
  const promised = scheme === 'https' || port.appProtocol !== undefined || target.scheme === scheme;
  return [
    {
      code: 'pods/wrong-protocol',
      severity: promised ? 'error' : 'warning',
      breaks: 'listener',
      subject: { port: portKey(port) },
      params: {
        port: portKey(port),
        number: first.number,
        asked: scheme,
        speaks: scheme === 'https' ? 'plain text' : 'TLS',
        pods: other.map(({ backend }) => backend.name),
      },
      evidence: [],
      remedies: [{ id: 'use-other', commands: [kubectl(target.namespace, 'edit', 'service', target.service)] }],
    },
  ];
}

const spokenTo = (report: ProbeReport, { backend, number }: Asked) =>
  report.questions.filter(isAsk('connect')).find(({ address, port }) => address === backend.address && port === number)
    ?.speak;
