/** What was heard from inside the cluster. One batch of questions for each vantage point, and one of follow-ups. */
import { type Fact, known } from '../model/fact.ts';
import type { AnswerTo, ConnectAnswer, ProbeAnswers, ProbeQuestion, Prober, Vantage } from '../model/probe.ts';
import type { Facts, Question } from './facts.ts';
import { followUps } from './followUps.ts';
import { firstQuestions } from './plan.ts';

export interface ProbeReport {
  vantage: Vantage;
  questions: ProbeQuestion[];
  answers: ProbeAnswers['answers'];
  tools: string[];
}

async function report(prober: Prober, questions: ProbeQuestion[]): Promise<Fact<ProbeReport>> {
  const [vantage, answers] = [await prober.vantage(), await prober.ask(questions)];
  if (!vantage.known) return vantage;
  return answers.known ? known({ vantage: vantage.value, questions, ...answers.value }) : answers;
}

/** The first batch: everything that can be asked before any answer is known. */
export const firstReport = (prober: Prober): Question<ProbeReport> => ({
  key: `probe ${prober.id}`,
  ask: async ({ facts }) => {
    const [vantage, questions] = await Promise.all([prober.vantage(), firstQuestions(facts, prober)]);
    return vantage.known ? report(prober, questions) : vantage;
  },
});

/** Both batches in one report. The second is asked only where the first left something open. */
export const fullReport = (prober: Prober): Question<ProbeReport> => ({
  key: `probe ${prober.id} with follow-ups`,
  ask: async ({ facts }) => {
    const first = await facts.ask(firstReport(prober));
    if (!first.known) return first;
    const questions = await followUps(facts, first.value);
    if (questions.length === 0) return first;
    const second = await report(prober, questions);
    return second.known ? known(joined(first.value, second.value)) : first;
  },
});

const joined = (first: ProbeReport, second: ProbeReport): ProbeReport => ({
  ...first,
  questions: [...first.questions, ...second.questions],
  answers: [...first.answers, ...second.answers],
});

/** The vantage point that counts first, and what it heard. */
export const mainReport = async (facts: Facts): Promise<Fact<ProbeReport>> => {
  const [prober] = facts.probers;
  return prober ? facts.ask(fullReport(prober)) : { known: false, obstacle: { kind: 'not-consented', flag: '--yes' } };
};

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

type Ask<A extends ProbeQuestion['ask']> = Extract<ProbeQuestion, { ask: A }>;

export const isAsk =
  <A extends ProbeQuestion['ask']>(ask: A) =>
  (question: ProbeQuestion): question is Ask<A> =>
    question.ask === ask;

/**
 * Every attempt to an address and port, of both batches; undefined when none was made or its answer was lost.
 * Where one batch met nothing but silence and the other did not, the later one counts: a probe pod that is seconds old
 * may be unknown to other nodes, or not yet held by the policies that select it.
 */
export function attemptsTo(report: ProbeReport, address: string, port: number): ConnectAnswer['attempts'] | undefined {
  const heard = answersTo(report, isAsk('connect')).filter(
    ({ question }) => question.address === address && question.port === port,
  );
  const batches = heard.map(({ answer }) => answer.attempts).filter((attempts) => attempts.length > 0);
  const [first, last] = [batches[0], batches.at(-1)];
  if (!first || !last) return undefined;
  return isSilence(first) === isSilence(last) ? batches.flat() : last;
}

const isSilence = (attempts: ConnectAnswer['attempts']): boolean =>
  attempts.every(({ outcome }) => outcome === 'silent');
