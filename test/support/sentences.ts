import { expect } from 'vitest';
import type { Outcome } from '../../src/model/step.ts';
import { en } from '../../src/text/en/index.ts';

type Say = (params: unknown) => string;

/** Every sentence of an outcome can be said, with nothing missing in it. Hands the outcome on. */
export function wellSaid(outcome: Outcome): Outcome {
  const findings = outcome.findings.flatMap(({ code, params, remedies, evidence }) => [
    (en.findings[code].says as Say)(params),
    ...remedies.map(({ id }) => ((en.findings[code].remedies as Record<string, Say>)[id] as Say)(params)),
    ...evidence.map(({ what, params: seen }) => (en.observations[what] as Say)(seen)),
  ]);
  const observations = outcome.observations.map(({ what, params }) => (en.observations[what] as Say)(params));
  for (const sentence of [...findings, ...observations]) {
    expect(sentence).toMatch(/\S/);
    expect(sentence).not.toMatch(/undefined|NaN|\[object|\bnull\b| {2}/);
  }
  return outcome;
}
