import { printAge, secondsSince } from '../model/age.ts';
import { type Block, paragraph } from './layout.ts';
import type { Report, View } from './report.ts';

/** Of so many changes is told without -v. */
const MOST = 3;

/** When the objects of the root causes were last changed, and by whom: a line for each, the newest first. */
export const changeLines = ({ diagnosis, startedAt }: Report, { catalogue: { changes } }: View): string[] =>
  (diagnosis.changes ?? []).map((change) => {
    const age = secondsSince(change.at, Date.parse(startedAt)) ?? 0;
    return changes.says[change.what](change, printAge(age));
  });

export function changeBlocks(report: Report, view: View): Block[] {
  const lines = changeLines(report, view).slice(0, view.verbose ? Infinity : MOST);
  if (lines.length === 0) return [];
  return [{ label: view.catalogue.changes.label, meaning: 'heading', pieces: lines.map(paragraph) }];
}
