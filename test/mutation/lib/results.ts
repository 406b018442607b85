import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { Drawn } from './draw.ts';
import type { Line } from './table.ts';

/** A long run in portions: what each seed came to, one JSON a line. The last line of a seed counts. */
export interface Results {
  /** What was played before, of these. */
  before(drawn: readonly Drawn[]): Line[];
  add(line: Line): void;
}

type Kept = Omit<Line, 'drawn'> & { seed: number; what: string };

/** Without a file nothing is remembered. */
export const resultsIn = (file: string | undefined): Results => ({
  before: (drawn) => {
    if (file === undefined || !existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
    const kept = new Map(lines.map((line) => JSON.parse(line) as Kept).map((one) => [one.seed, one]));
    return drawn.flatMap((one) => {
      const { seed: _, what, ...line } = kept.get(one.seed) ?? { seed: 0, what: undefined };
      return what === one.what ? [{ drawn: one, ...line } as Line] : [];
    });
  },
  add: ({ drawn: { seed, what }, ...line }) => {
    if (file !== undefined) appendFileSync(file, `${JSON.stringify({ seed, what, ...line })}\n`);
  },
});
