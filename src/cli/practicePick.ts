import type { Scenario } from '../practice/practice.ts';
import type { Host } from './host.ts';
import type { PracticeOptions } from './options.ts';
import { UsageError } from './usage.ts';

/** Lets a person pick a scenario from a list that typing narrows; undefined: none. @throws UsageError where nobody can be asked */
export async function pickScenario(
  host: Host,
  scenarios: readonly Scenario[],
  { input, color }: PracticeOptions,
): Promise<Scenario | undefined> {
  const { stdin, stderr, env } = host;
  if (!input || stdin.isTTY !== true || stderr.isTTY !== true || (env.CI ?? '') !== '') {
    throw new UsageError(
      'Which scenario? There is no terminal to ask in',
      'Name it: svc-debug practice NAME',
      'svc-debug practice --list shows them all.',
    );
  }
  const { signal } = new AbortController();
  const prompter =
    env.TERM === 'dumb'
      ? (await import('./linePrompter.ts')).linePrompter({ stdin, stderr, signal })
      : (await import('./inquirerPrompter.ts')).inquirerPrompter({ stdin, stderr, color, signal });
  const choices = scenarios.map((scenario) => ({
    value: scenario,
    label: `${scenario.step.padEnd(15)} ${scenario.name}`,
    note: scenario.story,
    keywords: scenario.folder,
  }));
  return prompter.search('Which incident?', choices);
}
