/** A backend that asks its own Service. */
import type { Backend } from '../model/backends.ts';
import { type Fact, known, unknown, valueOr } from '../model/fact.ts';
import type { Page, Pod, ServicePort } from '../model/kubernetes.ts';
import { portKey } from '../model/ports.ts';
import type { Attempt, ProbeQuestion } from '../model/probe.ts';
import { reachOf } from '../model/reach.ts';
import { isShy } from '../model/samples.ts';
import { backendsOf, clusterIPsOf, isTcp, portsInScope } from './backends.ts';
import type { Facts, Question, World } from './facts.ts';
import { selectedPods, theService } from './pods.ts';
import { attemptsTo, type ProbeReport } from './probe.ts';
import { speechOf } from './speak.ts';
import { vantageIn } from './vantage.ts';

/** Enough tries that the backend meets itself: with three backends (2/3)^20 is less than 1 in 1000. */
const TRIES = 20;
/** Batches, while nothing fails and the backend has not met itself. */
const BATCHES = 3;
/** Of more backends than these nobody learns who answers how. */
const MOST_COMPARED = 10;

export interface ReadyPod {
  backend: Backend;
  pod: Pod;
}

/** Ready backends that a request can be sent from: pods that run. One that is a vantage point comes first. */
export async function readyPods(facts: Facts): Promise<ReadyPod[]> {
  const [backends, pods, vantages] = await Promise.all([
    facts.ask(backendsOf(facts.target)),
    facts.ask(selectedPods(facts.target)),
    Promise.all(facts.probers.filter(({ kind }) => kind === 'pod').map((prober) => prober.vantage())),
  ]);
  const items = valueOr<Page<Pod>, { items: Pod[] }>(pods, { items: [] }).items;
  const ready = valueOr(backends, []).flatMap((backend) => {
    const pod = items.find(({ metadata }) => metadata?.name === backend.name);
    return backend.ready && pod && !pod.spec?.hostNetwork ? [{ backend, pod }] : [];
  });
  const asked = vantages.flatMap((vantage) =>
    vantage.known && vantage.value.kind === 'pod' ? [vantage.value.pod] : [],
  );
  const isAsked = ({ backend }: ReadyPod) => asked.includes(backend.name);
  return [...ready.filter(isAsked), ...ready.filter((one) => !isAsked(one))];
}

/** The backend that is asked, and what it heard of its own Service and of each backend. */
export const selfReport = ({ namespace, service }: Facts['target']): Question<ProbeReport> => ({
  key: `hairpin ${namespace}/${service}`,
  ask: async (world): Promise<Fact<ProbeReport>> => {
    const { facts } = world;
    if (!facts.consent.probe) return unknown({ kind: 'not-consented', flag: '--yes' });
    const [found, ready] = await Promise.all([theService(facts), readyPods(facts)]);
    if (!found.known) return found;
    const [first] = ready;
    if (!first) return unknown({ kind: 'not-applicable', reason: 'no ready backend to ask from' });
    const ports = portsInScope(found.value.spec?.ports, facts.target).filter(isTcp);
    const [address] = clusterIPsOf(found.value.spec);
    const toItself = ports.flatMap((port) => (address ? [questionTo(facts, ready, port, address, port.port)] : []));
    const toEach = ports.flatMap((port) => direct(facts, ready, port));
    return untilMet(world, first, ports, { toItself, toEach });
  },
});

interface Questions {
  toItself: ProbeQuestion[];
  toEach: ProbeQuestion[];
}

function questionTo(
  facts: Facts,
  ready: readonly ReadyPod[],
  port: ServicePort,
  address: string,
  number: number,
): ProbeQuestion {
  const { namespace, service } = facts.target;
  const pods = ready.map(({ pod }) => pod);
  const spoken = speechOf(port, pods, facts.target);
  const shy = isShy(ready[0]?.backend.ports[portKey(port)] ?? 0);
  const tries = ready.length === 1 ? 2 : shy ? ready.length : TRIES;
  return {
    ask: 'connect',
    address,
    port: number,
    tries,
    ...(spoken && { speak: { ...spoken, host: `${service}.${namespace}` } }),
  };
}

