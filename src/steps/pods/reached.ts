/** Backends that are reached and yet not well: server errors, and another protocol than the Service promises. */
import type { Facts } from '../../facts/facts.ts';
import { spokenTo } from '../../facts/heard.ts';
import { meshRefuses } from '../../facts/mesh.ts';
import { otherSchemeTo, type ProbeReport } from '../../facts/probe.ts';
import { kubectl } from '../../model/command.ts';
import type { Finding, ParamsOf } from '../../model/finding.ts';
import type { ServicePort } from '../../model/kubernetes.ts';
import { isProxyFailure } from '../../model/mesh.ts';
import { portKey } from '../../model/ports.ts';
import type { Target } from '../../model/target.ts';
import type { Asked } from './listeners.ts';

export function reachedFindings(
  facts: Facts,
  report: ProbeReport,
  port: ServicePort,
  asked: readonly Asked[],
): Finding[] {
  return [
    ...serverErrors(facts, report, port, asked),
    ...otherProtocol(facts, report, port, asked),
    ...meshDenied(facts, report, port, asked),
  ];
}

/**
 * The mesh proxies of the pods refuse the request. Rules of a mesh may name paths, so that it is an error only for a
 * client that was asked with the path that it uses.
 */
function meshDenied({ target }: Facts, report: ProbeReport, port: ServicePort, asked: readonly Asked[]): Finding[] {
  const refusing = asked.filter(({ reach }) => meshRefuses(reach.attempts));
  if (refusing.length === 0) return [];
  const { id, kind } = report.vantage;
  const policies = kubectl(target.namespace, 'get', 'authorizationpolicies.security.istio.io', '-o', 'yaml');
  return [
    {
      code: 'pods/mesh-denied',
      severity: kind === 'pod' && target.path !== undefined ? 'error' : 'warning',
      breaks: 'listener',
      subject: { port: portKey(port), from: id },
      params: { port: portKey(port), pods: refusing.map(({ backend }) => backend.name), from: id },
      evidence: [],
      remedies: [{ id: 'look-at-rules', commands: [policies] }],
    },
  ];
}

/**
 * A status of 500 and above is an answer all the same: an error only on a path that was asked for, or where the proxy
 * before the application says that it did not reach it.
 */
function serverErrors({ target }: Facts, report: ProbeReport, port: ServicePort, asked: readonly Asked[]): Finding[] {
  const failing = asked.filter(({ reach }) => reach.attempts.some(isServerError));
  const [first] = failing;
  if (!first) return [];
  const unreached = failing.some(({ reach }) => reach.attempts.some(isProxyFailure));
  const names = failing.map(({ backend }) => backend.name);
  const speak = spokenTo(report, first);
  return [
    {
      code: 'pods/http-error',
      severity: target.path === undefined && !unreached ? 'warning' : 'error',
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
  const other = asked.flatMap((one) => {
    const speaks = speaksInstead(report, port, target, one);
    return speaks ? [{ ...one, speaks }] : [];
  });
  const [first] = other;
  const scheme = first && spokenTo(report, first)?.scheme;
  if (!first || !scheme) return [];
  // a port called "http" that speaks TLS harms only clients that believe the name; no HTTP/1.1 may be HTTP/2
  const promised = scheme === 'https' || port.appProtocol !== undefined || target.scheme === scheme;
  const certain = promised && first.speaks !== 'no HTTP';
  return [
    {
      code: 'pods/wrong-protocol',
      severity: certain ? 'error' : 'warning',
      breaks: 'listener',
      subject: { port: portKey(port) },
      params: {
        port: portKey(port),
        number: first.number,
        asked: scheme,
        speaks: first.speaks,
        pods: other.map(({ backend }) => backend.name),
      },
      evidence: [],
      remedies: [{ id: 'use-other', commands: [kubectl(target.namespace, 'edit', 'service', target.service)] }],
    },
  ];
}

type Speaks = ParamsOf<'pods/wrong-protocol'>['speaks'];

/** What a pod spoke instead of what it was asked in; undefined where that was right, or nothing was promised. */
function speaksInstead(report: ProbeReport, port: ServicePort, target: Target, one: Asked): Speaks | undefined {
  const scheme = spokenTo(report, one)?.scheme;
  const spoken = one.reach.attempts.map(({ spoke }) => spoke);
  const otherScheme = otherSchemeTo(report, one.backend.address, one.number) !== undefined;
  if (scheme === 'https') return otherScheme || spoken.includes('not-tls') ? 'plain text' : undefined;
  if (scheme !== 'http') return undefined;
  if (otherScheme || spoken.includes('tls')) return 'TLS';
  // that port 80 or a health probe mostly means HTTP is no promise
  const isNamed = port.appProtocol !== undefined || target.scheme === 'http' || /^http(-|$)/.test(port.name ?? '');
  return isNamed && spoken.includes('not-http') ? 'no HTTP' : undefined;
}
