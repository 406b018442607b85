/** What is asked from inside the cluster, planned from API facts alone. */
import type { Backend } from '../model/backends.ts';
import { valueOr } from '../model/fact.ts';
import type { Pod, Service, ServicePort } from '../model/kubernetes.ts';
import { portKey } from '../model/ports.ts';
import type { ProbeQuestion, Prober } from '../model/probe.ts';
import { isShy, MOST_SAMPLES, samplesFor } from '../model/samples.ts';
import type { Target } from '../model/target.ts';
import { serviceOf } from './api.ts';
import { clusterIPsOf, isTcp, portsInScope } from './backends.ts';
import { dnsAddresses, dnsPods } from './dnsService.ts';
import type { Facts } from './facts.ts';
import { meantBackends, meantPods } from './meant.ts';
import { absoluteName, namesFor, USUAL_DOMAIN } from './names.ts';
import { isGentle, speechOf } from './speak.ts';

/** Of a Service with more backends than this a sample is asked. */
const MOST_BACKENDS = 20;
const TRIES_PER_BACKEND = 3;
/** Of each backend, where samples are spread over time; more backends than so many are asked at once all the same. */
const [TRIES_SPREAD, MOST_SPREAD] = [10, 8];
const MOST_DNS_PODS = 4;

/** The first batch for a vantage point. Waits for the vantage point, whose namespace decides what a short name means. */
export async function firstQuestions(facts: Facts, prober: Prober): Promise<ProbeQuestion[]> {
  const { target } = facts;
  const [vantage, service, backends, pods, dnsServers, ofDns] = await Promise.all([
    prober.vantage(),
    facts.ask(serviceOf(target)),
    facts.ask(meantBackends(target)),
    facts.ask(meantPods(target)),
    dnsAddresses(facts),
    dnsPods(facts),
  ]);
  const clientNamespace = vantage.known ? vantage.value.namespace : target.namespace;
  const found = valueOr(service, null);
  const dns = dnsQuestions(target, clientNamespace, {
    servers: dnsServers.slice(0, 1),
    pods: ofDns.flatMap(({ status }) => status?.podIP ?? []),
    externalName: found?.spec?.type === 'ExternalName' ? found.spec.externalName : undefined,
  });
  if (!found) return dns;
  const names = namesFor(target, clientNamespace);
  const itself = vantage.known && vantage.value.kind === 'pod' && !vantage.value.standsFor;
  const proxied = itself ? proxiedQuestions(target, found, [names[0] ?? '', names.at(-1) ?? '']) : [];
  if (found.spec?.type === 'ExternalName') return [...dns, ...proxied, ...outsideQuestions(target, found)];
  return [
    ...dns,
    ...proxied,
    ...connectQuestions(target, found, sampled(valueOr(backends, [])), valueOr(pods, { items: [] as Pod[] }).items),
  ];
}

interface DnsAddresses {
  servers: string[];
  pods: string[];
  externalName: string | undefined;
}

function dnsQuestions(target: Target, clientNamespace: string, dns: DnsAddresses): ProbeQuestion[] {
  const full = absoluteName(target, USUAL_DOMAIN);
  const kubernetes = absoluteName({ namespace: 'default', service: 'kubernetes' }, USUAL_DOMAIN);
  const servers = [...dns.servers, ...dns.pods.slice(0, MOST_DNS_PODS)];
  return [
    { ask: 'resolv-conf' },
    ...namesFor(target, clientNamespace).map((name) => ({ ask: 'lookup', name }) as const),
    { ask: 'nslookup', name: full },
    { ask: 'nslookup', name: kubernetes },
    ...servers.flatMap((server) => [
      { ask: 'nslookup', name: full, server } as const,
      { ask: 'nslookup', name: kubernetes, server } as const,
    ]),
    ...(dns.externalName ? [{ ask: 'nslookup', name: `${dns.externalName}.` } as const] : []),
  ];
}

/** What the client itself may do where it has a proxy: two forms of the name, which NO_PROXY may treat differently. */
function proxiedQuestions(target: Target, { spec }: Service, names: readonly string[]): ProbeQuestion[] {
  const port = portsInScope(spec?.ports, target).find((one) => isTcp(one) && !isShy(one.port))?.port;
  return port === undefined ? [] : [...new Set(names)].map((name) => ({ ask: 'proxied', name, port }));
}

/** The host that an ExternalName names, on the ports that it lists: whose protocol nobody knows. */
const outsideQuestions = (target: Target, { spec }: Service): ConnectQuestion[] =>
  portsInScope(spec?.ports, target)
    .filter(isTcp)
    .map(({ port }) => ({ ask: 'connect', address: spec?.externalName ?? '', port, tries: isShy(port) ? 1 : 3 }));

