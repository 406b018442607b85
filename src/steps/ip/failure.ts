import type { ProbeReport } from '../../facts/probe.ts';
import type { Finding, Observation } from '../../model/finding.ts';
import type { ServicePort } from '../../model/kubernetes.ts';
import { portKey } from '../../model/ports.ts';
import type { Reach } from '../../model/reach.ts';

/** What a failing port of a cluster IP amounts to. Mostly a symptom: other links say why. */
export function failureFinding(
  report: ProbeReport,
  port: ServicePort,
  address: string,
  reach: Reach,
  observation: Observation,
): Finding {
  const { asked, answered, failures, failure = 'silent' } = reach;
  const key = portKey(port);
  const params = { port: key, address, asked, failures, failure, from: report.vantage.id };
  return {
    code: answered > 0 ? 'ip/intermittent' : `ip/${failure}`,
    severity: 'error',
    breaks: 'cluster-ip',
    subject: { port: key, from: report.vantage.id, ...(report.vantage.node && { node: report.vantage.node }) },
    params,
    evidence: [observation],
    remedies: [],
  };
}
