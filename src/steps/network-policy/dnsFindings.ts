/** Policies between a client and its DNS server. */
import type { HeardDns } from '../../facts/dnsHeard.ts';
import { dnsServer } from '../../facts/dnsServer.ts';
import type { Facts } from '../../facts/facts.ts';
import { isClient, type PolicyScene } from '../../facts/policies.ts';
import type { ProbeReport } from '../../facts/probe.ts';
import { kubectl, kubectlApply } from '../../model/command.ts';
import type { Finding, Observation } from '../../model/finding.ts';
import type { NetworkPolicy, Service } from '../../model/kubernetes.ts';
import { stableLabels } from '../../model/labels.ts';
import { smallestChange } from '../../model/networkPolicy/change.ts';
import type { DnsServer } from '../../model/networkPolicy/dns.ts';
import { hints } from '../../model/networkPolicy/hints.ts';
import type { Admission } from '../../model/networkPolicy/mayConnect.ts';
import type { PodParty } from '../../model/networkPolicy/party.ts';
import type { PolicyRef } from '../../model/networkPolicy/policies.ts';
import { printLabels } from '../../model/selector.ts';
import type { Target } from '../../model/target.ts';
import { inside } from '../repeat.ts';
import { hintParams, NO_HINT } from './hint.ts';
import { askFrom, remedyOf } from './remedy.ts';

/** The client, its DNS servers, and what was heard between them. */
export interface Way {
  scene: PolicyScene;
  report: ProbeReport;
  heard: HeardDns;
  client: PodParty;
  servers: readonly DnsServer[];
  /** Names a policy. */
  print: (policy: PolicyRef) => string;
}

type ServerAdmission = Admission & { server: DnsServer['party']; port: number };

export async function serverShut(facts: Facts, way: Way, admission: Admission): Promise<Finding> {
  const { report, heard, client, servers } = way;
  const { target, service } = await dnsServer(facts);
  const policies = admission.isolatedBy.map(way.print);
  return {
    code: 'network-policy/ingress-denied',
    severity: 'error',
    breaks: 'dns-policy',
    subject: { object: `networkpolicy/${policies[0]}`, ...(isClient(report) && { from: report.vantage.id }) },
    params: {
      service: `${target.namespace}/${target.service}`,
      port: '53/UDP',
      podPort: servers[0]?.ports.UDP ?? 53,
      policies,
      client: isClient(report) ? `${client.namespace}/${client.name}` : '',
      meant: '',
      backends: servers.map(({ party }) => (party.kind === 'pod' ? (party.name ?? '') : party.address)),
      of: servers.length,
      ...NO_HINT,
    },
    evidence: [asked(report, heard), ...describe(way, admission, '')],
    remedies: [
      { id: 'open-dns', commands: [kubectlApply(target.namespace, letEverybodyAsk(target, service, servers))] },
    ],
  };
}

/** DNS serves every pod of the cluster. */
const letEverybodyAsk = (
  { namespace }: Target,
  service: Service | null | undefined,
  servers: readonly DnsServer[],
): NetworkPolicy => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'allow-dns', namespace },
  spec: {
    podSelector: { matchLabels: service?.spec?.selector ?? {} },
    policyTypes: ['Ingress'],
    ingress: [
      { ports: (['UDP', 'TCP'] as const).map((protocol) => ({ port: servers[0]?.ports[protocol] ?? 53, protocol })) },
    ],
  },
});

const asked = ({ vantage }: ProbeReport, { service }: HeardDns): Observation => ({
  what: 'dns.fails',
  params: { name: service.name, answer: service.own?.outcome ?? 'timeout', server: service.own?.server ?? '' },
  command: inside(vantage, ['nslookup', service.name]),
});

function describe({ print }: Way, { isolatedBy, direction }: Admission, pod: string): Observation[] {
  const [first] = isolatedBy;
  if (!first) return [];
  const command = kubectl(first.namespace, 'describe', 'networkpolicy', ...isolatedBy.map(({ policy }) => policy));
  return [{ what: 'network-policy.isolated', params: { policies: isolatedBy.map(print), direction, pod }, command }];
}

