import type { TrailEntry } from '../model/step.ts';
import { renderEnding } from '../render/ending.ts';
import { renderApiVerdict, renderHead } from '../render/head.ts';
import { renderJson } from '../render/json.ts';
import { renderMarkdown } from '../render/markdown.ts';
import type { Head, Report, View } from '../render/report.ts';
import { clean } from '../render/sanitize.ts';
import { renderStep } from '../render/terminal.ts';
import type { OutputFormat } from './options.ts';

/** What a run prints, and when. JSON and Markdown come at the end, in one piece. */
export interface Presenter {
  head(head: Head): string;
  apiVerdict(report: Report): string;
  step(entry: TrailEntry): string;
  ending(report: Report): string;
}

const nothing = () => '';

export function presenter(output: OutputFormat, view: View): Presenter {
  switch (output) {
    case 'text':
      return {
        head: (head) => renderHead(clean(head), view),
        apiVerdict: (report) => renderApiVerdict(clean(report), view),
        step: (entry) => (isCutShort(entry) ? '' : renderStep(clean(entry), view)),
        ending: (report) => `\n${renderEnding(clean(report), view)}`,
      };
    case 'json':
      return { head: nothing, apiVerdict: nothing, step: nothing, ending: (report) => renderJson(clean(report), view) };
    case 'markdown':
      return {
        head: nothing,
        apiVerdict: nothing,
        step: nothing,
        ending: (report) => renderMarkdown(clean(report), view),
      };
  }
}

/** Called off before it was decided: the ending says so once, for all of them. */
const isCutShort = ({ outcome, obstacles }: TrailEntry): boolean =>
  outcome === 'unknown' && obstacles.length > 0 && obstacles.every(({ kind }) => kind === 'cancelled');
