import { renderEnding } from '../../src/render/ending.ts';
import { renderApiVerdict, renderHead } from '../../src/render/head.ts';
import type { Report, View } from '../../src/render/report.ts';
import { type Clean, clean } from '../../src/render/sanitize.ts';
import { renderStep } from '../../src/render/terminal.ts';
import { undecided } from './reports.ts';
import { diagnosis } from './sample.ts';

/** The whole text of a run, as it stands on a screen in the end. */
export function screen(report: Report, view: View): string {
  const cleaned = clean(report);
  const steps = cleaned.diagnosis.trail.map((entry) => renderStep(entry as Clean<typeof entry>, view));
  const api = report.diagnosis.verdict === 'no-access' ? '' : apiVerdict(view);
  return [renderHead(cleaned, view), api, ...steps, '\n', renderEnding(cleaned, view)].join('');
}

/** Of a run whose API facts show no fault. */
function apiVerdict(view: View): string {
  const { diagnosis: whole, ...rest } = undecided();
  const api = whole.trail.filter(({ outcome }) => outcome === 'pass');
  return renderApiVerdict(clean({ ...rest, diagnosis: diagnosis('inconclusive', api) }), view);
}
