/** A Service of type ExternalName: its name leads to another name. */
import { isIP } from 'node:net';
import { answersAbout, isAbsent, isFound, OUTSIDE_NAME } from '../../facts/dnsHeard.ts';
import { dnsLog } from '../../facts/dnsServer.ts';
import { kubectl } from '../../model/command.ts';
import { valueOr } from '../../model/fact.ts';
import type { Finding } from '../../model/finding.ts';
import type { Service } from '../../model/kubernetes.ts';
import type { DnsAnswer } from '../../model/probe.ts';
import type { Target } from '../../model/target.ts';
import { heardAnswer } from './say.ts';
import type { Case } from './server.ts';
import { logLine, objectOf } from './sickPods.ts';

export const isExternalName = ({ spec }: Service): boolean => spec?.type === 'ExternalName';

/**
 * Digits and dots are a legal DNS name to the API server, but CoreDNS makes no CNAME of an address: the name is NXDOMAIN.
 * https://kubernetes.io/docs/concepts/services-networking/service/#externalname
 */
export function addressAsName({ namespace, service }: Target, { spec }: Service): Finding[] {
  const address = spec?.type === 'ExternalName' ? (spec.externalName ?? '') : '';
  if (isIP(address) === 0) return [];
  const see = kubectl(namespace, 'get', 'service', service, '-o', 'wide');
  return [
    {
      code: 'dns/external-name-is-ip',
      severity: 'error',
      breaks: 'name',
      subject: { object: `service/${service}` },
      params: { name: `${service}.${namespace}`, address },
      evidence: [{ what: 'dns.expected', params: { addresses: [address] }, command: see }],
      remedies: [{ id: 'service-without-selector', commands: [] }],
    },
  ];
}

/** The name has no address, though the DNS server knows cluster names: is it the name that it leads to, or every outside name? */
export async function unresolved(at: Case, service: Service): Promise<Finding> {
  const { report, facts, heard } = at;
  const target = (service.spec?.externalName ?? '').replace(/\.$/, '');
  const answer = answersAbout(report, `${target}.`).own;
  const outside = answersAbout(report, OUTSIDE_NAME).own;
  const evidence = [
    ...(heard.service.own ? [heardAnswer(report, heard.service.name, heard.service.own)] : []),
    ...(answer ? [heardAnswer(report, `${target}.`, answer)] : []),
    ...(outside ? [heardAnswer(report, OUTSIDE_NAME, outside)] : []),
  ];
  if (answer && !isAbsent(answer) && !isFound(answer) && !answers(outside))
    return upstreamFails(at, target, answer, evidence);
  const { namespace, service: name } = facts.target;
  return {
    code: 'dns/external-name-unresolved',
    severity: 'error',
    breaks: 'name',
    subject: { from: report.vantage.id },
    params: { name: `${name}.${namespace}`, target, answer: (answer ?? heard.service.own)?.outcome ?? 'bad-name' },
    evidence,
    remedies: [{ id: 'correct-external-name', commands: [kubectl(namespace, 'edit', 'service', name)] }],
  };
}

/** Some server outside gave an answer, if only that there is no such name. */
const answers = (outside: DnsAnswer | undefined): boolean =>
  outside !== undefined && (isFound(outside) || isAbsent(outside));

async function upstreamFails(
  at: Case,
  target: string,
  answer: DnsAnswer,
  evidence: Finding['evidence'],
): Promise<Finding> {
  const { facts, server } = at;
  const logs = await Promise.all(server.pods.map(async (pod) => ({ pod, log: valueOr(await dnsLog(facts, pod), {}) })));
  const told = logs.find(({ log }) => 'upstream' in log);
  const line = told && 'upstream' in told.log ? (told.log.upstream ?? '') : '';
  const pod = told?.pod.metadata?.name ?? '';
  const corefile = kubectl(server.target.namespace, 'get', 'configmap', 'coredns', '-o', 'yaml');
  return {
    code: 'dns/server-failure',
    severity: 'error',
    breaks: 'dns-server',
    subject: objectOf(server),
    params: { name: target, answer: answer.outcome, upstream: true, line },
    evidence: [...evidence, ...(line ? [logLine(server, pod, line)] : [])],
    remedies: [{ id: 'mend-upstream', commands: [corefile] }],
  };
}
