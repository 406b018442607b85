/** Whether the rules of a node lead each port of the Service to exactly its ready endpoints. */
import { slicesOf } from '../../facts/api.ts';
import { clusterIPsOf, portsInScope } from '../../facts/backends.ts';
import type { Facts } from '../../facts/facts.ts';
import { kubeProxyOn, proxyRulesOn, rulesArgv } from '../../facts/kubeProxy.ts';
import { iptablesChains, nftablesChains } from '../../model/chainNames.ts';
import { type Command, kubectl } from '../../model/command.ts';
import { endpointsOf, usable } from '../../model/endpoints.ts';
import { valueOr } from '../../model/fact.ts';
import type { Finding, Observation } from '../../model/finding.ts';
import type { EndpointSlice, Service, ServicePort } from '../../model/kubernetes.ts';
import { portKey, protocolOf } from '../../model/ports.ts';
import { endpointKey, type ProxyRules, serviceKey } from '../../model/proxyRules.ts';
import { restart, syncCommands } from './remedies.ts';
import type { Seen } from './state.ts';

export async function rulesOn(facts: Facts, service: Service, node: string): Promise<Seen> {
  const [rules, pod, slices] = await Promise.all([
    facts.ask(proxyRulesOn(node)),
    facts.ask(kubeProxyOn(node)),
    facts.ask(slicesOf(facts.target)),
  ]);
  if (!rules.known) return { findings: [], observations: [], obstacles: [rules.obstacle] };
  if (!slices.known) return { findings: [], observations: [], obstacles: [slices.obstacle] };
  const place: Place = {
    node,
    pod: valueOr(pod, null)?.metadata?.name ?? '',
    service,
    rules: rules.value,
    slices: slices.value.items,
  };
  const compared = portsInScope(service.spec?.ports, facts.target).map((port) => compare(place, port));
  return {
    findings: [...missingFinding(place, compared), ...compared.flatMap(({ stale }) => stale ?? [])],
    observations: compared.flatMap(({ observations }) => observations),
    obstacles: [],
  };
}

interface Place {
  node: string;
  pod: string;
  service: Service;
  rules: ProxyRules;
  slices: readonly EndpointSlice[];
}

interface Compared {
  port: ServicePort;
  observations: Observation[];
  missing?: Observation;
  stale?: Finding;
}

/** IPv4 rules only: they are what was read. */
const addressOf = ({ spec }: Service): string | undefined => clusterIPsOf(spec).find((ip) => !ip.includes(':'));

function compare(place: Place, port: ServicePort): Compared {
  const { node, rules, service } = place;
  const address = addressOf(service);
  if (!address) return { port, observations: [] };
  const found = rules.hooked ? rules.services[serviceKey(address, protocolOf(port.protocol), port.port)] : undefined;
  const key = portKey(port);
  if (!found) {
    return {
      port,
      observations: [],
      missing: {
        what: 'kube-proxy.no-rule',
        params: { node, port: key, chain: chainOf(place, port) },
        command: look(place),
      },
    };
  }
  const wanted = wantedEndpoints(place, port);
  const surplus = found.endpoints.filter((endpoint) => !wanted.includes(endpoint));
  const lacking = wanted.filter((endpoint) => !found.endpoints.includes(endpoint));
  if (surplus.length === 0 && lacking.length === 0) {
    return {
      port,
      observations: [
        { what: 'kube-proxy.rules', params: { node, port: key, endpoints: wanted.length }, command: look(place) },
      ],
    };
  }
  return {
    port,
    observations: [],
    stale: staleFinding(place, key, { does: found.does, endpoints: found.endpoints, surplus, lacking }),
  };
}

/** What kube-proxy should lead to: usable endpoints, of this node only under internalTrafficPolicy Local. */
function wantedEndpoints({ node, service, slices }: Place, port: ServicePort): string[] {
  const { endpoints } = usable(endpointsOf(service, port, slices).endpoints);
  const near =
    service.spec?.internalTrafficPolicy === 'Local'
      ? endpoints.filter((endpoint) => endpoint.node === node)
      : endpoints;
  return near
    .filter(({ address }) => !address.includes(':'))
    .map(({ address, port: number }) => endpointKey(address, number));
}

function chainOf({ service, rules }: Place, port: ServicePort): string {
  const subject = {
    namespace: service.metadata?.namespace ?? 'default',
    service: service.metadata?.name ?? '',
    portName: port.name ?? '',
    protocol: protocolOf(port.protocol),
  };
  return (rules.mode === 'nftables' ? nftablesChains(subject) : iptablesChains(subject)).cluster;
}

const look = ({ pod, rules }: Place): Command => kubectl('kube-system', 'exec', pod, '--', ...rulesArgv(rules.mode));

function missingFinding(place: Place, compared: readonly Compared[]): Finding[] {
  const missing = compared.filter((one) => one.missing !== undefined);
  if (missing.length === 0) return [];
  const { node, pod, service, rules } = place;
  const params = {
    node,
    pod,
    ports: missing.map(({ port }) => portKey(port)),
    chains: missing.map(({ port }) => chainOf(place, port)),
    mode: rules.mode,
  };
  const [port] = params.ports;
  return [
    {
      code: 'kube-proxy/rules-missing',
      severity: 'error',
      breaks: 'node-rules',
      subject: { node, ...(missing.length === 1 && port && { port }) },
      params,
      evidence: missing.flatMap((one) => one.missing ?? []),
      remedies: [...syncCommands(service), restart(pod)],
    },
  ];
}

interface Difference {
  does: string;
  endpoints: string[];
  surplus: string[];
  lacking: string[];
}

function staleFinding(place: Place, port: string, { does, endpoints, surplus, lacking }: Difference): Finding {
  const { node, pod, service } = place;
  return {
    code: 'kube-proxy/rules-stale',
    severity: 'error',
    breaks: 'node-rules',
    subject: { node, port },
    params: { node, pod, port, surplus, lacking, does },
    evidence: [{ what: 'kube-proxy.rule-leads-to', params: { node, port, does, endpoints }, command: look(place) }],
    remedies: [...syncCommands(service), restart(pod)],
  };
}
