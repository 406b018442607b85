/** What is asked once the first answers are in, and only where they leave something open. */
import type { Backend } from '../model/backends.ts';
import { valueOr } from '../model/fact.ts';
import type { Pod, ServicePort } from '../model/kubernetes.ts';
import { declaredPorts, portKey } from '../model/ports.ts';
import type { ProbeQuestion } from '../model/probe.ts';
import { type Reach, reachOf } from '../model/reach.ts';
import { isShy } from '../model/samples.ts';
import { slowAmong } from '../model/slow.ts';
import { policiesIn } from './api.ts';
import { isTcp, portsInScope } from './backends.ts';
import { dnsFollowUps } from './dnsFollowUps.ts';
import type { Facts } from './facts.ts';
import { meantBackends, meantPods } from './meant.ts';
import { sampled } from './plan.ts';
import { theService } from './pods.ts';
import { answersTo, attemptsTo, isAsk, type ProbeReport } from './probe.ts';
import { isGentle } from './speak.ts';
import { specFollowUps } from './specFollowUps.ts';
import { waitingLonger } from './waitingLonger.ts';

/** Where a server is often found, when it is not where the Service looks. */
const USUAL_PORTS = [80, 8080, 8000, 3000, 5000, 8443, 443, 9090, 9376];
const MORE_TRIES = 10;
const MORE_SLOW = 4;

export async function followUps(facts: Facts, report: ProbeReport): Promise<ProbeQuestion[]> {
  const [service, backends, pods, policies] = await Promise.all([
    theService(facts),
    facts.ask(meantBackends(facts.target)),
    facts.ask(meantPods(facts.target)),
    facts.ask(policiesIn(facts.target.namespace)),
  ]);
  const inScope = service.known ? portsInScope(service.value.spec?.ports, facts.target) : [];
  const ports = inScope.filter(isTcp);
  const asked = sampled(valueOr(backends, []));
  const isYoung = report.vantage.kind === 'probe';
  const mayChange = isYoung && valueOr(policies, { items: [] }).items.length > 0;
  const selected = valueOr(pods, { items: [] as Pod[] }).items;
  return unique([
    ...dnsFollowUps(facts.target, valueOr(service, undefined), report),
    ...specFollowUps(facts.target, valueOr(service, undefined), inScope, asked, selected),
    ...ports.flatMap((port) => {
      const shy = isGentle(port, selected, facts.target);
      return [
        ...elsewhere(report, port, asked, selected),
        ...whichIsBad(report, port, asked, shy),
        ...otherScheme(report, port, asked),
        ...waitingLonger(report, port, asked),
        ...(shy ? [] : slowOnes(report, port, asked)),
        ...(isYoung ? onceMore(report, port, asked, mayChange && !shy) : []),
      ];
    }),
  ]);
}

const unique = (questions: ProbeQuestion[]): ProbeQuestion[] => [
  ...new Map(questions.map(atOnce).map((question) => [JSON.stringify(question), question])).values(),
];

/** The time that was asked for is spent on the first questions. */
function atOnce(question: ProbeQuestion): ProbeQuestion {
  if (question.ask !== 'connect') return question;
  const { overSeconds: _spent, ...rest } = question;
  return rest;
}

const reachOfBackend = (report: ProbeReport, backend: Backend, port: ServicePort): Reach | undefined => {
  const number = backend.ports[portKey(port)];
  return number === undefined ? undefined : reachOf(attemptsTo(report, backend.address, number));
};

/** Refused by every backend, or no backend knows the port: look where else one of them listens. */
function elsewhere(
  report: ProbeReport,
  port: ServicePort,
  backends: readonly Backend[],
  pods: readonly Pod[],
): ProbeQuestion[] {
  const reached = backends.map((backend) => reachOfBackend(report, backend, port));
  if (!reached.every((reach) => reach === undefined || (reach.answered === 0 && reach.failure === 'refused')))
    return [];
  return backends.slice(0, 2).flatMap(({ name, address, ports }) => {
    const pod = pods.find(({ metadata }) => metadata?.name === name);
    const candidates = new Set([...portsToTry(pod), ...USUAL_PORTS]);
    candidates.delete(ports[portKey(port)] ?? 0);
    return [...candidates].map((candidate): ProbeQuestion => ({ ask: 'connect', address, port: candidate, tries: 1 }));
  });
}

