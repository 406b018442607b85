/** What is wrong with the resolver settings of a client, though the DNS server knows the name. */
import { podNamed } from '../../facts/api.ts';
import type { HeardDns } from '../../facts/dnsHeard.ts';
import type { Facts } from '../../facts/facts.ts';
import type { ProbeReport } from '../../facts/probe.ts';
import { type Command, kubectl } from '../../model/command.ts';
import { valueOr } from '../../model/fact.ts';
import type { Finding, Observation } from '../../model/finding.ts';
import type { Pod } from '../../model/kubernetes.ts';
import type { ResolvConf } from '../../model/probe.ts';
import { workloadOf } from '../../model/workload.ts';
import { resolvConf } from './say.ts';

/** The pod at the vantage point, when its resolver settings matter. */
export const clientPod = async (facts: Facts, { vantage }: ProbeReport): Promise<Pod | undefined> =>
  valueOr(await facts.ask(podNamed(vantage.namespace, vantage.pod)), null) ?? undefined;

/**
 * The dnsPolicy that holds: ClusterFirst means Default for a pod on its node's network.
 * https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-dns-policy
 */
export function effectivePolicy(pod: Pod | undefined): string {
  const policy = pod?.spec?.dnsPolicy ?? 'ClusterFirst';
  return policy === 'ClusterFirst' && pod?.spec?.hostNetwork ? 'Default' : policy;
}

/** Link-local (NodeLocal DNSCache listens there) and loopback (a resolver within the pod) are asked on purpose. */
export const isLocalResolver = (address: string): boolean => /^(169\.254\.|127\.|fe80:|::1$)/i.test(address);

/** Whether the resolver that the client asks first is none of the cluster's. Undefined: not known whose it is. */
export function asksElsewhere(conf: ResolvConf | undefined, dnsAddresses: readonly string[]): boolean | undefined {
  if (!conf || dnsAddresses.length === 0) return undefined;
  const [first] = conf.nameservers;
  return first === undefined || !(isLocalResolver(first) || dnsAddresses.includes(first));
}

/** The client asks a resolver that is none of the cluster's. `dnsAddresses`: cluster IPs of the DNS Service first. */
export function wrongNameserver(
  report: ProbeReport,
  conf: ResolvConf,
  pod: Pod | undefined,
  dnsAddresses: readonly string[],
  seen: readonly Observation[],
): Finding {
  const { vantage } = report;
  const common = {
    severity: 'error',
    breaks: 'client',
    subject: { from: vantage.id },
    evidence: [resolvConf(report, conf), ...seen, ...(pod ? [ofPod(vantage.namespace, pod)] : [])],
  } as const;
  const params = { pod: vantage.pod, nameservers: conf.nameservers, expected: dnsAddresses.slice(0, 1) };
  const policy = effectivePolicy(pod);
  if (policy === 'Default') {
    const { dnsPolicy = 'ClusterFirst', hostNetwork = false } = pod?.spec ?? {};
    const wanted = { dnsPolicy: hostNetwork ? 'ClusterFirstWithHostNet' : 'ClusterFirst' };
    return {
      ...common,
      code: 'dns/client-dns-policy',
      params: { ...params, policy: dnsPolicy, hostNetwork },
      remedies: [{ id: 'set-dns-policy', commands: patchOwner(pod, wanted) }],
    };
  }
  const fromConfig = pod?.spec?.dnsConfig?.nameservers ?? [];
  const id = fromConfig.includes(conf.nameservers[0] ?? '')
    ? ('set-dns-config' as const)
    : ('set-cluster-dns' as const);
  return {
    ...common,
    code: 'dns/wrong-nameserver',
    params,
    remedies: [{ id, commands: commandsFor(id, vantage, pod, params.expected) }],
  };
}

