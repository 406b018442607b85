/** Whether the rules of a node lead every entry of the Service to exactly its ready endpoints. */
import type { Facts } from '../../facts/facts.ts';
import { rulesReport } from '../../facts/nodeRules.ts';
import { iptablesChains, nftablesChains } from '../../model/chainNames.ts';
import { kubectl } from '../../model/command.ts';
import type { Finding, Observation } from '../../model/finding.ts';
import { groupBy } from '../../model/group.ts';
import type { Service, ServicePort } from '../../model/kubernetes.ts';
import { portKey, protocolOf } from '../../model/ports.ts';
import { type Difference, differenceOf } from '../../model/proxyDifference.ts';
import type { ProxyEntry } from '../../model/proxyRules.ts';
import { foreignFindings } from './foreign.ts';
import { leftoverFindings } from './leftover.ts';
import { louder } from './louder.ts';
import { masqueradeFindings } from './masquerade.ts';
import { written } from './remedies.ts';
import { type Compared, entryName, type Heard, look, type RulesPlace } from './rulesPlace.ts';
import { type Seen, seen } from './seen.ts';

export async function rulesOn(facts: Facts, service: Service, node: string, heard: Heard): Promise<Seen> {
  const report = await facts.ask(rulesReport(facts.target, node));
  if (!report.known) return seen({ obstacles: [report.obstacle] });
  const place = {
    node,
    pod: report.value.pod ?? '',
    service,
    report: report.value,
    heard,
    louder: await louder(facts, node),
  };
  const compared = report.value.ways.map((way): Compared => ({ way, difference: differenceOf(way) }));
  return seen({
    findings: [
      ...missingFinding(place, compared),
      ...staleFindings(place, compared),
      ...foreignFindings(place, compared),
      ...leftoverFindings(place),
      ...masqueradeFindings(place),
    ],
    observations: rightly(place, compared),
  });
}

/** One line for all that is right. */
function rightly(place: RulesPlace, compared: readonly Compared[]): Observation[] {
  const right = compared.filter(({ difference }) => !difference).map(({ way }) => way.entry);
  const ports = right.filter(({ kind }) => kind === 'cluster-ip');
  const others = right.length - ports.length;
  const [first] = ports;
  if (!first) return [];
  const endpoints = [...new Set(right.flatMap(({ wanted }) => wanted))].length;
  const params = { node: place.node, entries: ports.map(entryName), others, endpoints };
  return [{ what: 'kube-proxy.rules', params, command: look(place) }];
}

/** The chain that kube-proxy computes for the port, and whether it is there though nothing leads to it. */
function chainOf({ service, report }: RulesPlace, { servicePort }: ProxyEntry): { name: string; there: boolean } {
  const port = service.spec?.ports?.find((one) => portKey(one) === servicePort) as ServicePort | undefined;
  const subject = {
    namespace: service.metadata?.namespace ?? 'default',
    service: service.metadata?.name ?? '',
    portName: port?.name ?? '',
    protocol: protocolOf(port?.protocol),
  };
  const isLocal = service.spec?.internalTrafficPolicy === 'Local';
  const names = report.mode === 'nftables' ? nftablesChains(subject) : iptablesChains(subject);
  const name = isLocal ? names.local : names.cluster;
  return { name, there: report.chains.includes(name) };
}

function missingFinding(place: RulesPlace, compared: readonly Compared[]): Finding[] {
  const { node, pod, report } = place;
  const missing = compared.filter(({ difference }) => difference?.kind === 'missing').map(({ way }) => way.entry);
  // what an incomplete text does not show may be there
  if (missing.length === 0 || !report.complete) return [];
  const chains = missing.map((entry) => chainOf(place, entry));
  const ports = [...new Set(missing.map(({ servicePort }) => servicePort))];
  const params = {
    node,
    pod,
    entries: missing.map(entryName),
    chains: [...new Set(chains.map(({ name }) => name))],
    chainsThere: chains.every(({ there }) => there),
    mode: report.mode,
  };
  const evidence = missing.map((entry, i): Observation => {
    const { name = '', there = false } = chains[i] ?? {};
    const what = { node, entry: entryName(entry), chain: name, chainThere: there };
    return { what: 'kube-proxy.no-rule', params: what, command: look(place) };
  });
  return [
    {
      code: 'kube-proxy/rules-missing',
      severity: 'error',
      breaks: 'node-rules',
      subject: { node, ...(ports.length === 1 && ports[0] && { port: ports[0] }) },
      params,
      evidence,
      remedies: written(
        place,
        missing.some(({ address }) => address.includes(':')),
      ),
    },
  ];
}

/** Entries of one port that go wrong in the same way are told as one. */
function staleFindings(place: RulesPlace, compared: readonly Compared[]): Finding[] {
  const stale = compared.flatMap(({ way, difference }) =>
    difference?.kind === 'stale' && (place.report.complete || difference.surplus.length > 0)
      ? [{ entry: way.entry, difference }]
      : [],
  );
  const alike = groupBy(stale, ({ entry, difference: { surplus, lacking, does } }) =>
    JSON.stringify([entry.servicePort, [...surplus].sort(), [...lacking].sort(), does]),
  );
  return [...alike.values()].flatMap((group) => {
    const [first] = group;
    return first
      ? [
          stalePort(
            place,
            group.map(({ entry }) => entry),
            first.difference,
          ),
        ]
      : [];
  });
}

function stalePort(place: RulesPlace, entries: readonly ProxyEntry[], difference: Difference): Finding {
  const { node, pod, service } = place;
  const { surplus, lacking, does, endpoints } = difference;
  const [first] = entries;
  const entry = entries.map(entryName).join(', ');
  const lost = Math.round(difference.lost * 100);
  const leads = { node, entry, does, endpoints, lost };
  return {
    code: 'kube-proxy/rules-stale',
    severity: 'error',
    breaks: 'node-rules',
    subject: { node, ...(first && { port: first.servicePort }) },
    params: { node, pod, entry, surplus, lacking, does, lost },
    evidence: [{ what: 'kube-proxy.rule-leads-to', params: leads, command: look(place) }, slices(service)],
    remedies: written(place, first?.address.includes(':') ?? false),
  };
}

const slices = ({ metadata }: Service): Observation => ({
  what: 'kube-proxy.endpoints',
  params: { service: metadata?.name ?? '' },
  command: kubectl(
    metadata?.namespace,
    'get',
    'endpointslices',
    '-l',
    `kubernetes.io/service-name=${metadata?.name ?? ''}`,
  ),
});
