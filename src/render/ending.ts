import { causeBlocks } from './causes.ts';
import { healthyBlocks } from './healthy.ts';
import { type Block, blockLines, isNarrow, paragraph, printed, seconds } from './layout.ts';
import { openBlocks, unseenBlocks, warningBlocks } from './open.ts';
import type { Report, View } from './report.ts';
import { actedBlocks, roleBlocks } from './rights.ts';
import type { Clean } from './sanitize.ts';

/** The end of a run, on one screen: the cause, its proof, the commands that mend it, and what was not seen. */
export function renderEnding(report: Clean<Report>, view: View): string {
  const blocks = [
    ...stoppedBlocks(report, view),
    ...verdictBlocks(report, view),
    ...roleBlocks(report, view),
    ...actedBlocks(report, view),
  ];
  const [first, ...rest] = blocks;
  if (!first) return '';
  return printed([timed(first, report.durationMs, view), ...rest].flatMap((block) => blockLines(block, view)));
}

function verdictBlocks(report: Report, view: View): Block[] {
  switch (report.diagnosis.verdict) {
    case 'healthy':
      return [...healthyBlocks(report, view), ...warningBlocks(report, view), ...unseenBlocks(report, view)];
    case 'broken':
    case 'no-access':
      return [...causeBlocks(report, view), ...unseenBlocks(report, view)];
    case 'inconclusive':
      return [...openBlocks(report, view), ...warningBlocks(report, view)];
  }
}

function stoppedBlocks({ diagnosis }: Report, { catalogue: { ui } }: View): Block[] {
  const stopped = diagnosis.notChecked.some(({ obstacle }) => obstacle.kind === 'cancelled');
  return stopped ? [{ label: ui.labels.stopped, meaning: 'open', pieces: [paragraph(ui.ending.stopped)] }] : [];
}

/** How long it took: at the end of the first line, or after its text where there is no room. */
function timed(block: Block, durationMs: number, view: View): Block {
  const [first, ...rest] = block.pieces;
  const took = seconds(durationMs);
  if (!isNarrow(view)) return { ...block, aside: took };
  if (!first || !('text' in first)) return block;
  return { ...block, pieces: [paragraph(`${first.text} ${view.catalogue.ui.ending.took(took)}`), ...rest] };
}
