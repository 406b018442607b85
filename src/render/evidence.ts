import type { PlacedFinding } from '../model/diagnosis.ts';
import type { Severity } from '../model/finding.ts';
import { causesOf, symptomsOf } from './causes.ts';
import { type Block, blockLines, type Piece, paragraph, printed } from './layout.ts';
import type { Report, View } from './report.ts';
import type { Clean } from './sanitize.ts';
import { MARK_MEANING, MARKS, type Mark } from './theme.ts';
import { isAmong, sayCommand, sayFinding, sayObservation, unique } from './words.ts';

const ORDER: readonly Severity[] = ['error', 'warning', 'info'];
export const MARK_OF = { error: 'fail', warning: 'warning', info: 'info' } as const satisfies Record<Severity, Mark>;

/** Every finding, the worst first, with what was seen and the commands that show it again. */
export function renderEvidence(report: Clean<Report>, view: View): string {
  const findings = inOrder(report);
  if (findings.length === 0) return printed([view.catalogue.ui.evidence.none]);
  return printed(findings.flatMap((finding, i) => blockLines({ ...block(finding, report, view), apart: i > 0 }, view)));
}

/** Root causes, then their symptoms, then warnings and notes. */
export function inOrder(report: Report): PlacedFinding[] {
  const causes = causesOf(report.diagnosis);
  const others = report.diagnosis.findings.filter((finding) => !isAmong(causes, finding));
  return [...causes, ...ORDER.flatMap((severity) => others.filter((finding) => finding.severity === severity))];
}

function block(finding: PlacedFinding, report: Report, view: View): Block {
  const mark = MARK_OF[finding.severity];
  const meaning = MARK_MEANING[mark];
  return {
    label: MARKS[mark],
    ...(meaning && { meaning }),
    pieces: [
      paragraph(sayFinding(view.catalogue, finding)),
      paragraph(place(finding, report, view)),
      ...seen(finding, view),
    ],
  };
}

/** Its code, and whether it is a cause or follows from one. */
function place(finding: PlacedFinding, report: Report, { catalogue: { ui } }: View): string {
  const causes = causesOf(report.diagnosis);
  if (isAmong(causes, finding)) return `${finding.code}, ${ui.evidence.rootCause}`;
  const of = unique(
    causes.filter((cause) => isAmong(symptomsOf(cause, report.diagnosis), finding)).map(({ code }) => code),
  );
  return of.length > 0 ? `${finding.code}, ${ui.evidence.symptom(of)}` : finding.code;
}

const seen = ({ evidence }: PlacedFinding, view: View): Piece[] =>
  evidence.flatMap((observation) => [
    paragraph(sayObservation(view.catalogue, observation)),
    ...(observation.command ? [{ command: sayCommand(view, observation.command) }] : []),
  ]);
