import type { Effect } from './ask.ts';
import type { Kind } from './change.ts';
import type { Drawn } from './draw.ts';

export type Outcome = 'agreed' | 'disagreed' | 'inconclusive' | 'skipped';

export interface Line {
  drawn: Drawn;
  outcome: Outcome;
  /** What plain requests showed, where it was played. */
  effect?: Effect;
  seconds: number;
  note: string;
  /** Plain requests before and after svc-debug never showed the same. */
  steady?: false;
  /** It did not agree when it was played first. */
  secondTime?: true;
}

export const lineText = ({ drawn, outcome, seconds, note }: Line): string =>
  [
    `${outcome.padEnd(13)}${drawn.kind.name.padEnd(18)}${seconds.toFixed(1).padStart(6)} s  --seed ${drawn.seed} --count 1`,
    `             ${drawn.what}${drawn.onlyPort === undefined ? '' : `, asked for port ${drawn.onlyPort}`}`,
    `             ${note}`,
  ].join('\n');

const HEAD = ['kind', 'what is changed', 'played', 'harmless', 'agreed', 'disagreed', 'inconclusive', 'skipped'];

const tally = (lines: readonly Line[], is: (line: Line) => boolean): string => String(lines.filter(is).length);

function cells(name: string, title: string, lines: readonly Line[]): string[] {
  return [
    name,
    title,
    tally(lines, ({ outcome }) => outcome !== 'skipped'),
    tally(lines, ({ effect, outcome }) => effect === 'works' && outcome !== 'skipped'),
    ...(['agreed', 'disagreed', 'inconclusive', 'skipped'] as const).map((wanted) =>
      tally(lines, ({ outcome }) => outcome === wanted),
    ),
  ];
}

/** For each kind what came out, and for all; a table of Markdown. */
export function table(lines: readonly Line[], kinds: readonly Kind[]): string {
  const rows = kinds
    .map(({ name, title }) => ({ name, title, of: lines.filter(({ drawn }) => drawn.kind.name === name) }))
    .filter(({ of }) => of.length > 0)
    .map(({ name, title, of }) => cells(name, title, of));
  const all = [HEAD, ...rows, cells('all', '', lines)];
  const widths = HEAD.map((_, i) => Math.max(...all.map((row) => row[i]!.length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  const [head = [], ...body] = all;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}

/** An inconclusive answer is not wrong, and not what was asked for either. */
export const failed = (lines: readonly Line[]): number =>
  lines.filter(({ outcome }) => outcome === 'disagreed' || outcome === 'inconclusive').length;

export const summary = (lines: readonly Line[]): string => {
  const count = (wanted: Outcome) => lines.filter(({ outcome }) => outcome === wanted).length;
  const late = lines.filter(({ outcome, secondTime }) => outcome === 'agreed' && secondTime).length;
  return `${late > 0 ? `${late} agreed only the second time, alone\n` : ''}${count('agreed')} passed, ${failed(lines)} failed, ${count('skipped')} skipped`;
};
