import { describe, expect, test } from 'vitest';
import { STEP_IDS } from '../../src/model/finding.ts';
import { loadScenarios, type Scenario } from '../../src/practice/practice.ts';
import { fill } from '../../src/practice/scenario/scenario.ts';
import { act, exec, type Stage, stage } from '../../src/practice/scenario/stage.ts';
import type { Confirmation } from '../e2e/lib/case.ts';

/** What the case files say beside what can be practised. */
type Confirming = Scenario & { confirm: Confirmation[] };

const scenarios = loadScenarios() as Confirming[];
const TRIES = { mixed: 18, answers: 2, fails: 2 };

describe('the scenarios', () => {
  test('are many, and begin with the lesson of the page', () => {
    expect(scenarios.length).toBeGreaterThanOrEqual(40);
    expect(scenarios[0]).toMatchObject({ name: 'hostnames', service: 'hostnames' });
  });

  test('each have a name of their own, a story, a lesson and a hint', () => {
    expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length);
    const poor = scenarios.filter(({ story, lesson, hint }) => !story || !lesson || !hint || story.includes('\n'));
    expect(poor.map(({ folder }) => folder)).toEqual([]);
  });

  test('cover every step that can fail', () => {
    const steps = [...new Set(scenarios.map(({ step }) => step))];
    expect(steps).toEqual([...STEP_IDS.filter((step) => step !== 'access'), 'any']);
  });
});

/** Plain requests, as a person would make them: no svc-debug. */
async function seen(set: Stage, { from, run, shows }: Confirmation): Promise<string> {
  const argv = [...from.split(/\s+/).map((word) => fill(word, set.values)), '--', 'sh', '-c', fill(run, set.values)];
  const codes: number[] = [];
  for (let i = 0; i < TRIES[shows]; i += 1) codes.push((await exec(set, argv)).exitCode);
  if (codes.every((code) => code === 0)) return 'answers';
  return codes.includes(0) ? 'mixed' : 'fails';
}

describe('what the scenarios say is so', () => {
  test.each(scenarios)('$folder', async (scenario) => {
    const set = await stage(scenario, 'shop', Date.now);
    for (const one of scenario.confirm) expect([one.run, await seen(set, one)]).toEqual([one.run, one.shows]);
    if (!scenario.mend) return;
    for (const action of scenario.mend) await act(set, action, 40_000);
    for (const one of scenario.confirm)
      expect([one.run, await seen(set, { ...one, shows: 'mixed' })]).toEqual([one.run, 'answers']);
  });
});