/** One request to each backend, to know it by its answer. A single backend needs no telling apart. */
function direct(facts: Facts, ready: readonly ReadyPod[], port: ServicePort): ProbeQuestion[] {
  if (ready.length < 2 || ready.length > MOST_COMPARED) return [];
  return ready.flatMap(({ backend }) => {
    const number = backend.ports[portKey(port)];
    if (number === undefined || isShy(number)) return [];
    const question = questionTo(facts, ready, port, backend.address, number);
    return question.ask === 'connect' && question.speak ? [{ ...question, tries: 2 }] : [];
  });
}

async function untilMet(
  { facts, cluster, askFrom }: World,
  { pod, backend }: ReadyPod,
  ports: readonly ServicePort[],
  { toItself, toEach }: Questions,
): Promise<Fact<ProbeReport>> {
  const vantage = vantageIn(pod);
  const first = await askFrom(cluster, vantage, [...toItself, ...toEach]);
  if (!first.known) return first;
  let heard: ProbeReport = { vantage, questions: [...toItself, ...toEach], ...first.value };
  const service = await theService(facts);
  for (let batch = 1; batch < BATCHES && service.known; batch++) {
    const [address = ''] = clusterIPsOf(service.value.spec);
    const open = ports.some((port) =>
      isOpen(heard, backend, port, attemptsTo(heard, address, port.port), toEach.length > 0),
    );
    if (!open) break;
    const again = await askFrom(cluster, vantage, toItself);
    if (!again.known) break;
    heard = {
      ...heard,
      questions: [...heard.questions, ...toItself],
      answers: [...heard.answers, ...again.value.answers],
    };
  }
  return known(heard);
}

/**
 * Whether asking again may tell more: it has not met itself although it could be told from others; or some failed, once:
 * a loaded node drops connections too, and only what comes again is hairpin.
 */
function isOpen(
  report: ProbeReport,
  backend: Backend,
  port: ServicePort,
  attempts: readonly Attempt[] | undefined,
  compared: boolean,
): boolean {
  const reach = reachOf(attempts);
  if (!reach) return false;
  if (reach.failures > 0 || slowOnes(attempts ?? []) > 0) return reach.answered > 0 && reach.asked <= TRIES;
  const own = ownWords(report, backend, port);
  return compared && own !== undefined && !metItself(report, backend, port, attempts ?? []);
}

/** What only this backend answers, when it is asked directly: its body, where each other one has another. */
function ownWords(report: ProbeReport, { address, ports }: Backend, port: ServicePort): string | undefined {
  const number = ports[portKey(port)];
  const bodies = report.questions.flatMap((question, i) => {
    if (question.ask !== 'connect' || question.port !== number) return [];
    const answer = report.answers[i];
    const attempts = answer && 'attempts' in answer ? answer.attempts : [];
    return attempts.flatMap(({ body }) => (body ? [{ address: question.address, body }] : []));
  });
  const own = new Set(bodies.filter((one) => one.address === address).map(({ body }) => body));
  const others = new Set(bodies.filter((one) => one.address !== address).map(({ body }) => body));
  const [word] = own;
  return own.size === 1 && word !== undefined && others.size > 0 && !others.has(word) ? word : undefined;
}

/** Whether one of the answers is the backend's own: its name, its address, or the words that only it says. */
export function metItself(
  report: ProbeReport,
  backend: Backend,
  port: ServicePort,
  attempts: readonly Attempt[],
): boolean {
  const own = ownWords(report, backend, port);
  return attempts.some(
    ({ body }) => body !== undefined && (body === own || body.includes(backend.name) || holds(body, backend.address)),
  );
}

/** The address as a whole: 10.0.0.1 is not 10.0.0.12. */
const holds = (body: string, address: string): boolean =>
  body.split(/[^0-9a-f.:]+/i).some((word) => word === address || word.startsWith(`${address}:`));

/** A packet that got no answer is sent again after a second (RFC 6298); a server as slow as that is slow for all. */
const SENT_AGAIN_MS = 900;

/**
 * Connections whose first packet was lost, and that opened with a later one. Where the node forgets the lost packet, the
 * next one is led anew, and seldom to the pod itself again: then hairpin shows as slowness.
 */
export const slowOnes = (attempts: readonly Attempt[]): number =>
  attempts.filter(({ outcome, durationMs }) => REACHED.includes(outcome) && durationMs >= SENT_AGAIN_MS).length;

const REACHED: readonly Attempt['outcome'][] = ['answered', 'closed', 'opened'];

/** Whether an answer of this backend could be told from those of the others. */
export const isKnowable = (report: ProbeReport, backend: Backend, port: ServicePort): boolean =>
  ownWords(report, backend, port) !== undefined;
