import { type Diagnosis, overlaps, type PlacedFinding } from '../model/diagnosis.ts';
import type { Link, Remedy } from '../model/finding.ts';
import { fix } from '../text/en/fix.ts';
import { changeBlocks } from './changes.ts';
import { type Block, type Piece, paragraph } from './layout.ts';
import { remediesOf, remedyPieces } from './remedies.ts';
import type { Report, View } from './report.ts';
import { isAmong, sayCommand, sayFinding, sayObservation, unique } from './words.ts';

/** How much is told of a cause. */
interface Detail {
  proofs: number;
  remedies: number;
}

const ALONE: Detail = { proofs: 4, remedies: 3 };
/** Two faults share the screen: at 3 a.m. nobody scrolls back. */
const SHARED: Detail = { proofs: 2, remedies: 1 };
const EVERYTHING: Detail = { proofs: Infinity, remedies: Infinity };
const MOST_IN_FULL = 2;
const MOST_BRIEF = 4;

/** The links that a client meets itself: their symptom says what the complaint was about. */
const COMPLAINTS: readonly Link[] = ['cluster-ip', 'name', 'hairpin'];

/** The root causes. Of several with one code the first is told, the others are named; with -v each is told. */
export function causeBlocks(report: Report, view: View): Block[] {
  const { diagnosis } = report;
  const causes = causesOf(diagnosis);
  const full = view.verbose ? causes : firstOfEachCode(causes).slice(0, MOST_IN_FULL);
  const detail = view.verbose ? EVERYTHING : full.length > 1 ? SHARED : ALONE;
  return [
    ...full.flatMap((cause, i) => oneCause(cause, diagnosis, view, detail, [i + 1, full.length])),
    ...brief(
      causes.filter((cause) => !full.includes(cause)),
      view,
    ),
    ...changeBlocks(report, view),
    ...moreBlock(unique(full.map(({ code }) => code)), view),
  ];
}

const firstOfEachCode = (causes: readonly PlacedFinding[]): PlacedFinding[] =>
  causes.filter(({ code }, i) => causes.findIndex((other) => other.code === code) === i);

/** Root causes; all errors, should they explain one another in a circle. */
export function causesOf(diagnosis: Diagnosis): readonly PlacedFinding[] {
  const errors = diagnosis.findings.filter(({ severity }) => severity === 'error');
  return diagnosis.rootCauses.length > 0 ? diagnosis.rootCauses : errors;
}

/** The errors that a cause explains. */
export const symptomsOf = (cause: PlacedFinding, diagnosis: Diagnosis): PlacedFinding[] =>
  diagnosis.findings.filter(
    (other) =>
      other.severity === 'error' &&
      !isAmong(causesOf(diagnosis), other) &&
      cause.explains.includes(other.code) &&
      overlaps(cause.subject, other.subject),
  );

function oneCause(
  cause: PlacedFinding,
  diagnosis: Diagnosis,
  view: View,
  detail: Detail,
  [number, of]: [number, number],
): Block[] {
  const { labels } = view.catalogue.ui;
  const { now, later } = remediesOf(cause);
  const blocks: Block[] = [
    { label: labels.cause(number, of), meaning: 'bad', pieces: told(cause, diagnosis, view), apart: number > 1 },
    { label: labels.proof, meaning: 'heading', pieces: proof(cause, view, detail) },
    {
      label: labels.now,
      meaning: 'heading',
      pieces: [...remedyPieces(cause, now, view, detail.remedies), ...undone(now, diagnosis)],
    },
    { label: labels.later, meaning: 'heading', pieces: remedyPieces(cause, later, view, detail.remedies) },
  ];
  return blocks.filter(({ pieces }) => pieces.length > 0);
}

/** Where a remedy changes the Service: who may change it back. */
function undone(remedies: readonly Remedy[], { managers = [] }: Diagnosis): Piece[] {
  const changes = remedies.some(({ patch }) => patch?.target.plural === 'services');
  return changes && managers.length > 0 ? [paragraph(fix.alsoThere(managers))] : [];
}

function moreBlock(codes: readonly string[], { catalogue: { ui } }: View): Block[] {
  const commands = codes.map((code) => ({ command: `svc-debug explain ${code}` }));
  return codes.length > 0
    ? [{ label: ui.labels.more, meaning: 'heading', pieces: [paragraph(ui.ending.explain), ...commands] }]
    : [];
}

function told(cause: PlacedFinding, diagnosis: Diagnosis, view: View): Piece[] {
  const { ending } = view.catalogue.ui;
  const symptoms = symptomsOf(cause, diagnosis);
  const complaint = symptoms.filter(({ breaks }) => COMPLAINTS.includes(breaks));
  const shown = view.verbose ? symptoms : complaint.slice(0, 1);
  const steps = unique(symptoms.filter((s) => !shown.includes(s)).map(({ step }) => step));
  const others = steps.filter((step) => step !== cause.step && !shown.some((s) => s.step === step));
  return [
    paragraph(sayFinding(view.catalogue, cause)),
    ...shown.map((symptom) => paragraph(ending.hence(sayFinding(view.catalogue, symptom)))),
    ...(others.length > 0 ? [paragraph(ending.alsoFail(others))] : []),
  ];
}

/** What was seen, and the command that shows it again: the first one, with -v each. */
function proof({ evidence }: PlacedFinding, view: View, { proofs }: Detail): Piece[] {
  const shown = evidence.slice(0, proofs);
  const first = evidence.find(({ command }) => command !== undefined);
  const pieces = shown.flatMap((seen): Piece[] => [
    paragraph(sayObservation(view.catalogue, seen)),
    ...(view.verbose && seen.command ? [{ command: sayCommand(view, seen.command) }] : []),
  ]);
  return view.verbose || !first?.command ? pieces : [...pieces, { command: sayCommand(view, first.command) }];
}

function brief(causes: readonly PlacedFinding[], view: View): Block[] {
  if (causes.length === 0) return [];
  const { labels, ending } = view.catalogue.ui;
  const said = unique(causes.slice(0, MOST_BRIEF).map((cause) => sayFinding(view.catalogue, cause)));
  const more = causes.length - MOST_BRIEF;
  const pieces = [...said, more > 0 ? ending.more(more) : ending.inFull].map(paragraph);
  return [{ label: labels.also, meaning: 'bad', pieces }];
}
