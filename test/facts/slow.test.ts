import { describe, expect, it } from 'vitest';
import { attemptsTo } from '../../src/facts/probe.ts';
import { mainReport } from '../../src/facts/reports.ts';
import type { Attempt, ProbeQuestion } from '../../src/model/probe.ts';
import { ip } from '../../src/steps/ip/ip.ts';
import { pods } from '../../src/steps/pods/pods.ts';
import { factsOf } from '../support/facts.ts';
import { pod, service } from '../support/objects.ts';
import { endpoint, slice } from '../support/workloads.ts';

const one = pod();
const objects = [
  service({ ports: [{ name: 'http', port: 80, targetPort: 8080 }] }),
  one,
  slice({ endpoints: [endpoint(one)], ports: [{ name: 'http', port: 8080 }] }),
];

/** A server that takes so many seconds. */
const takes = (seconds: number) => (question: ProbeQuestion) => {
  if (question.ask !== 'connect') return undefined;
  const { patienceSeconds = 3, tries } = question;
  const inTime = seconds <= patienceSeconds;
  const attempt: Attempt = inTime
    ? { outcome: 'answered', durationMs: seconds * 1000, httpStatus: 200 }
    : { outcome: 'hangs', durationMs: patienceSeconds * 1000 };
  return { attempts: Array.from({ length: tries }, () => attempt) };
};
const world = (seconds: number) =>
  factsOf({ objects, answer: takes(seconds), forwards: { 'web-6c5d8b7f9-aaaaa:8080': 'silent' } });

describe('a server that takes its time', () => {
  it('is slow where it answers who waits longer', async () => {
    const facts = world(5);
    expect((await ip.check(facts)).findings).toMatchObject([
      { code: 'ip/slow', severity: 'warning', params: { medianMs: 5000 } },
    ]);
    expect((await pods.check(facts)).findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
  it('hangs where it does not', async () => {
    const facts = world(60);
    expect((await ip.check(facts)).findings).toMatchObject([{ code: 'ip/hangs', severity: 'error' }]);
    expect((await pods.check(facts)).findings).toMatchObject([{ code: 'pods/hangs', severity: 'error' }]);
  });
  it('is not waited for where it answers in time', async () => {
    const report = await mainReport(world(1));
    expect(report.known && report.value.questions.some((one) => 'patienceSeconds' in one)).toBe(false);
    expect(report.known && attemptsTo(report.value, '10.96.0.10', 80)?.length).toBeGreaterThan(0);
  });
});
