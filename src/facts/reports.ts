/** Asks the vantage points. One batch of questions for each, and one of follow-ups. */
import { type Fact, known } from '../model/fact.ts';
import type { ProbeQuestion, Prober } from '../model/probe.ts';
import type { Target } from '../model/target.ts';
import { admittedReport } from './admittedPod.ts';
import { noConsent } from './consent.ts';
import type { Facts, Question } from './facts.ts';
import { followUps } from './followUps.ts';
import { forwardAhead } from './forwardAhead.ts';
import { firstQuestions } from './plan.ts';
import { theService } from './pods.ts';
import type { ProbeReport } from './probe.ts';

async function report(prober: Prober, questions: ProbeQuestion[]): Promise<Fact<ProbeReport>> {
  const [vantage, answers] = [await prober.vantage(), await prober.ask(questions)];
  if (!vantage.known) return vantage;
  return answers.known ? known({ vantage: vantage.value, questions, ...answers.value }) : answers;
}

/** The first batch: everything that can be asked before any answer is known. */
const firstReport = (prober: Prober, { namespace, service }: Target): Question<ProbeReport> => ({
  key: `probe ${prober.id} for ${namespace}/${service}`,
  ask: async ({ facts }) => {
    const [vantage, questions] = await Promise.all([prober.vantage(), firstQuestions(facts, prober)]);
    return vantage.known ? report(prober, questions) : vantage;
  },
});

/** Both batches in one report. The second is asked only where the first left something open. */
const fullReport = (prober: Prober, target: Target): Question<ProbeReport> => ({
  key: `probe ${prober.id} for ${target.namespace}/${target.service} with follow-ups`,
  ask: async ({ facts }) => {
    const first = await facts.ask(firstReport(prober, target));
    if (!first.known) return first;
    const service = await theService(facts);
    if (service.known) forwardAhead(facts, first.value, service.value).catch(() => undefined);
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
export const ownReport = async (facts: Facts): Promise<Fact<ProbeReport>> => {
  const [prober] = facts.probers;
  return prober ? facts.ask(fullReport(prober, facts.target)) : noConsent(facts.consent);
};

/** The same; where policies admit other pods, but not the probe, what one of those heard. */
export const mainReport = async (facts: Facts): Promise<Fact<ProbeReport>> => {
  const [prober] = facts.probers;
  if (!prober) return ownReport(facts);
  const [own, admitted] = await Promise.all([
    ownReport(facts),
    facts.ask(admittedReport(prober, facts.target, fullReport)),
  ]);
  return own.known && admitted.known && admitted.value ? known(admitted.value) : own;
};

/** What the further vantage points heard, those that could be asked. */
export const furtherReports = async (facts: Facts): Promise<ProbeReport[]> => {
  const reports = await Promise.all(
    facts.probers.slice(1).map((prober) => facts.ask(fullReport(prober, facts.target))),
  );
  return reports.flatMap((report) => (report.known ? [report.value] : []));
};