export async function dnsDenied(facts: Facts, way: Way, admission: ServerAdmission): Promise<Finding> {
  const { scene, report, heard, client } = way;
  const { policies, namespaces } = scene;
  const connection = {
    policies,
    namespaces,
    client,
    backend: admission.server,
    port: admission.port,
    protocol: 'UDP',
  } as const;
  const selector = (await dnsServer(facts)).service?.spec?.selector;
  const names = { clientName: labelOf(client), backendName: 'dns', ...(selector && { backendSelector: selector }) };
  const changes = smallestChange(connection, names).filter(({ direction }) => direction === 'egress');
  const everyone = !isClient(report);
  return {
    code: 'network-policy/dns-egress-denied',
    severity: 'error',
    breaks: 'dns-policy',
    subject: everyone ? {} : { from: report.vantage.id },
    params: {
      policies: admission.isolatedBy.map(way.print),
      client: everyone ? '' : `${client.namespace}/${client.name}`,
      meant: everyone ? '' : printLabels(stableLabels(client.labels)),
      server:
        admission.server.kind === 'pod'
          ? `${admission.server.namespace}/${admission.server.name ?? 'kube-dns'}`
          : admission.server.address,
      podPort: admission.port,
      ...hintParams(
        hints(connection).filter(({ direction }) => direction === 'egress'),
        facts.target.namespace,
      ),
    },
    evidence: [asked(report, heard), ...describe(way, admission, client.name ?? '')],
    remedies: changes.map((change) => remedyOf(overTcpToo(change, facts.target.namespace, everyone))),
  };
}

type Change = ReturnType<typeof smallestChange>[number];

/**
 * A long answer comes over TCP. Where nobody of the namespace may ask, everybody of it is let out: names are
 * nobody's secret, and a client is not known.
 */
function overTcpToo(change: Change, namespace: string, everyone: boolean): Change {
  if (change.kind !== 'create') return change;
  const { spec, metadata } = change.manifest;
  const egress = (spec?.egress ?? []).map((rule) => ({
    ...rule,
    ports: (rule.ports ?? []).flatMap((port) => [port, { ...port, protocol: 'TCP' }]),
  }));
  const whole = everyone
    ? { metadata: { name: 'allow-dns', namespace }, spec: { podSelector: {}, policyTypes: ['Egress'], egress } }
    : {};
  const manifest = {
    ...change.manifest,
    ...(metadata && { metadata }),
    spec: { ...spec, podSelector: spec?.podSelector ?? {}, egress },
    ...whole,
  };
  return { ...change, manifest, wide: false };
}

const labelOf = ({ labels, name }: PodParty): string =>
  labels['app.kubernetes.io/name'] ?? labels.app ?? name ?? 'client';

export const dnsFree = (way: Way, admission: Admission): Finding => ({
  code: 'network-policy/not-enforced',
  severity: 'info',
  breaks: 'dns-policy',
  subject: { from: way.report.vantage.id },
  params: {
    port: '53/UDP',
    direction: 'dns',
    policies: admission.isolatedBy.map(way.print),
    client: `${way.client.namespace}/${way.client.name}`,
  },
  evidence: describe(way, admission, way.client.name ?? ''),
  remedies: [],
});

export function onlyOthers({ target }: Facts, way: Way, admission: Admission, others: readonly PodParty[]): Finding {
  const { report, heard, client } = way;
  return {
    code: 'network-policy/probe-denied',
    severity: 'info',
    breaks: 'dns-policy',
    subject: { from: report.vantage.id },
    params: {
      port: '53/UDP',
      direction: 'dns',
      policies: admission.isolatedBy.map(way.print),
      admits: [],
      pods: others.map(({ namespace, name }) => `${namespace}/${name}`),
      asked: '',
    },
    evidence: [asked(report, heard), ...describe(way, admission, client.name ?? '')],
    remedies: [{ id: 'ask-from', commands: others.slice(0, 1).map((pod) => askFrom(target, pod)) }],
  };
}
