import manifest from '../../package.json' with { type: 'json' };
import { type Place, type Probers, startProbers } from '../cluster/probers.ts';
import { theService } from '../facts/pods.ts';
import { actsOf } from '../model/acts.ts';
import type { Cluster } from '../model/cluster.ts';
import type { Leftover } from '../model/leftover.ts';
import type { Consent } from '../model/target.ts';
import type { Head, Report } from '../render/report.ts';
import { wizard as text } from '../text/en/wizard.ts';
import { headOf } from './head.ts';
import { podsAtHand } from './podsAtHand.ts';
import { progressOf } from './progress.ts';
import { isoTime, type Run } from './run.ts';
import { factsOf, type Walked, type WalkSettings, walkOnce } from './walkOnce.ts';

export interface WalkPlan {
  cluster: Cluster;
  consent: Consent;
  /** Where to ask from; empty: the API only. */
  places: readonly Place[];
  /** Whether the first line is printed, too. */
  withHead: boolean;
}

export interface Told {
  report: Report;
  /** Settles when the probe pods are gone, or after five seconds: the pods that are still there. */
  removed: Promise<Leftover[]>;
}

/** Walks the checklist and prints each line as soon as it is decided, in order; then the ending. */
export async function tellWalk(run: Run, plan: WalkPlan): Promise<Told> {
  const { host, screen, presenter, cancellation } = run;
  const now = host.now();
  const progress = progressOf(run, () => probers.giveUp());
  const probers = startProbers(plan.places, {
    ...proberSettings(run),
    progress: (event) => progress.pod(event),
  });
  cancellation.leaves(() => leftoversText(probers.leftovers()));
  const lines = lineByLine(screen.print);
  const settings: WalkSettings = {
    ...plan,
    ...{ probers, target: run.target, nodeOutputs: run.nodeOutputs, now, signal: run.signal },
    events: { waiting: progress.waiting, decided: (entry) => lines.add(presenter.step(entry)) },
  };
  try {
    const facts = factsOf(settings);
    probers.begin(theService(facts));
    const head = headOf(facts, plan.cluster.context);
    if (plan.withHead) lines.add(head.then(presenter.head));
    const walked = await walkOnce(settings, facts);
    const removed = probers.remove();
    const report = await withLeftovers(run, reportOf(run, await head, walked, probers, now), removed);
    await lines.printed();
    progress.stop();
    screen.print(presenter.ending(report));
    return { report, removed };
  } catch (error) {
    await probers.remove();
    throw error;
  }
}

export function proberSettings({ host, connection, target, options, signal }: Run) {
  const { image, imagePullSecret, tolerations, labels } = options;
  return {
    cluster: connection.cluster,
    namespace: target.namespace,
    forSeconds: target.forSeconds,
    runId: host.runId,
    hasEnded: host.hasEnded,
    signal,
    ...(options.yes && { existing: () => podsAtHand(connection.cluster.within(signal), target) }),
    ...(image !== undefined && { image }),
    ...(imagePullSecret !== undefined && { imagePullSecret }),
    ...(tolerations && { tolerations }),
    ...(labels && { labels }),
  };
}

/** A program that reads the report learns what is left; a person reads on meanwhile, and is told at the end. */
export const withLeftovers = async ({ options }: Run, report: Report, removed: Promise<Leftover[]>): Promise<Report> =>
  options.output === 'text' ? report : { ...report, leftovers: await removed };

/** Prints texts in the order in which they were added, although some are still to come. */
function lineByLine(print: (text: string) => void) {
  let last: Promise<void> = Promise.resolve();
  return {
    add: (text: string | Promise<string>) => {
      last = last.then(async () => print(await text));
    },
    printed: () => last,
  };
}

const leftoversText = (pods: readonly string[]) => (pods.length > 0 ? text.left(pods) : undefined);

export const reportOf = (
  { connection }: Run,
  head: Head,
  { diagnosis, durationMs }: Walked,
  probers: Probers | undefined,
  startedAt: number,
): Report => ({
  ...head,
  diagnosis,
  durationMs,
  from: probers?.asked() ?? [],
  startedAt: isoTime(startedAt),
  requests: connection.cluster.requests.length,
  acts: actsOf(connection.cluster.requests),
  leftovers: [],
  version: manifest.version,
});
