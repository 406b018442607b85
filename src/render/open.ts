import type { Command } from '../model/command.ts';
import type { Obstacle } from '../model/fact.ts';
import type { StepId } from '../model/finding.ts';
import { samplesOf } from './healthy.ts';
import { type Block, type Piece, paragraph } from './layout.ts';
import type { Report, View } from './report.ts';
import { sayAnswer, sayCommand, sayFinding, sayObstacle, unique } from './words.ts';

/** Obstacles that are told without -v. */
const MOST = 4;

/** Nothing is decided: what is open, and what would answer it. */
export function openBlocks(report: Report, view: View): Block[] {
  const { labels, ending } = view.catalogue.ui;
  const said = report.from.length === 0 ? ending.nothingAsked : ending.nothingFailed;
  const open = openLines(report, view);
  // where nothing else is open, the questions that make no sense are why nothing is decided
  const lines = open.length > 0 ? open : openLines(report, { ...view, verbose: true });
  const blocks: Block[] = [
    { label: labels.unclear, meaning: 'open', pieces: [paragraph(said)] },
    { label: labels.open, meaning: 'heading', pieces: limited(lines, view) },
    { label: labels.answer, meaning: 'heading', pieces: answerPieces(report, view) },
  ];
  return blocks.filter(({ pieces }) => pieces.length > 0);
}

/** What the verdict does not speak of. */
export function unseenBlocks(report: Report, view: View): Block[] {
  const { labels, ending } = view.catalogue.ui;
  const pieces =
    report.diagnosis.verdict === 'no-access'
      ? [paragraph(ending.noAccess)]
      : [...limited(openLines(report, view), view), ...forSomebody(report, view), ...limitPieces(report, view)];
  return pieces.length > 0 ? [{ label: labels.unseen, meaning: 'heading', pieces }] : [];
}

/** What somebody with access to the nodes could run, where a cause is still open to doubt. */
function forSomebody({ diagnosis }: Report, view: View): Piece[] {
  if (diagnosis.verdict !== 'broken') return [];
  const barred = diagnosis.notChecked.map(({ obstacle }) => obstacle).filter(({ kind }) => kind === 'needs-node');
  return unique(barred.map((obstacle) => JSON.stringify(obstacle))).flatMap((text) => {
    const obstacle = JSON.parse(text) as Obstacle;
    const check = checkFor(obstacle);
    return [paragraph(sayAnswer(view.catalogue, obstacle)), ...(check ? [{ command: sayCommand(view, check) }] : [])];
  });
}

/** Warnings once more, where no cause stands: one of them may be it. */
export function warningBlocks({ diagnosis }: Report, view: View): Block[] {
  const { labels } = view.catalogue.ui;
  const said = diagnosis.findings
    .filter(({ severity }) => severity === 'warning')
    .map((f) => sayFinding(view.catalogue, f));
  if (said.length === 0) return [];
  return [{ label: labels.warning, meaning: 'warning', pieces: limited(unique(said), view) }];
}

/** One line for each obstacle, with the steps that met it: `dns, ip: not asked: --yes would allow it`. */
export function openLines({ diagnosis }: Report, view: View): string[] {
  const steps = new Map<string, StepId[]>();
  // a question that makes no sense here is not open
  const open = diagnosis.notChecked.filter(({ obstacle }) => view.verbose || obstacle.kind !== 'not-applicable');
  for (const { step, obstacle } of open) {
    const said = sayObstacle(view.catalogue, obstacle);
    steps.set(said, unique([...(steps.get(said) ?? []), step]));
  }
  return [...steps].map(([said, by]) => `${by.join(', ')}: ${said}`);
}

/** What no sample tells. */
function limitPieces(report: Report, { catalogue: { ui } }: View): Piece[] {
  if (samplesOf(report).length === 0) return [];
  const nodes = unique(report.from.flatMap(({ node }) => node ?? []));
  return [
    paragraph([ui.ending.openConnections, ...(nodes.length > 0 ? [ui.ending.otherNodes(nodes)] : [])].join('; ')),
  ];
}

function limited(lines: readonly string[], view: View): Piece[] {
  const { more } = view.catalogue.ui.ending;
  const shown = view.verbose || lines.length <= MOST + 1 ? lines : [...lines.slice(0, MOST), more(lines.length - MOST)];
  return shown.map(paragraph);
}

/** What would answer the open questions: first what answers most of them. */
function answerPieces({ diagnosis }: Report, view: View): Piece[] {
  const answers = new Map<string, { steps: number; check: Command | undefined }>();
  for (const { obstacle } of diagnosis.notChecked) {
    const said = sayAnswer(view.catalogue, obstacle);
    if (said !== '') answers.set(said, { steps: (answers.get(said)?.steps ?? 0) + 1, check: checkFor(obstacle) });
  }
  const best = [...answers].sort(([, a], [, b]) => b.steps - a.steps).slice(0, view.verbose ? answers.size : MOST);
  return best.flatMap(([said, { check }]) => [
    paragraph(said),
    ...(check ? [{ command: sayCommand(view, check) }] : []),
  ]);
}

/** The command that tells what only the node itself can tell. */
const checkFor = (obstacle: Obstacle): Command | undefined =>
  obstacle.kind === 'needs-node' ? obstacle.command : undefined;
