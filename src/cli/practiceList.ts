import { distance } from 'fastest-levenshtein';
import type { Scenario } from '../practice/practice.ts';
import type { PracticeOptions } from './options.ts';
import { UsageError } from './usage.ts';

/** All scenarios with their story, grouped by step; as JSON a list of name, step and story. */
export function scenarioList(scenarios: readonly Scenario[], { output }: Pick<PracticeOptions, 'output'>): string {
  if (output === 'json') {
    const items = scenarios.map(({ name, step, story }) => ({ name, step, story }));
    return `${JSON.stringify(items, null, 2)}\n`;
  }
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  const steps = [...new Set(scenarios.map(({ step }) => step))];
  const groups = steps.map((step) => {
    const own = scenarios.filter((scenario) => scenario.step === step);
    return `${step}\n${own.map(({ name, story }) => `  ${name.padEnd(width)}  ${story}\n`).join('')}`;
  });
  return groups.join('\n');
}

/** By its name, or by that of its folder. @throws UsageError that offers the nearest */
export function scenarioNamed(scenarios: readonly Scenario[], name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name || scenario.folder === name);
  if (found) return found;
  const alike = (scenario: Scenario) => Math.min(distance(name, scenario.name), distance(name, scenario.folder));
  const near = scenarios
    .filter((scenario) => alike(scenario) <= Math.max(2, name.length / 3))
    .sort((a, b) => alike(a) - alike(b));
  const offered = near.slice(0, 3).map((scenario) => scenario.name);
  const hint = offered.length > 0 ? `Did you mean ${offered.join(', ')}?` : 'svc-debug practice --list shows them all.';
  throw new UsageError(`There is no scenario ${name}`, hint);
}
