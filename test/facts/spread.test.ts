import { expect, test } from 'vitest';
import type { ProbeQuestion } from '../../src/model/probe.ts';
import { ip } from '../../src/steps/ip/ip.ts';
import { factsOf, type World } from '../support/facts.ts';
import { pod, service } from '../support/objects.ts';
import { endpoint, slice } from '../support/workloads.ts';

const one = pod();
const two = pod({ name: 'web-6c5d8b7f9-bbbbb', ip: '10.244.1.6' });
const objects = [service(), one, two, slice({ endpoints: [endpoint(one), endpoint(two)] })];

type Connect = Extract<ProbeQuestion, { ask: 'connect' }>;

/** The connections that were asked for, in order, where of the tries to the cluster IP the last fails once. */
async function asked(forSeconds: number, target: Partial<World['target']> = {}) {
  const questions: Connect[] = [];
  let failed = false;
  const answer: World['answer'] = (question) => {
    if (question.ask !== 'connect') return null;
    questions.push(question);
    const bad = !failed && question.port === 80;
    failed ||= bad;
    const outcome = (i: number) => (bad && i === question.tries - 1 ? 'hangs' : 'answered');
    return { attempts: Array.from({ length: question.tries }, (_, i) => ({ outcome: outcome(i), durationMs: 4 })) };
  };
  const facts = factsOf({ objects, answer, target: { forSeconds, ...target } });
  return { questions, outcome: await ip.check(facts) };
}

test('samples are spread over the time of --for: one a second, sixty at most', async () => {
  const { questions } = await asked(120);
  const [viaService, ...viaPods] = questions;
  expect(viaService).toMatchObject({ port: 80, tries: 60, overSeconds: 120 });
  expect(viaPods.slice(0, 2)).toMatchObject([
    { port: 8080, tries: 10, overSeconds: 120 },
    { port: 8080, tries: 10, overSeconds: 120 },
  ]);
});

test('a short time takes no fewer samples than none does', async () => {
  const [long, short] = [await asked(0), await asked(2)];
  expect(short.questions[0]?.tries).toBe(long.questions[0]?.tries);
});

test('what is asked in the second place is asked at once', async () => {
  const { questions } = await asked(120);
  const later = questions.slice(3);
  expect(later.length).toBeGreaterThan(0);
  expect(later.filter(({ overSeconds }) => overSeconds !== undefined)).toEqual([]);
});

test('a rare failure over that time is not taken back because it does not come again at once', async () => {
  expect((await asked(120)).outcome).toMatchObject({
    outcome: 'fail',
    findings: [{ code: 'ip/intermittent', severity: 'error', params: { failures: 1, asked: 60 } }],
  });
  expect((await asked(0)).outcome).toMatchObject({ findings: [{ code: 'ip/intermittent', severity: 'warning' }] });
});
