/** A backend that asks its own Service. */
import type { Backend } from '../model/backends.ts';
import { type Fact, known, unknown, valueOr } from '../model/fact.ts';
import type { Page, Pod, ServicePort } from '../model/kubernetes.ts';
import { portKey } from '../model/ports.ts';
import type { Attempt, ProbeAnswers, ProbeQuestion, Vantage } from '../model/probe.ts';
import { reachOf } from '../model/reach.ts';
import { backendsOf, clusterIPsOf, isTcp, portsInScope } from './backends.ts';
import { noConsent } from './consent.ts';
import type { Facts, Question, World } from './facts.ts';
import { metItself, ownWords, slowOnes } from './ownAnswer.ts';
import { selectedPods, theService } from './pods.ts';
import { attemptsTo, type ProbeReport } from './probe.ts';
import { isGentle, speechOf } from './speak.ts';
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
    if (!facts.consent.probe) return noConsent(facts.consent);
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
  const shy = isGentle(port, pods, facts.target);
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
    if (number === undefined) return [];
    const question = questionTo(facts, ready, port, backend.address, number);
    return question.ask === 'connect' && question.speak ? [{ ...question, tries: 2 }] : [];
  });
}

/** From the pod itself, where it has a shell; else from an ephemeral container in it, which is asked for by name. */
async function askInside(
  { facts, cluster, askFrom, enter }: World,
  vantage: Vantage,
  questions: readonly ProbeQuestion[],
): Promise<Fact<{ vantage: Vantage; answers: ProbeAnswers }>> {
  const direct = await askFrom(cluster, vantage, questions);
  if (direct.known) return known({ vantage, answers: direct.value });
  const { obstacle } = direct;
  if (obstacle.kind !== 'no-probe' || (obstacle.reason !== 'no-shell' && obstacle.reason !== 'no-tool')) return direct;
  if (!facts.consent.ephemeral) return unknown({ kind: 'needs-ephemeral', pod: vantage.pod, because: obstacle });
  const entered = await enter(vantage);
  if (!entered.known) return entered;
  const answers = await askFrom(cluster, entered.value, questions);
  return answers.known ? known({ vantage: entered.value, answers: answers.value }) : answers;
}

async function untilMet(
  world: World,
  { pod, backend }: ReadyPod,
  ports: readonly ServicePort[],
  { toItself, toEach }: Questions,
): Promise<Fact<ProbeReport>> {
  const { facts, cluster, askFrom } = world;
  const asked = await askInside(world, vantageIn(pod), [...toItself, ...toEach]);
  if (!asked.known) return asked;
  const { vantage, answers: first } = asked.value;
  let heard: ProbeReport = { vantage, questions: [...toItself, ...toEach], ...first };
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
