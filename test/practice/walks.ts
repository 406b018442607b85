import { describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { loadScenarios, type Scenario } from '../../src/practice/practice.ts';
import type { Expectation } from '../e2e/lib/case.ts';
import { compare } from '../e2e/lib/judge.ts';
import { recordedHost } from '../support/host.ts';

/** What the case files say beside what can be practised. */
type Expecting = Scenario & { expect: Expectation };

const LIMIT_MS = 60_000;

/** Walks every `of`th scenario with the whole program, and compares what it says with what the case expects. */
export function walkScenarios(rest: number, of: number): void {
  const scenarios = loadScenarios().filter((_, i) => i % of === rest) as Expecting[];
  describe('svc-debug names the cause', () => {
    test.concurrent.each(scenarios)('$folder', async (scenario) => expectWalk(scenario), LIMIT_MS);
  });
}

async function expectWalk(scenario: Expecting): Promise<void> {
  const host = recordedHost(['practice', scenario.folder, '--no-input', '-o', 'json']);
  const exit = await main(host);
  const { differences } = compare(scenario, JSON.parse(host.out()) as Parameters<typeof compare>[1], exit);
  expect(differences).toEqual([]);
}
