import { expect, test } from 'vitest';
import type { Facts } from '../../src/facts/facts.ts';
import type { Obstacle } from '../../src/model/fact.ts';
import type { StepId } from '../../src/model/finding.ts';
import { hidden, outcome } from '../../src/model/outcome.ts';
import type { Outcome } from '../../src/model/step.ts';
import type { Step } from '../../src/steps/step.ts';
import { walk } from '../../src/walk/walk.ts';
import { factsOf } from '../support/facts.ts';

const facts: Facts = factsOf({});
const step = (id: StepId, check: () => Promise<Outcome>): Step => ({ id, check });
const passes = async () => outcome({});
const never = () => new Promise<Outcome>(() => undefined);
const calm = () => new AbortController().signal;

const failing = outcome({
  findings: [
    {
      code: 'access/server-error',
      severity: 'error',
      breaks: 'access',
      subject: {},
      params: { status: 500, message: 'm' },
      evidence: [],
      remedies: [],
    },
  ],
});

test('steps start together and report in order', async () => {
  const started: StepId[] = [];
  const said: string[] = [];
  let finish = () => undefined as unknown;
  const slow = new Promise<Outcome>((resolve) => {
    finish = () => resolve(outcome({}));
  });
  const steps = [
    step('exists', () => {
      started.push('exists');
      return slow;
    }),
    step('dns', async () => {
      started.push('dns');
      finish();
      return outcome({});
    }),
  ];
  const trail = await walk(steps, facts, calm(), {
    waiting: (id) => said.push(`waiting ${id}`),
    decided: (entry) => said.push(`decided ${entry.step}`),
  });
  expect(started).toEqual(['exists', 'dns']);
  expect(said).toEqual(['waiting exists', 'decided exists', 'waiting dns', 'decided dns']);
  expect(trail.map((entry) => entry.outcome)).toEqual(['pass', 'pass']);
});

test('without access nothing else is reported', async () => {
  const trail = await walk([step('access', async () => failing), step('dns', passes)], facts, calm());
  expect(trail.map((entry) => entry.step)).toEqual(['access']);
});

test('called off, a step that is not decided is cut short, and one that knows something tells it', async () => {
  const controller = new AbortController();
  const slow: Obstacle = { kind: 'timeout', what: 'GET', afterMs: 5 };
  const settles = () => new Promise<Outcome>((resolve) => setTimeout(() => resolve(hidden(slow)), 10));
  const walking = walk([step('exists', passes), step('dns', settles), step('ip', never)], facts, controller.signal);
  controller.abort();
  const trail = await walking;
  expect(trail.map((entry) => entry.outcome)).toEqual(['pass', 'unknown', 'unknown']);
  expect(trail.flatMap(({ obstacles }) => obstacles)).toEqual([{ kind: 'cancelled' }, { kind: 'cancelled' }]);
});

test('a server that has not answered by the end of the run is a server that does not answer', async () => {
  const slow: Obstacle = { kind: 'timeout', what: 'GET /version', afterMs: 5 };
  const [access] = await walk([step('access', async () => hidden(slow))], facts, AbortSignal.abort());
  expect(access?.obstacles).toEqual([slow]);
});

test('a step that throws is told where it is waited for', async () => {
  const broken = step('dns', async () => {
    throw new Error('a defect');
  });
  await expect(walk([step('exists', passes), broken], facts, calm())).rejects.toThrow('a defect');
  // behind a step that ends the walk nobody waits for it
  expect(await walk([step('access', async () => failing), broken], facts, calm())).toHaveLength(1);
});
