import { expect, it } from 'vitest';
import { forwardedTo } from '../../src/facts/forward.ts';
import { selfReport } from '../../src/facts/hairpin.ts';
import { mainReport } from '../../src/facts/reports.ts';
import { factsOf } from '../support/facts.ts';
import { service } from '../support/objects.ts';

it.each([
  ['--yes', undefined],
  ['--probe auto --yes', '--probe auto --yes'],
])('what is not consented to names %s', async (flag, probeFlags) => {
  const facts = factsOf({ objects: [service()], consent: { ...(probeFlags && { probeFlags }) } });
  const unasked = await Promise.all([
    mainReport(facts),
    facts.ask(selfReport(facts.target)),
    facts.ask(forwardedTo('shop', 'web', 80)),
  ]);
  for (const fact of unasked) expect(fact).toEqual({ known: false, obstacle: { kind: 'not-consented', flag } });
});
