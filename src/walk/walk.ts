import { behindAlias } from '../facts/alias.ts';
import type { Facts } from '../facts/facts.ts';
import type { Obstacle } from '../model/fact.ts';
import { hidden } from '../model/outcome.ts';
import type { Outcome, TrailEntry } from '../model/step.ts';
import type { Step } from '../steps/step.ts';

export interface WalkEvents {
  /** A step is decided; called in the order of the checklist, and never taken back. */
  decided?: (entry: TrailEntry) => void;
  /** The step that is waited for now. */
  waiting?: (step: Step['id']) => void;
}

/**
 * Walks the checklist. All steps start at once, since they share their facts; they report in order.
 * Without access nothing else is reported: there is nothing to look at.
 * When `signal` fires, the steps that are not decided yet tell what they know by then, or are cut short.
 */
export async function walk(
  steps: readonly Step[],
  facts: Facts,
  signal: AbortSignal,
  { decided, waiting }: WalkEvents = {},
): Promise<TrailEntry[]> {
  const running = steps.map((step) => ({ step, entry: timed(step, facts, signal) }));
  // A step that throws is a defect of ours, and told where it is waited for: not before, by the process itself.
  for (const { entry } of running) entry.catch(() => undefined);
  const trail: TrailEntry[] = [];
  for (const { step, entry } of running) {
    waiting?.(step.id);
    const done = await entry;
    trail.push(done);
    decided?.(done);
    if (done.step === 'access' && done.outcome === 'fail') break;
  }
  return trail;
}

async function timed(step: Step, facts: Facts, signal: AbortSignal): Promise<TrailEntry> {
  const began = performance.now();
  const checked = await Promise.race([check(step, facts), cutShort(signal)]);
  const outcome = signal.aborted && step.id !== 'access' ? calledOff(checked) : checked;
  return { step: step.id, ...outcome, durationMs: Math.round(performance.now() - began) };
}

/** Steps about the Service by its name; the others look at the one that answers, which an ExternalName leaves to another. */
const BY_NAME: readonly Step['id'][] = ['access', 'exists', 'dns'];

const check = async (step: Step, facts: Facts): Promise<Outcome> =>
  step.check(BY_NAME.includes(step.id) ? facts : await behindAlias(facts));

/** Facts that are called off settle as well, and a step that has them tells what it knew by then. It gets this long. */
const GRACE_MS = 150;

const cutShort = (signal: AbortSignal): Promise<Outcome> =>
  new Promise((resolve) => {
    const stop = () => setTimeout(() => resolve(hidden({ kind: 'cancelled' })), GRACE_MS);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });

/** What the end of the whole run cut off was not slow. Only for `access` no answer by then is an answer. */
const calledOff = (outcome: Outcome): Outcome => ({
  ...outcome,
  obstacles: outcome.obstacles.map(
    (obstacle): Obstacle => (obstacle.kind === 'timeout' ? { kind: 'cancelled' } : obstacle),
  ),
});
