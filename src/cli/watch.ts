import { startProbers } from '../cluster/probers.ts';
import { theService } from '../facts/pods.ts';
import { cleanText } from '../render/sanitize.ts';
import { sayFinding } from '../render/words.ts';
import { wizard as text } from '../text/en/wizard.ts';
import { headOf } from './head.ts';
import type { Run } from './run.ts';
import { proberSettings, reportOf, type Told, type WalkPlan } from './tellWalk.ts';
import { factsOf, walkOnce } from './walkOnce.ts';

const PAUSE_MS = 2000;

/**
 * Walks again and again until the Service answers, or any key is pressed, and tells each change of the verdict in a line.
 * Every walk has facts and vantage points of its own: a probe pod does not live as long as a person watches.
 */
export async function watch(run: Run, plan: WalkPlan): Promise<Told> {
  const { screen, presenter } = run;
  const stopped = new AbortController();
  const end = () => stopped.abort();
  run.signal.addEventListener('abort', end, { once: true });
  screen.onKey(end);
  let told: Told;
  let said = '';
  do {
    screen.busy(text.progress.watching);
    told = await round(run, plan);
    const line = changeOf(run, told);
    if (line !== said) screen.print(`${clock(run)}  ${line}\n`);
    said = line;
    if (isOver(told, plan)) break;
    await pause(PAUSE_MS, stopped.signal);
  } while (!stopped.signal.aborted);
  screen.onKey(undefined);
  run.signal.removeEventListener('abort', end);
  screen.idle();
  for (const entry of told.report.diagnosis.trail) screen.print(presenter.step(entry));
  screen.print(presenter.ending(told.report));
  return told;
}

async function round(run: Run, plan: WalkPlan): Promise<Told> {
  const { host, target, signal, cancellation } = run;
  const now = host.now();
  const probers = startProbers(plan.places, { ...proberSettings(run), progress: () => undefined });
  cancellation.leaves(() => (probers.leftovers().length > 0 ? text.left(probers.leftovers()) : undefined));
  const settings = { ...plan, probers, target, now, signal };
  try {
    const facts = factsOf(settings);
    probers.begin(theService(facts));
    const walked = await walkOnce(settings, facts);
    const report = reportOf(run, await headOf(facts, plan.cluster.context), walked, probers, now);
    const left = await probers.remove();
    return { report, removed: Promise.resolve(left) };
  } catch (error) {
    await probers.remove();
    throw error;
  }
}

/** Without a vantage point the API alone can tell no more than that its fault is gone. */
function isOver({ report: { diagnosis } }: Told, { places }: WalkPlan): boolean {
  return places.length > 0 ? diagnosis.verdict === 'healthy' : diagnosis.verdict !== 'broken';
}

function changeOf({ view: { catalogue } }: Run, { report: { diagnosis } }: Told): string {
  const [cause] = diagnosis.rootCauses;
  return cause ? cleanText(sayFinding(catalogue, cause)) : catalogue.ui.report.verdicts[diagnosis.verdict];
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