function connectQuestions(
  target: Target,
  service: Service,
  backends: readonly Backend[],
  pods: readonly Pod[],
): ConnectQuestion[] {
  const ports = portsInScope(service.spec?.ports, target).filter(isTcp);
  const questions = ports.flatMap((port) => {
    const speak = speech(port, pods, target);
    const shy = isGentle(port, pods, target);
    const ready = backends.filter((backend) => backend.ready && backend.ports[portKey(port)] !== undefined);
    const tries = triesFor(shy, ready, target.forSeconds);
    const over = target.forSeconds > 0 ? { overSeconds: target.forSeconds } : {};
    const each = backends.length <= MOST_SPREAD ? over : {};
    return [
      ...clusterIPsOf(service.spec).map(
        (address): ConnectQuestion => ({ ask: 'connect', address, port: port.port, tries, ...speak, ...over }),
      ),
      ...nodePortQuestions(port, backends, pods, speak).map((question) => (shy ? { ...question, tries: 1 } : question)),
      ...backends.flatMap((backend) => backendQuestion(backend, port, speak, shy ? 'shy' : each)),
    ];
  });
  const wanted = questions.reduce((sum, { tries }) => sum + tries, 0);
  return wanted <= MOST_CONNECTIONS ? questions : capped(questions, clusterIPsOf(service.spec));
}

/** At most so many connections are opened in a batch, whatever the number of ports. */
export const MOST_CONNECTIONS = 1000;

/** Of a Service with very many ports each is asked less; the cluster IP of every port before the backends of any. */
function capped(questions: readonly ConnectQuestion[], addresses: readonly string[]): ConnectQuestion[] {
  const isFirst = ({ address }: ConnectQuestion) => addresses.includes(address);
  const inOrder = [...questions.filter(isFirst), ...questions.filter((question) => !isFirst(question))];
  let left = MOST_CONNECTIONS;
  return inOrder.flatMap((question, i) => {
    const share = Math.max(1, Math.floor(left / (inOrder.length - i)));
    const tries = Math.min(question.tries, share, left);
    left -= tries;
    return tries > 0 ? [{ ...question, tries }] : [];
  });
}

type ConnectQuestion = Extract<ProbeQuestion, { ask: 'connect' }>;
type Over = { overSeconds?: number };
type Speak = { speak?: { scheme: 'http' | 'https'; path: string; host: string } };

function speech(port: ServicePort, pods: readonly Pod[], target: Target): Speak {
  const spoken = speechOf(port, pods, target);
  return spoken ? { speak: { ...spoken, host: `${target.service}.${target.namespace}` } } : {};
}

/** Spread over time they look for what is rare: one a second, as many as may be. */
function triesFor(shy: boolean, ready: readonly Backend[], forSeconds: number): number {
  const enough = samplesFor(ready.length);
  if (shy) return Math.min(enough, Math.max(1, ready.length));
  return Math.max(enough, Math.min(MOST_SAMPLES, Math.floor(forSeconds)));
}

function backendQuestion(backend: Backend, port: ServicePort, speak: Speak, pace: Over | 'shy'): ConnectQuestion[] {
  const number = backend.ports[portKey(port)];
  if (number === undefined) return [];
  const over = pace === 'shy' ? {} : pace;
  const most = over.overSeconds === undefined ? TRIES_PER_BACKEND : TRIES_SPREAD;
  const tries = pace === 'shy' || isShy(number) ? 1 : most;
  return [{ ask: 'connect', address: backend.address, port: number, tries, ...speak, ...over }];
}

/** The node port on the nodes of two backends: those that serve it under every traffic policy. */
function nodePortQuestions(
  port: ServicePort,
  backends: readonly Backend[],
  pods: readonly Pod[],
  speak: Speak,
): ConnectQuestion[] {
  const nodePort = port.nodePort;
  if (!nodePort) return [];
  const ready = new Set(backends.filter((backend) => backend.ready).map(({ name }) => name));
  const hosts = pods
    .filter(({ metadata }) => ready.has(metadata?.name ?? ''))
    .flatMap(({ status }) => status?.hostIP ?? []);
  return [...new Set(hosts)]
    .slice(0, 2)
    .map((address) => ({ ask: 'connect', address, port: nodePort, tries: 2, ...speak }));
}

/** Every backend that is not ready, up to half, and an even spread of the ready ones. */
export function sampled(backends: readonly Backend[]): Backend[] {
  if (backends.length <= MOST_BACKENDS) return [...backends];
  const unready = backends.filter(({ ready }) => !ready).slice(0, MOST_BACKENDS / 2);
  const ready = backends.filter((backend) => backend.ready);
  const stride = ready.length / (MOST_BACKENDS - unready.length);
  return [
    ...unready,
    ...ready.filter((_, i) => Math.floor(i % stride) === 0 || stride < 1).slice(0, MOST_BACKENDS - unready.length),
  ];
}
