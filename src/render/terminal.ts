import type { Observation } from '../model/finding.ts';
import type { TrailEntry } from '../model/step.ts';
import { fits, hang, isNarrow, pad, printed } from './layout.ts';
import type { View } from './report.ts';
import type { Clean } from './sanitize.ts';
import { MARK_MEANING, MARK_WIDTH, MARKS, type Mark } from './theme.ts';
import { sayCommand, sayFinding, sayObservation, sayObstacle, unique } from './words.ts';

/** Columns of the step's name: the longest, and two blanks. */
const STEP_WIDTH = 16;
/** What one step may say without -v. */
const MOST = 4;

/** A step that is decided: its line, its warnings, and with -v the commands that show the same. */
export function renderStep(entry: Clean<TrailEntry>, view: View): string {
  const { catalogue } = view;
  const said = (severity: 'warning' | 'info') =>
    entry.findings.filter((finding) => finding.severity === severity).map((finding) => sayFinding(catalogue, finding));
  return printed([
    ...markedLines(entry.outcome, entry.step, phrases(entry, view), view),
    ...said('warning').flatMap((says) => markedLines('warning', '', [says], view)),
    ...(view.verbose ? said('info').flatMap((says) => markedLines('info', '', [says], view)) : []),
    ...(view.verbose ? commands(entry, view) : []),
  ]);
}

function markedLines(mark: Mark, step: string, texts: readonly string[], view: View): string[] {
  const meaning = MARK_MEANING[mark];
  const word = pad(meaning ? view.theme.paint(meaning, MARKS[mark]) : MARKS[mark], MARK_WIDTH);
  const indent = ' '.repeat(MARK_WIDTH);
  if (isNarrow(view)) {
    const [first = '', ...rest] = texts.flatMap((text) => hang(indent, text, view.width));
    return step === '' ? [word + first.slice(MARK_WIDTH), ...rest] : [`${word}${step}`, first, ...rest];
  }
  const front = word + pad(step, STEP_WIDTH);
  return texts.flatMap((text, i) => hang(i === 0 ? front : indent + ' '.repeat(STEP_WIDTH), text, view.width));
}

/** What is said of a step: on one line where it fits, else one phrase a line. */
function phrases(entry: TrailEntry, view: View): string[] {
  const all = unique(seen(entry, view));
  const kept =
    view.verbose || all.length <= MOST + 1
      ? all
      : [...all.slice(0, MOST), view.catalogue.ui.ending.more(all.length - MOST)];
  const line = kept.join('; ');
  return fits(line, view.width - MARK_WIDTH - STEP_WIDTH) ? [line] : kept;
}

function seen(entry: TrailEntry, { catalogue, verbose }: View): string[] {
  const shown = entry.observations.filter(({ detail }) => verbose || !detail);
  const observed = shown.map((observation) => sayObservation(catalogue, observation));
  const obstacles = entry.obstacles.map((obstacle) => sayObstacle(catalogue, obstacle));
  switch (entry.outcome) {
    case 'fail':
      return [...unshown(entry).map((finding) => sayFinding(catalogue, finding)), ...observed];
    case 'skip':
      return [...(entry.reason ? [sayObservation(catalogue, entry.reason)] : []), ...observed];
    case 'unknown':
      return [...observed, ...obstacles];
    case 'pass':
      return observed.length > 0 ? observed : [catalogue.steps[entry.step].title];
  }
}

/** Errors that nothing among the observations shows: their own sentence stands in. */
function unshown({ findings, observations }: TrailEntry) {
  const shown = new Set(observations.map(keyOf));
  return findings.filter(
    ({ severity, evidence }) => severity === 'error' && !evidence.some((o) => shown.has(keyOf(o))),
  );
}

const keyOf = ({ what, params }: Observation): string => JSON.stringify([what, params]);

function commands({ observations, findings, reason }: TrailEntry, view: View): string[] {
  const all = [...(reason ? [reason] : []), ...observations, ...findings.flatMap(({ evidence }) => evidence)];
  const lines = all.flatMap(({ command }) => (command ? [sayCommand(view, command)] : []));
  return unique(lines).map((line) => view.theme.paint('command', line));
}
