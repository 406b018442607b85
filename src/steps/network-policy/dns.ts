/** The client's way to its DNS server. */

import { type HeardDns, heardDns } from '../../facts/dnsHeard.ts';
import { dnsIngress, dnsServersOf, heardFromDns, podsWithDns, udpEgress } from '../../facts/dnsPolicies.ts';
import type { Facts } from '../../facts/facts.ts';
import { isClient, type PolicyScene } from '../../facts/policies.ts';
import type { ProbeReport } from '../../facts/probe.ts';
import { kubectl } from '../../model/command.ts';
import type { Finding, Observation } from '../../model/finding.ts';
import { smallestChange } from '../../model/networkPolicy/change.ts';
import type { DnsEgress, DnsServer } from '../../model/networkPolicy/dns.ts';
import { hints } from '../../model/networkPolicy/hints.ts';
import type { Admission } from '../../model/networkPolicy/mayConnect.ts';
import type { PodParty } from '../../model/networkPolicy/party.ts';
import { inside } from '../repeat.ts';
import { hintParams } from './hint.ts';
import { FINE, inDoubt, ONLY_OTHERS, type PortResult } from './port.ts';
import { remedyOf } from './remedy.ts';
import { printRef } from './seen.ts';

export async function heardDnsWay(
  facts: Facts,
  scene: PolicyScene,
  report: ProbeReport,
  client: PodParty,
): Promise<PortResult> {
  const heard = heardDns(report, facts.target);
  const servers = await dnsServersOf(facts, client, heard);
  const egress = udpEgress(scene, client, servers);
  const sound = heardFromDns(heard);
  if (!egress || sound === 'nothing-asked') return FINE;
  const denied = egress.admissions.find(({ allowed }) => allowed === false);
  const way: Way = { scene, report, heard, client, servers };
  if (!denied) return sound === 'silence' ? silence(facts, way, egress) : FINE;
  if (sound === 'something') return { ...FINE, findings: [dnsFree(way, denied)] };
  if (isClient(report.vantage)) return { ...FINE, findings: [dnsDenied(facts, way, denied)] };
  const others = await podsWithDns(facts, scene, client, servers);
  return others.length > 0
    ? { ...FINE, findings: [onlyOthers(facts, way, denied, others)], obstacles: [ONLY_OTHERS] }
    : { ...FINE, findings: [dnsDenied(facts, way, denied)] };
}

interface Way {
  scene: PolicyScene;
  report: ProbeReport;
  heard: HeardDns;
  client: PodParty;
  servers: readonly DnsServer[];
}

type ServerAdmission = Admission & { server: DnsServer['party']; port: number };

/** The client may ask, and hears nothing: do the DNS server's own policies let it in? */
async function silence(facts: Facts, way: Way, { admissions }: DnsEgress): Promise<PortResult> {
  const { scene, client, servers } = way;
  const shut = (await dnsIngress(facts, scene, client, servers)).filter(({ allowed }) => allowed === false);
  const [first] = shut;
  const doubts = admissions.flatMap((admission) => admission.doubts);
  if (!first || shut.length < servers.length) return { ...FINE, obstacles: doubts.length > 0 ? [inDoubt(doubts)] : [] };
  return { ...FINE, findings: [serverShut(way, first)] };
}

function serverShut({ report, heard, client, servers }: Way, admission: Admission): Finding {
  const policies = admission.isolatedBy.map(printRef);
  const port = servers[0]?.ports.UDP ?? 53;
  return {
    code: 'network-policy/ingress-denied',
    severity: 'error',
    breaks: 'dns-policy',
    subject: { object: `networkpolicy/${policies[0]}`, from: report.vantage.id },
    params: {
      service: 'kube-system/kube-dns',
      port: '53/UDP',
      podPort: port,
      policies,
      client: `${client.namespace}/${client.name}`,
      backends: servers.map(({ party }) => (party.kind === 'pod' ? (party.name ?? '') : party.address)),
      of: servers.length,
      ...hintParams([]),
    },
    evidence: [asked(report, heard), ...describe(admission)],
    remedies: [],
  };
}

const asked = ({ vantage }: ProbeReport, { service }: HeardDns): Observation => ({
  what: 'dns.fails',
  params: { name: service.name, answer: service.own?.outcome ?? 'timeout', server: service.own?.server ?? '' },
  command: inside(vantage, ['nslookup', service.name]),
});

function describe({ isolatedBy, direction }: Admission, pod = ''): Observation[] {
  const [first] = isolatedBy;
  if (!first) return [];
  const command = kubectl(first.namespace, 'describe', 'networkpolicy', ...isolatedBy.map(({ policy }) => policy));
  return [{ what: 'network-policy.isolated', params: { policies: isolatedBy.map(printRef), direction, pod }, command }];
}

function dnsDenied(facts: Facts, { scene, report, heard, client }: Way, admission: ServerAdmission): Finding {
  const { policies, namespaces } = scene;
  const connection = {
    policies,
    namespaces,
    client,
    backend: admission.server,
    port: admission.port,
    protocol: 'UDP',
  } as const;
  const changes = smallestChange(connection, { clientName: labelOf(client), backendName: 'dns' }).filter(
    ({ direction }) => direction === 'egress',
  );
  const everyone = !isClient(report.vantage);
  return {
    code: 'network-policy/dns-egress-denied',
    severity: 'error',
    breaks: 'dns-policy',
    subject: everyone ? {} : { from: report.vantage.id },
    params: {
      policies: admission.isolatedBy.map(printRef),
      client: everyone ? '' : `${client.namespace}/${client.name}`,
      server:
        admission.server.kind === 'pod'
          ? `${admission.server.namespace}/${admission.server.name}`
          : admission.server.address,
      podPort: admission.port,
      ...hintParams(hints(connection).filter(({ direction }) => direction === 'egress')),
    },
    evidence: [asked(report, heard), ...describe(admission, client.name)],
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

const dnsFree = ({ report, client }: Way, admission: Admission): Finding => ({
  code: 'network-policy/not-enforced',
  severity: 'info',
  breaks: 'dns-policy',
  subject: { from: report.vantage.id },
  params: {
    port: '53/UDP',
    direction: 'dns',
    policies: admission.isolatedBy.map(printRef),
    client: `${client.namespace}/${client.name}`,
  },
  evidence: describe(admission, client.name),
  remedies: [],
});

function onlyOthers(
  { target }: Facts,
  { report, heard, client }: Way,
  admission: Admission,
  others: readonly PodParty[],
): Finding {
  const ask = others
    .slice(0, 1)
    .map(({ namespace, name }) => [
      'svc-debug',
      target.service,
      '-n',
      target.namespace,
      '--from',
      `${namespace}/pod/${name}`,
    ]);
  return {
    code: 'network-policy/probe-denied',
    severity: 'info',
    breaks: 'dns-policy',
    subject: { from: report.vantage.id },
    params: {
      port: '53/UDP',
      direction: 'dns',
      policies: admission.isolatedBy.map(printRef),
      admits: [],
      pods: others.map(({ namespace, name }) => `${namespace}/${name}`),
    },
    evidence: [asked(report, heard), ...describe(admission, client.name)],
    remedies: [{ id: 'ask-from', commands: ask }],
  };
}
