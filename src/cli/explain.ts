import { distance } from 'fastest-levenshtein';
import { codesOf, renderExplanation } from '../render/explain.ts';
import { EXIT } from './exit.ts';
import type { Host } from './host.ts';
import type { LookOptions } from './options.ts';
import { UsageError } from './usage.ts';
import { viewOf } from './view.ts';

/** Prints what a finding means. @throws UsageError for a code that there is not */
export function explain(host: Host, code: string, options: LookOptions): number {
  const view = viewOf(host, options, []);
  const text = renderExplanation(code, view);
  if (text === undefined) throw unknownCode(code, codesOf(view));
  host.stdout.write(text);
  return EXIT.healthy;
}

/** What may have been meant: the codes of a step that was named, else the nearest, else where to find them. */
function unknownCode(code: string, codes: readonly string[]): UsageError {
  const message = `There is no finding ${code}`;
  const ofStep = codes.filter((known) => known.startsWith(`${code.replace(/\/$/, '')}/`));
  if (ofStep.length > 0) return new UsageError(message, 'There are:', ...ofStep);
  const near = nearest(code, codes);
  if (near.length > 0) return new UsageError(message, `Did you mean ${near.join(', ')}?`);
  const steps = new Set(codes.map((known) => known.split('/')[0]));
  return new UsageError(message, `svc-debug explain STEP lists those of a step: ${[...steps].join(', ')}`);
}

/** The second part alone counts as near, so that `refused` finds `ip/refused`. */
function nearest(code: string, codes: readonly string[]): string[] {
  const away = (known: string) => Math.min(distance(code, known), distance(code, known.split('/')[1] ?? '') + 1);
  const ranked = codes.map((known) => ({ known, away: away(known) })).sort((a, b) => a.away - b.away);
  return ranked
    .filter((one) => one.away <= code.length / 2)
    .slice(0, 3)
    .map(({ known }) => known);
}
