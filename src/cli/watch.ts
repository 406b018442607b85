import { type Probers, startProbers } from '../cluster/probers.ts';
import { theService } from '../facts/pods.ts';
import { hang, printed } from '../render/layout.ts';
import type { Report } from '../render/report.ts';
import { cleanText } from '../render/sanitize.ts';
import { sayFinding } from '../render/words.ts';
import { wizard as text } from '../text/en/wizard.ts';
import { headOf } from './head.ts';
import type { Run } from './run.ts';
import { proberSettings, reportOf, type Told, type WalkPlan } from './tellWalk.ts';
import { factsOf, walkOnce } from './walkOnce.ts';

const PAUSE_MS = 2000;
/** A probe pod does not live as long as a person watches: after this time the next walk asks from new ones. */
const RENEW_MS = 60_000;

/** Walks again and again until the Service answers, or any key is pressed, and tells each change of the verdict in a line. */
export async function watch(run: Run, plan: WalkPlan): Promise<Told> {
  const { screen, presenter } = run;
  const stopped = untilAnyKey(run);
  const vantages = renewed(run, plan);
  try {
    let said = '';
    for (;;) {
      screen.busy(text.progress.watching);
      const report = await round(run, plan, await vantages.now());
      const line = changeOf(run, report);
      if (line !== said) screen.print(printed(hang(`${clock(run)}  `, line, run.view.width)));
      said = line;
      if (!isOver(report, plan)) await pause(PAUSE_MS, stopped.signal);
      if (!isOver(report, plan) && !stopped.signal.aborted) continue;
      const removed = vantages.remove();
      screen.idle();
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
  cancellation.leaves(() =>
    current.probers.leftovers().length > 0 ? text.left(current.probers.leftovers()) : undefined,
  );
  return {
    now: async () => {
      if (host.now() - current.since > RENEW_MS) {
        await current.probers.remove();
        current = start();
      }
      return current.probers;
    },
    remove: () => current.probers.remove(),
  };
}

/** One walk, with facts of its own. */
async function round(run: Run, plan: WalkPlan, probers: Probers): Promise<Report> {
  const now = run.host.now();
  const settings = { ...plan, probers, target: run.target, nodeOutputs: run.nodeOutputs, now, signal: run.signal };
  const facts = factsOf(settings);
  probers.begin(theService(facts));
  const walked = await walkOnce(settings, facts);
  return reportOf(run, await headOf(facts, plan.cluster.context), walked, probers, now);
}

/** Without a vantage point the API alone can tell no more than that its fault is gone. */
function isOver({ diagnosis }: Report, { places }: WalkPlan): boolean {
  return places.length > 0 ? diagnosis.verdict === 'healthy' : diagnosis.verdict !== 'broken';
}

function changeOf({ target, view: { catalogue } }: Run, { diagnosis }: Report): string {
  const [cause] = diagnosis.rootCauses;
  const { namespace, service } = target;
  const verdict = `${namespace}/${service} ${catalogue.ui.report.verdicts[diagnosis.verdict]}`;
  return cleanText(cause ? sayFinding(catalogue, cause) : verdict);
}

const clock = ({ host }: Run): string => new Date(host.now()).toTimeString().slice(0, 8);

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