/** TCP ports that the pod's containers declare, or that their probes ask. */
function portsToTry(pod: Pod | undefined): number[] {
  if (!pod) return [];
  const declared = declaredPorts(pod)
    .filter(({ protocol }) => protocol === 'TCP')
    .map(({ containerPort }) => containerPort);
  const probed = (pod.spec?.containers ?? []).flatMap(({ readinessProbe, livenessProbe }) =>
    [readinessProbe, livenessProbe]
      .map((probe) => Number(probe?.httpGet?.port ?? probe?.tcpSocket?.port))
      .filter((number) => Number.isInteger(number)),
  );
  return [...declared, ...probed];
}

/**
 * Some connections failed and some did not. Ask again, as often: what does not come again was a passing trouble, of the
 * probe's node as likely as of the Service. Where no backend stands out, ask each of them more often too.
 */
function whichIsBad(
  report: ProbeReport,
  port: ServicePort,
  backends: readonly Backend[],
  shy: boolean,
): ProbeQuestion[] {
  const mixed = answersTo(report, isAsk('connect')).filter(({ answer }) => isMixed(reachOf(answer.attempts)));
  const isAskedBy = (address: string, number: number | undefined) => (one: (typeof mixed)[number]) =>
    one.question.address === address && one.question.port === number;
  const viaService = mixed.filter(({ question }) => question.port === port.port);
  const viaPods = backends.flatMap(({ address, ports }) => mixed.filter(isAskedBy(address, ports[portKey(port)])));
  // what fails at times over minutes need not fail again at once: then the first count stands
  const again = [...viaService, ...viaPods].map(({ question }) => question).filter((one) => !one.overSeconds);
  const standsOut = backends.some((backend) => (reachOfBackend(report, backend, port)?.failures ?? 0) > 0);
  return viaService.length === 0 || standsOut || shy
    ? again
    : [...again, ...askEach(report, port, backends, MORE_TRIES)];
}

/** Far slower than its peers: asked again, so that a busy moment of a node is not taken for a slow pod. */
function slowOnes(report: ProbeReport, port: ServicePort, backends: readonly Backend[]): ProbeQuestion[] {
  const asked = backends.flatMap((backend) => {
    const reach = reachOfBackend(report, backend, port);
    return reach ? [{ backend, reach }] : [];
  });
  const slow = slowAmong(asked).map(({ backend }) => backend);
  return askEach(report, port, slow, MORE_SLOW);
}

const isMixed = (reach: Reach | undefined): boolean => reach !== undefined && reach.failures > 0 && reach.answered > 0;

/** Opened, spoken to and not understood: it may speak the other one of http and https. Asked of two backends, once. */
function otherScheme(report: ProbeReport, port: ServicePort, backends: readonly Backend[]): ProbeQuestion[] {
  const dumb = answersTo(report, isAsk('connect')).filter(
    ({ answer: { attempts } }) =>
      attempts.length > 0 && attempts.every(({ outcome }) => outcome === 'hangs' || outcome === 'reset'),
  );
  const numbers = new Map(backends.map(({ address, ports }) => [address, ports[portKey(port)]]));
  return dumb
    .filter(({ question }) => question.speak && numbers.get(question.address) === question.port)
    .slice(0, 2)
    .flatMap(({ question: { speak, ...question } }) =>
      speak ? [{ ...question, tries: 1, speak: { ...speak, scheme: speak.scheme === 'http' ? 'https' : 'http' } }] : [],
    );
}

/**
 * A probe pod that is seconds old may be unknown to other nodes, or not yet under the policies that hold for it:
 * silence counts only when it is heard again, and so does an answer where policies are about.
 */
function onceMore(
  report: ProbeReport,
  port: ServicePort,
  backends: readonly Backend[],
  policies: boolean,
): ProbeQuestion[] {
  const silent = answersTo(report, isAsk('connect')).filter(
    ({ answer }) => answer.attempts.length > 0 && answer.attempts.every(({ outcome }) => outcome === 'silent'),
  );
  return [
    ...silent.map(({ question }) => ({ ...question, tries: 2 })),
    ...(policies ? askEach(report, port, backends, 1) : []),
  ];
}

function askEach(report: ProbeReport, port: ServicePort, backends: readonly Backend[], tries: number): ProbeQuestion[] {
  const questions = report.questions.filter(isAsk('connect'));
  return backends.flatMap(({ address, ports }) => {
    const number = ports[portKey(port)];
    const before = questions.find((question) => question.address === address && question.port === number);
    return before && !isShy(before.port) ? [{ ...before, tries }] : [];
  });
}
