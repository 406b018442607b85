import { policiesIn } from '../../facts/api.ts';
import type { Facts } from '../../facts/facts.ts';
import { viaClusterIP } from '../../facts/heard.ts';
import { answersTo, attemptsTo, isAsk, type ProbeReport } from '../../facts/probe.ts';
import { kubectl } from '../../model/command.ts';
import { valueOr } from '../../model/fact.ts';
import type { Finding, Observation, Severity } from '../../model/finding.ts';
import type { NetworkPolicy, Service, ServicePort } from '../../model/kubernetes.ts';
import { portKey } from '../../model/ports.ts';
import { type Reach, reachOf } from '../../model/reach.ts';
import { repeat } from '../repeat.ts';

/**
 * A node port that no asked node answers on, though the cluster IP does: who comes from outside finds nothing. Asked are
 * nodes of ready pods, which serve it under every traffic policy. Inside the cluster it need not matter.
 */
export async function nodePortFails(
  facts: Facts,
  service: Service,
  report: ProbeReport,
  port: ServicePort,
): Promise<Finding[]> {
  const { nodePort } = port;
  if (!nodePort || viaClusterIP(report, service, port)?.failures !== 0) return [];
  const heard = askedNodes(report, nodePort);
  const [first] = heard;
  if (!first || heard.some(({ reach }) => reach.answered > 0)) return [];
  const failure = first.reach.failure ?? 'silent';
  if (failure === 'silent' && (await isolates(facts, report))) return [];
  const evidence = heard.map(
    ({ address, reach }): Observation => ({
      what: 'ip.node-port',
      params: { address, nodePort, failures: reach.failures, asked: reach.asked, failure: reach.failure ?? '' },
      command: repeat(report, { address, port: nodePort }),
    }),
  );
  const config = kubectl('kube-system', 'get', 'configmap', 'kube-proxy', '-o', 'yaml');
  return [
    {
      code: 'ip/node-port-fails',
      severity: severityOf(service, failure),
      breaks: 'cluster-ip',
      subject: { port: portKey(port), from: report.vantage.id },
      params: { port: portKey(port), nodePort, addresses: heard.map(({ address }) => address), failure },
      evidence,
      remedies: [{ id: 'look-at-config', commands: [config] }],
    },
  ];
}

/**
 * A node port is all that a Service of type NodePort has for clients outside. Under a LoadBalancer it may be of no use; and
 * one that is refused may be served on other addresses of the nodes (--nodeport-addresses).
 */
const severityOf = ({ spec }: Service, failure: string): Severity =>
  spec?.type === 'NodePort' && failure === 'silent' ? 'error' : 'warning';

const askedNodes = (report: ProbeReport, nodePort: number): { address: string; reach: Reach }[] => {
  const asked = answersTo(report, isAsk('connect')).filter(({ question }) => question.port === nodePort);
  return [...new Set(asked.map(({ question }) => question.address))].flatMap((address) => {
    const reach = reachOf(attemptsTo(report, address, nodePort));
    return reach ? [{ address, reach }] : [];
  });
};

/** Some policy may hold the client back from nodes and hosts outside: then their silence says nothing. */
export async function isolates(facts: Facts, { vantage }: ProbeReport): Promise<boolean> {
  const policies = valueOr(await facts.ask(policiesIn(vantage.namespace)), { items: [] as NetworkPolicy[] }).items;
  return policies.length > 0;
}
