import type { Case } from './case.ts';

export type Outcome = 'right' | 'wrong' | 'inconclusive' | 'skipped';

export interface Line {
  played: Case;
  outcome: Outcome;
  seconds: number;
  /** Why it is not right. */
  notes: string[];
  falseAlarms: number;
  /** It was not right when it was played first. */
  secondTime?: true;
}

const COLUMNS = ['right', 'wrong', 'inconclusive', 'skipped'] as const;

/** A table by step, then what of it had two faults at once, then the sum. */
export function table(lines: readonly Line[]): string {
  const steps = [...new Set(lines.map(({ played }) => played.step))];
  const ofStep = (step: string) => lines.filter(({ played }) => played.step === step);
  const two = lines.filter(({ played }) => played.faults === 2);
  const rows = [
    ['step', ...COLUMNS, 'false alarms'],
    ...steps.map((step) => row(step, ofStep(step))),
    ...(two.length > 0 ? [row('(two faults)', two)] : []),
    row('all', lines),
  ];
  return rows
    .map((cells) => cells.map((cell, i) => (i === 0 ? cell.padEnd(16) : cell.padStart(15))).join(''))
    .join('\n');
}

const row = (step: string, lines: readonly Line[]): string[] => [
  step,
  ...COLUMNS.map((outcome) => String(count(lines, outcome))),
  String(lines.reduce((sum, { falseAlarms }) => sum + falseAlarms, 0)),
];

const count = (lines: readonly Line[], outcome: Outcome): number =>
  lines.filter((line) => line.outcome === outcome).length;

export const failed = (lines: readonly Line[]): number => count(lines, 'wrong') + count(lines, 'inconclusive');

export const summary = (lines: readonly Line[]): string =>
  `${seconds(lines)}${count(lines, 'right')} passed, ${failed(lines)} failed, ${count(lines, 'skipped')} skipped`;

/** How many were right only the second time, where any were. */
function seconds(lines: readonly Line[]): string {
  const names = lines
    .filter(({ secondTime, outcome }) => secondTime && outcome === 'right')
    .map(({ played }) => played.name);
  return names.length === 0 ? '' : `right only the second time: ${names.join(', ')}\n`;
}

export const lineText = ({ played, outcome, seconds, notes }: Line): string =>
  [
    `${outcome.padEnd(13)}${played.name.padEnd(44)}${seconds.toFixed(1).padStart(6)} s`,
    ...notes.map((note) => `               ${note}`),
  ].join('\n');