function commandsFor(
  id: 'set-dns-config' | 'set-cluster-dns',
  { node }: ProbeReport['vantage'],
  pod: Pod | undefined,
  wanted: readonly string[],
): Command[] {
  // With dnsPolicy None a nameserver must be named; otherwise the kubelet writes the cluster's.
  const nameservers = pod?.spec?.dnsPolicy === 'None' ? wanted : null;
  if (id === 'set-dns-config') return patchOwner(pod, { dnsConfig: { nameservers } });
  return node ? [kubectl(undefined, 'get', '--raw', `/api/v1/nodes/${node}/proxy/configz`)] : [];
}

const PATCHABLE = ['Deployment', 'StatefulSet', 'DaemonSet'];

/** Changes the template from which a pod was made; a pod itself keeps its DNS settings for life. */
function patchOwner(pod: Pod | undefined, spec: object): Command[] {
  const { kind, name } = workloadOf(pod ?? {});
  if (!PATCHABLE.includes(kind)) return [];
  const patch = JSON.stringify({ spec: { template: { spec } } });
  return [kubectl(pod?.metadata?.namespace, 'patch', kind.toLowerCase(), name, '--type=merge', '-p', patch)];
}

const ofPod = (namespace: string, { metadata, spec }: Pod): Observation => ({
  what: 'dns.client-pod',
  params: {
    pod: metadata?.name ?? '',
    policy: spec?.dnsPolicy ?? 'ClusterFirst',
    hostNetwork: spec?.hostNetwork ?? false,
  },
  command: kubectl(
    namespace,
    'get',
    'pod',
    metadata?.name ?? '',
    '-o',
    'jsonpath={.spec.dnsPolicy} {.spec.hostNetwork} {.spec.dnsConfig}',
  ),
});

/** The suffix that makes a name as it was written the absolute one. */
const suffixFor = (name: string, absolute: string): string => absolute.slice(name.length + 1, -1);

/** Why a name as a program writes it is not found, though the absolute one is. Undefined: the settings do not say. */
export function settingsFinding(
  report: ProbeReport,
  heard: HeardDns,
  name: string,
  pod: Pod | undefined,
  seen: readonly Observation[],
): Finding | undefined {
  const conf = heard.resolvConf;
  if (!conf) return undefined;
  const missing = suffixFor(name, heard.service.name);
  const common = {
    // hardly anybody writes `name.namespace.svc`
    severity: name.endsWith('.svc') ? 'warning' : 'error',
    breaks: 'client',
    subject: { from: report.vantage.id },
    evidence: [...seen, resolvConf(report, conf), ...(pod ? [ofPod(report.vantage.namespace, pod)] : [])],
  } as const;
  if (!conf.search.includes(missing)) {
    return {
      ...common,
      code: 'dns/no-search-path',
      params: { name, search: conf.search, missing, policy: pod?.spec?.dnsPolicy ?? '' },
      remedies: [
        { id: 'set-dns-config', commands: patchOwner(pod, withSearch(pod, heard, report.vantage.namespace)) },
        { id: 'use-full-name', commands: [] },
      ],
    };
  }
  if (dotsIn(name) < conf.ndots) return undefined;
  return {
    ...common,
    code: 'dns/low-ndots',
    params: { name, ndots: conf.ndots, from: report.vantage.pod },
    remedies: [{ id: 'set-dns-config', commands: patchOwner(pod, withNdots(pod)) }],
  };
}

/** The search path that the kubelet writes under ClusterFirst, before what the pod asks for itself. */
function withSearch(pod: Pod | undefined, { domain }: HeardDns, namespace: string): object {
  const usual = [`${namespace}.svc.${domain}`, `svc.${domain}`, domain];
  const own = (pod?.spec?.dnsConfig?.searches ?? []).filter((suffix) => !usual.includes(suffix));
  return { dnsConfig: { searches: [...usual, ...own] } };
}

/** A list of options is replaced as a whole: the others are kept by repeating them. */
function withNdots(pod: Pod | undefined): object {
  const others = (pod?.spec?.dnsConfig?.options ?? []).filter(({ name }) => name !== 'ndots');
  return { dnsConfig: { options: [...others, { name: 'ndots', value: '5' }] } };
}

/** A name with at least ndots dots is tried as it is, and by musl not otherwise. */
const dotsIn = (name: string): number => name.split('.').length - 1;
