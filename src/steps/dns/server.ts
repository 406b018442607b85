/** What is wrong with the cluster's DNS server, when a vantage point that asks it gets no address. */
import { type HeardDns, isAbsent, isFound, isMute } from '../../facts/dnsHeard.ts';
import { COREFILE, type DnsLog, type DnsServer, dnsLog, type Zones, zonesOf } from '../../facts/dnsServer.ts';
import type { Facts } from '../../facts/facts.ts';
import { USUAL_DOMAIN } from '../../facts/names.ts';
import type { ProbeReport } from '../../facts/probe.ts';
import { kubectl } from '../../model/command.ts';
import { valueOr } from '../../model/fact.ts';
import type { Finding, Observation, ParamsOf, Remedy, RemedyOf } from '../../model/finding.ts';
import type { DnsAnswer } from '../../model/probe.ts';
import type { Target } from '../../model/target.ts';
import { isLocalResolver } from './client.ts';
import { nameNotFound } from './notFound.ts';
import { heardAnswer, lookupFails, resolvConf } from './say.ts';
import { crashFinding, isReady, logLine, noReadyPods, objectOf, stateOf } from './sickPods.ts';

/** Everything at hand about one vantage point's trouble with names. */
export interface Case {
  facts: Facts;
  report: ProbeReport;
  heard: HeardDns;
  server: DnsServer;
}

const dnsAddress = ({ service }: DnsServer): string => service?.spec?.clusterIP ?? '';

/** What the API alone proves: no Service, or no ready pod behind it. */
export async function serverDown(
  facts: Facts,
  server: DnsServer,
  severity: Finding['severity'],
): Promise<Finding | undefined> {
  if (server.service === null) return noDnsService(server, severity);
  if (server.obstacles.length > 0 || server.backends.some(({ ready }) => ready)) return undefined;
  const sick = { facts, server, severity };
  return (await crashFinding(sick)) ?? noReadyPods(sick);
}

function noDnsService({ target: { namespace, service } }: DnsServer, severity: Finding['severity']): Finding {
  return {
    code: 'dns/no-dns-service',
    severity,
    breaks: 'dns-server',
    subject: { object: `service/${namespace}/${service}` },
    params: { namespace, service },
    evidence: [
      {
        what: 'dns.no-service',
        params: { namespace, service },
        command: kubectl(undefined, 'get', 'services', '--all-namespaces', '-l', 'k8s-app=kube-dns'),
      },
    ],
    remedies: [{ id: 'install-dns', commands: [] }],
  };
}

/** Why the server gives no address. The pod's resolver is the cluster's, or the server was asked by its address. */
export async function serverFinding(at: Case): Promise<Finding> {
  const { facts, server, heard } = at;
  const down = await serverDown(facts, server, 'error');
  if (down) return down;
  const viaService = heard.service.by.get(dnsAddress(server));
  const own = heard.service.own;
  const decisive = viaService && !isFound(viaService) ? viaService : own;
  if (!decisive) return nameNotFound(at, 'bad-name', null, evidenceOf(at));
  if (isMute(decisive)) return muteFinding(at, viaService ?? own, own);
  return negativeFinding(at, decisive);
}

const evidenceOf = ({ report, heard: { service, lookups } }: Case): Observation[] => [
  ...lookups
    .filter(({ answer }) => answer.outcome === 'bad-name' && !service.own)
    .map(({ name }) => lookupFails(report, name)),
  ...(service.own ? [heardAnswer(report, service.name, service.own)] : []),
  ...[...service.by].map(([server, answer]) => heardAnswer(report, service.name, answer, server)),
];

/** Silence, or refusal of the port: whose is it? */
async function muteFinding(at: Case, viaService: DnsAnswer | undefined, own: DnsAnswer | undefined): Promise<Finding> {
  const { facts, server, heard } = at;
  const pods = server.pods.flatMap((pod) => {
    const answer = heard.service.by.get(pod.status?.podIP ?? '');
    return answer ? [{ pod, answer }] : [];
  });
  const mute = pods.filter(({ answer }) => isMute(answer));
  const answer = (viaService && isMute(viaService) ? viaService : own)?.outcome ?? 'timeout';
  if (mute.length > 0) {
    const crash = await crashFinding({ facts, server, severity: 'error' });
    if (crash) return crash;
    return noAnswer(at, answer, mute.length < pods.length ? 'some' : 'all');
  }
  if (isFound(viaService)) {
    const first = heard.resolvConf?.nameservers[0] ?? '';
    return noAnswer(at, answer, isLocalResolver(first) ? 'node-local' : 'some');
  }
  if (pods.length === 0) return noAnswer(at, answer, 'all');
  return noAnswer(at, answer, sendsElsewhere(server) ? 'service-port' : 'service');
}

