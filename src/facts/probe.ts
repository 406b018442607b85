/** What a vantage point was asked, and what it heard. */
import type { Obstacle } from '../model/fact.ts';
import type { AnswerTo, ConnectAnswer, ProbeAnswers, ProbeQuestion, Vantage } from '../model/probe.ts';
import { reachOf } from '../model/reach.ts';

export interface ProbeReport {
  vantage: Vantage;
  /** The probe that policies do not admit: `vantage` is a pod that they do. */
  insteadOf?: Vantage;
  questions: ProbeQuestion[];
  answers: ProbeAnswers['answers'];
  tools: string[];
}

/** The answers to all questions of the report that `wanted` accepts, with those questions; lost answers are left out. */
export function answersTo<Q extends ProbeQuestion>(
  { questions, answers }: ProbeReport,
  wanted: (question: ProbeQuestion) => question is Q,
): { question: Q; answer: AnswerTo<Q> }[] {
  return questions.flatMap((question, i) => {
    const answer = answers[i];
    return wanted(question) && answer ? [{ question, answer: answer as AnswerTo<Q> }] : [];
  });
}

/** Programs that open connections, and that resolve names: cluster/probeScript.ts looks for them. */
const TOOLS = { connect: ['nc', 'curl', 'wget', 'bash'], resolve: ['nslookup', 'getent', 'ping', 'bash'] } as const;

/** Why nothing was heard: the vantage point lacks every tool for it, or the answer was lost. */
export function notHeard({ vantage, tools }: ProbeReport, how: keyof typeof TOOLS, asked: string): Obstacle {
  const lacks = !TOOLS[how].some((tool) => tools.includes(tool));
  const message = lacks
    ? `${asked} was not asked: ${vantage.pod} has none of ${TOOLS[how].join(', ')}`
    : `${asked} was asked, and the answer was lost`;
  return { kind: 'no-probe', reason: lacks ? 'no-tool' : 'lost', message };
}

type Ask<A extends ProbeQuestion['ask']> = Extract<ProbeQuestion, { ask: A }>;

export const isAsk =
  <A extends ProbeQuestion['ask']>(ask: A) =>
  (question: ProbeQuestion): question is Ask<A> =>
    question.ask === ask;

type Attempts = ConnectAnswer['attempts'];

/**
 * The attempts to an address and port, batch by batch; batches whose answer was lost are left out, and those that
 * spoke another protocol than the first ({@link otherSchemeTo}).
 */
export function batchesTo(report: ProbeReport, address: string, port: number): Attempts[] {
  const heard = connectionsTo(report, address, port);
  const scheme = heard[0]?.question.speak?.scheme;
  return heard
    .filter(({ question }) => question.speak?.scheme === scheme)
    .map(({ answer }) => answer.attempts)
    .filter((attempts) => attempts.length > 0);
}

const connectionsTo = (report: ProbeReport, address: string, port: number) =>
  answersTo(report, isAsk('connect')).filter(({ question }) => question.address === address && question.port === port);

/** The other one of http and https, where it was tried on that address and port and spoken back. */
export function otherSchemeTo(report: ProbeReport, address: string, port: number): 'http' | 'https' | undefined {
  const heard = connectionsTo(report, address, port);
  const scheme = heard[0]?.question.speak?.scheme;
  const other = heard.find(
    ({ question, answer }) =>
      question.speak?.scheme !== scheme &&
      answer.attempts.some(({ httpStatus, spoke }) => httpStatus !== undefined && !spoke),
  );
  return other?.question.speak?.scheme;
}

/**
 * The attempts to an address and port that count; undefined when none was made or its answer was lost.
 * Asked twice, the second batch alone counts where the first met nothing but silence and it did not, or the other way
 * round (a probe pod that is seconds old may be unknown to other nodes, or not yet held by the policies that select
 * it), and where the first met a failure that did not come again ({@link passedBy}).
 */
export function attemptsTo(report: ProbeReport, address: string, port: number): Attempts | undefined {
  const batches = batchesTo(report, address, port);
  const [first, last] = [batches[0], batches.at(-1)];
  if (!first || !last) return undefined;
  const late = lateAnswers(report, address, port);
  if (late) return late;
  return isSilence(first) === isSilence(last) && !passedBy(batches) ? batches.flat() : last;
}

/**
 * Answers that came to who waited longer, where all who did not heard nothing on connections that had opened: a server is
 * slow, and does not hang. Undefined: there are none.
 */
function lateAnswers(report: ProbeReport, address: string, port: number): Attempts | undefined {
  const patient = connectionsTo(report, address, port).filter(({ question }) => question.patienceSeconds !== undefined);
  const answers = patient.flatMap(({ answer }) => answer.attempts).filter(({ outcome }) => outcome === 'answered');
  const heard = batchesTo(report, address, port).flat();
  const alone = heard.every((attempt) => attempt.outcome === 'hangs' || answers.includes(attempt));
  return answers.length > 0 && alone ? answers : undefined;
}

/** Some of the first batch failed, and of as many in the last one none: worth a word, no cause. */
export function passedBy(batches: readonly Attempts[]): boolean {
  const [first, last] = [batches[0], batches.at(-1)];
  if (!first || !last || first === last || last.length < first.length) return false;
  const [before, after] = [reachOf(first), reachOf(last)];
  return (before?.failures ?? 0) > 0 && (before?.answered ?? 0) > 0 && after?.failures === 0;
}

const isSilence = (attempts: Attempts): boolean => attempts.every(({ outcome }) => outcome === 'silent');
