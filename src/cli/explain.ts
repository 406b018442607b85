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

/** A code whose second part was meant counts as near, so that `refused` finds `ip/refused`. */
function unknownCode(code: string, codes: readonly string[]): UsageError {
  const alike = (known: string) => Math.min(distance(code, known), distance(code, known.split('/')[1] ?? '') + 1);
  const near = [...codes].sort((a, b) => alike(a) - alike(b)).filter((known) => alike(known) <= code.length / 2);
  const hint = near.length > 0 ? `Did you mean ${near.slice(0, 3).join(', ')}?` : `There are ${codes.join(', ')}.`;
  return new UsageError(`There is no finding ${code}`, hint);
}
