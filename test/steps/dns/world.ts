/** A cluster with Service shop/web at 10.96.7.7 and CoreDNS at 10.96.0.10, two pods behind it. */
import type { Finding } from '../../../src/model/finding.ts';
import type { Pod, Service } from '../../../src/model/kubernetes.ts';
import type { DnsAnswer, Lookup, ProbeQuestion, ResolvConf } from '../../../src/model/probe.ts';
import { dns } from '../../../src/steps/dns/dns.ts';
import { factsOf, type World } from '../../support/facts.ts';
import type { FakeObject } from '../../support/fakeCluster.ts';
import { pod, service } from '../../support/objects.ts';
import { endpoint, slice } from '../../support/workloads.ts';

export const FULL = 'web.shop.svc.cluster.local.';
export const KUBERNETES = 'kubernetes.default.svc.cluster.local.';
export const DNS_IP = '10.96.0.10';
const CONF: ResolvConf = {
  nameservers: [DNS_IP],
  search: ['shop.svc.cluster.local', 'svc.cluster.local', 'cluster.local'],
  ndots: 5,
  options: ['ndots:5'],
};

export const dnsPod = (n: number, like: Parameters<typeof pod>[0] = {}): Pod & FakeObject =>
  pod({
    name: `coredns-${n}`,
    namespace: 'kube-system',
    labels: { 'k8s-app': 'kube-dns' },
    ip: `10.244.${n}.2`,
    node: `node${n}`,
    owner: { kind: 'Deployment', name: 'coredns' },
    ports: [
      { name: 'dns', containerPort: 53, protocol: 'UDP' },
      { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
    ],
    ...like,
  });

export const dnsService = (spec: Partial<NonNullable<Service['spec']>> = {}) =>
  service({
    name: 'kube-dns',
    namespace: 'kube-system',
    selector: { 'k8s-app': 'kube-dns' },
    labels: { 'k8s-app': 'kube-dns' },
    ports: [
      { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
      { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
    ],
    spec,
  });

export const dnsSlice = (pods: readonly Pod[], port = 53) =>
  slice({
    service: 'kube-dns',
    namespace: 'kube-system',
    name: 'kube-dns-abcde',
    ports: [
      { name: 'dns', port, protocol: 'UDP' },
      { name: 'dns-tcp', port, protocol: 'TCP' },
    ],
    endpoints: pods.map((each) => endpoint(each)),
  });

export const web = (like: Parameters<typeof service>[0] = {}) =>
  service({ spec: { clusterIP: '10.96.7.7', clusterIPs: ['10.96.7.7'] }, ...like });

const PODS = [dnsPod(1), dnsPod(2)];
export const HEALTHY_DNS: FakeObject[] = [dnsService(), dnsSlice(PODS), ...PODS];
export const HEALTHY: FakeObject[] = [web(), ...HEALTHY_DNS];

export const corefile = (text: string): FakeObject =>
  ({
    kind: 'ConfigMap',
    metadata: { name: 'coredns', namespace: 'kube-system' },
    data: { Corefile: text },
  }) as FakeObject;

type Outcome = DnsAnswer['outcome'];

export interface Heard {
  /** Answers of DNS by `NAME`, `NAME@SERVER`, or `*@SERVER`: addresses, or how it fails. Else: the right answer. */
  dns?: Record<string, string[] | Outcome | DnsAnswer>;
  /** Names as a program asks for them; else found. */
  lookups?: Record<string, string[] | Lookup['outcome']>;
  conf?: Partial<ResolvConf> | null;
  /** There is no nslookup. */
  noNslookup?: boolean;
}

const RIGHT: Record<string, string[]> = { [FULL]: ['10.96.7.7'], [KUBERNETES]: ['10.96.0.1'] };

function nslookup({ dns: told = {} }: Heard, name: string, server: string | undefined): DnsAnswer {
  const keys = server ? [`${name}@${server}`, `*@${server}`, name, '*'] : [`${name}@own`, '*@own', name, '*'];
  const key = keys.find((candidate) => told[candidate] !== undefined);
  const answer = (key && told[key]) || RIGHT[name] || 'nxdomain';
  const asked = { server: server ?? DNS_IP, durationMs: 3 };
  if (typeof answer === 'string') return { outcome: answer, addresses: [], ...asked };
  return Array.isArray(answer) ? { outcome: 'found', addresses: answer, ...asked } : answer;
}

function lookup({ lookups = {} }: Heard, name: string): Lookup {
  const answer = lookups[name] ?? lookups['*'] ?? ['10.96.7.7'];
  return Array.isArray(answer) ? { outcome: 'found', addresses: answer } : { outcome: answer, addresses: [] };
}

export const hearing = (heard: Heard) => (question: ProbeQuestion) => {
  if (question.ask === 'resolv-conf') return heard.conf === null ? null : { ...CONF, ...heard.conf };
  if (question.ask === 'nslookup') return heard.noNslookup ? null : nslookup(heard, question.name, question.server);
  return question.ask === 'lookup' ? lookup(heard, question.name) : undefined;
};

/** What the step says when this is heard in this cluster. */
export const check = (heard: Heard | undefined, world: World = {}) =>
  dns.check(factsOf({ objects: HEALTHY, ...(heard && { answer: hearing(heard) }), ...world }));

/** `CODE` for errors, `warning CODE` and `info CODE` for others. */
export const codes = ({ findings }: { findings: readonly Finding[] }): string[] =>
  findings.map(({ code, severity }) => (severity === 'error' ? code : `${severity} ${code}`));
