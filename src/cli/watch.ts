import { pause } from '../cluster/deadline.ts';
import { type Probers, startProbers } from '../cluster/probers.ts';
import { theService } from '../facts/pods.ts';
import type { StepId } from '../model/finding.ts';
import type { Leftover } from '../model/leftover.ts';
import type { Trail } from '../model/step.ts';
import { hang, printed } from '../render/layout.ts';
import type { Report } from '../render/report.ts';
import { cleanText } from '../render/sanitize.ts';
import { sayFinding } from '../render/words.ts';
import { wizard as text } from '../text/en/wizard.ts';
import { diagnose } from '../walk/diagnose.ts';
import { headOf } from './head.ts';
import type { Run } from './run.ts';
import { proberSettings, reportOf, type Told, type WalkPlan, withLeftovers } from './tellWalk.ts';
import { factsOf, walkOnce } from './walkOnce.ts';

/** A probe pod does not live as long as a person watches: after this time the next walk asks from new ones. */
const RENEW_MS = 60_000;
/** Nobody looks on for longer. */
const LONGEST_MS = 15 * 60_000;

/** The longer it lasts, the less often it is looked: milliseconds from one walk to the next. */
export const pauseAfter = (watchedMs: number): number =>
  watchedMs < 30_000 ? 2000 : watchedMs < 300_000 ? 5000 : 10_000;

export interface WatchOptions {
  /** What was diagnosed before: its failing step alone is walked until it passes. Absent: a whole walk comes first. */
  before?: Report;
  /** Milliseconds; then what is known is told. */
  withinMs?: number;
  /** Shown while it goes on. */
  doing?: string;
  /** Said when the time is up. */
  late?: (seconds: number) => string;
}

/**
 * Repeats the failing step until it passes, then walks the whole checklist, and so on until the Service answers, any key
 * is pressed, or the time is up. Tells each change of the verdict in a line, and the whole in the end.
 */
export async function watch(run: Run, plan: WalkPlan, options: WatchOptions = {}): Promise<Told> {
  const { withinMs = LONGEST_MS, doing = text.progress.watching, late = text.watchedFor } = options;
  const { screen, presenter, host } = run;
  const stopped = untilAnyKey(run);
  const vantages = renewed(run, plan);
  const began = host.now();
  const news = changes(run);
  try {
    let report = options.before;
    for (;;) {
      screen.busy(doing);
      report = await round(run, plan, await vantages.now(), report);
      news(report);
      const watched = host.now() - began;
      const over = isOver(report, plan);
      if (!over && watched < withinMs) await pause(pauseAfter(watched), stopped.signal);
      if (!over && watched < withinMs && !stopped.signal.aborted) continue;
      const removed = vantages.remove();
      report = await withLeftovers(run, report, removed);
      screen.idle();
      if (!over && watched >= withinMs) screen.say(`${late(Math.round(watched / 1000))}\n`);
      for (const entry of report.diagnosis.trail) screen.print(presenter.step(entry));
      screen.print(presenter.ending(report));
      return { report, removed };
    }
  } catch (error) {
    await vantages.remove();
    throw error;
  } finally {
    stopped.clear();
  }
}

/** A signal that fires on any key, and when the run ends. */
function untilAnyKey({ screen, signal }: Run) {
  const controller = new AbortController();
  const end = () => controller.abort();
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  screen.onKey(end);
  const clear = () => {
    screen.onKey(undefined);
    signal.removeEventListener('abort', end);
  };
  return { signal: controller.signal, clear };
}

/** Vantage points that are never older than {@link RENEW_MS}. */
function renewed(run: Run, { places }: WalkPlan) {
  const { host, cancellation } = run;
  const start = () => ({
    since: host.now(),
    probers: startProbers(places, { ...proberSettings(run), progress: () => undefined }),
  });
  let current = start();
  const left: Leftover[] = [];
  cancellation.leaves(() =>
    current.probers.leftovers().length > 0 ? text.left(current.probers.leftovers()) : undefined,
  );
  return {
    now: async () => {
      if (host.now() - current.since > RENEW_MS) {
        left.push(...(await current.probers.remove()));
        current = start();
      }
      return current.probers;
    },
    remove: async () => [...left, ...(await current.probers.remove())],
  };
}

/** The steps whose findings are root causes: the others fail for their sake. */
const failingSteps = (report: Report | undefined): StepId[] => [
  ...new Set((report?.diagnosis.rootCauses ?? []).map(({ step }) => step)),
];

/** Looks at what failed, and at everything once that passes; what was not looked at stays as it was. */
async function round(run: Run, plan: WalkPlan, probers: Probers, before: Report | undefined): Promise<Report> {
  const failing = failingSteps(before);
  if (!before || failing.length === 0) return walkAgain(run, plan, probers);
  const partial = await walkAgain(run, plan, probers, failing);
  const stillFails = partial.diagnosis.trail.some(({ outcome }) => outcome === 'fail');
  if (!stillFails && !run.signal.aborted) return walkAgain(run, plan, probers);
  return { ...partial, diagnosis: diagnose(merged(before.diagnosis.trail, partial.diagnosis.trail)) };
}

const merged = (before: Trail, now: Trail): Trail =>
  before.map((entry) => now.find(({ step }) => step === entry.step) ?? entry);

/** One walk, with facts of its own. */
async function walkAgain(run: Run, plan: WalkPlan, probers: Probers, only: readonly StepId[] = []): Promise<Report> {
  const now = run.host.now();
  const settings = { ...plan, probers, target: run.target, nodeOutputs: run.nodeOutputs, now, signal: run.signal };
  const facts = factsOf(settings);
  probers.begin(theService(facts));
  const walked = await walkOnce(settings, facts, only);
  return reportOf(run, await headOf(facts, plan.cluster.context), walked, probers, now);
}

/** Troubles that pass by themselves: what they hide is no news. */
const PASSING = ['timeout', 'unreachable', 'api-error'];

/** Without a vantage point the API alone can tell no more than that its fault is gone. */
function isOver({ diagnosis: { verdict, notChecked } }: Report, { places }: WalkPlan): boolean {
  if (verdict === 'healthy' || places.length > 0) return verdict === 'healthy';
  return verdict === 'inconclusive' && !notChecked.some(({ obstacle }) => PASSING.includes(obstacle.kind));
}

/** A line for each change of the verdict: beside the results where those are to be read by a program. */
function changes(run: Run): (report: Report) => void {
  const { screen, options, view } = run;
  let said = '';
  return (report) => {
    const line = changeOf(run, report);
    const front = said === '' ? '\n' : '';
    const lines = front + printed(hang(`${clock(run)}  `, line, view.width));
    if (line !== said) (options.output === 'text' ? screen.print : screen.say)(lines);
    said = line;
  };
}

function changeOf({ target, view: { catalogue } }: Run, { diagnosis }: Report): string {
  const [cause] = diagnosis.rootCauses;
  const { namespace, service } = target;
  const verdict = `${namespace}/${service} ${catalogue.ui.report.verdicts[diagnosis.verdict]}`;
  return cleanText(cause ? sayFinding(catalogue, cause) : verdict);
}

const clock = ({ host }: Run): string => new Date(host.now()).toTimeString().slice(0, 8);