/** The pods answer on port 53, and the Service does not send queries there. */
function sendsElsewhere({ service, backends }: DnsServer): boolean {
  const udp = (service?.spec?.ports ?? []).find(({ port, protocol }) => port === 53 && protocol === 'UDP');
  const numbers = backends.filter(({ ready }) => ready).map(({ ports }) => ports['53/UDP']);
  return !udp || numbers.every((number) => number !== 53);
}

export function noAnswer(at: Case, answer: string, who: ParamsOf<'dns/no-answer'>['who']): Finding {
  const { facts, server, report, heard } = at;
  const [first = ''] = heard.resolvConf?.nameservers ?? [];
  const asked = who === 'node-local' ? first : dnsAddress(server) || first;
  return {
    code: 'dns/no-answer',
    severity: 'error',
    breaks: who === 'service-port' ? 'dns-server' : 'dns-answer',
    subject: { from: report.vantage.id },
    params: { name: heard.service.name, server: asked, answer, who },
    evidence: [...evidenceOf(at), ...server.pods.map((pod) => stateOf(server, pod, facts.now))],
    remedies: noAnswerRemedies(server.target, who),
  };
}

function noAnswerRemedies(
  { namespace, service }: Target,
  who: ParamsOf<'dns/no-answer'>['who'],
): Remedy<RemedyOf<'dns/no-answer'>>[] {
  const pods = (app: string) => kubectl(namespace, 'get', 'pods', '-l', `k8s-app=${app}`, '-o', 'wide');
  if (who === 'node-local') return [{ id: 'look-at-node-local', commands: [pods('node-local-dns')] }];
  if (who === 'service-port') return [{ id: 'send-to-53', commands: [kubectl(namespace, 'edit', 'service', service)] }];
  // The way to its address is another step's to mend.
  return who === 'service' ? [] : [{ id: 'look-at-pods', commands: [pods('kube-dns')] }];
}

/** The server answered, but not with an address. */
async function negativeFinding(at: Case, decisive: DnsAnswer): Promise<Finding> {
  const { heard, server, facts } = at;
  if (isFound(heard.inUsualDomain?.own)) return notServed(at, decisive, { served: [USUAL_DOMAIN], interceptors: [] });
  const kubernetes = heard.kubernetes.by.get(dnsAddress(server)) ?? heard.kubernetes.own;
  const zones = valueOr(await zonesOf(facts, server, heard.domain), null);
  if (isFound(kubernetes) || !kubernetes) {
    return isAbsent(decisive) ? nameNotFound(at, decisive.outcome, zones, evidenceOf(at)) : serverFailure(at, decisive);
  }
  // Without a `kubernetes` plugin for the zone a query goes upstream, is refused, or fails.
  const unserved = zones ? zones.zone === undefined : isAbsent(decisive);
  return unserved || isAbsent(decisive) ? notServed(at, decisive, zones) : serverFailure(at, decisive);
}

function notServed(at: Case, decisive: DnsAnswer, zones: Zones | null): Finding {
  const { heard, report, server } = at;
  const { namespace } = server.target;
  const configMap = kubectl(namespace, 'get', 'configmap', COREFILE.name, '-o', 'yaml');
  const mismatch = heard.inUsualDomain !== undefined;
  return {
    code: 'dns/zone-not-served',
    severity: 'error',
    breaks: 'dns-server',
    subject: { object: `configmap/${namespace}/${COREFILE.name}` },
    params: { zone: heard.domain, served: zones?.served ?? [], answer: decisive.outcome, read: zones !== null },
    evidence: [
      ...evidenceOf(at),
      ...kubernetesFails(at),
      ...(mismatch && heard.resolvConf ? [resolvConf(report, heard.resolvConf)] : []),
      ...(zones ? [{ what: 'dns.corefile' as const, params: { zones: zones.served }, command: configMap }] : []),
    ],
    remedies: [
      mismatch
        ? { id: 'align-domain', commands: [configMap] }
        : { id: 'serve-zone', commands: [kubectl(namespace, 'edit', 'configmap', COREFILE.name)] },
    ],
  };
}

function kubernetesFails({ heard: { kubernetes }, report }: Case): Observation[] {
  const { own } = kubernetes;
  return own ? [heardAnswer(report, kubernetes.name, own)] : [];
}

async function serverFailure(at: Case, decisive: DnsAnswer): Promise<Finding> {
  const { facts, heard, server } = at;
  const pod = server.pods.find((each) => !isReady(each)) ?? server.pods[0];
  const log: DnsLog = pod ? valueOr(await dnsLog(facts, pod), {}) : {};
  const line = log.api ?? log.last ?? '';
  const name = pod?.metadata?.name ?? '';
  return {
    code: 'dns/server-failure',
    severity: 'error',
    breaks: 'dns-server',
    subject: objectOf(server),
    params: { name: heard.service.name, answer: decisive.outcome, upstream: false, line },
    evidence: [...evidenceOf(at), ...kubernetesFails(at), ...(line ? [logLine(server, name, line)] : [])],
    remedies: [{ id: 'read-log', commands: [kubectl(server.target.namespace, 'logs', name, '--tail=50')] }],
  };
}
