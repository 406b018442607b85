import { remembering } from '../cluster/remembering.ts';
import { podsIn } from '../facts/api.ts';
import { theService } from '../facts/pods.ts';
import type { Cluster } from '../model/cluster.ts';
import { type Fact, valueOr } from '../model/fact.ts';
import type { Page, Pod, Service } from '../model/kubernetes.ts';
import { wizard as text } from '../text/en/wizard.ts';
import { type ClientPod, clientPods } from './clientPods.ts';
import { conclude } from './conclude.ts';
import { EXIT } from './exit.ts';
import { headOf } from './head.ts';
import { nodeConsent } from './nodeOutputs.ts';
import { whereFrom } from './question.ts';
import type { Run } from './run.ts';
import { reportOf, type Told, tellWalk, type WalkPlan } from './tellWalk.ts';
import { factsOf, NOTHING, type Walked, type WalkSettings, walkOnce } from './walkOnce.ts';

/** Facts that were read longer ago than this are read again: the answer to the question may take its time. */
const FRESH_MS = 30_000;

/** The API verdict first, then the one question, then the walk from where the answer says. */
export async function wizard(run: Run, cluster: Cluster): Promise<number> {
  const { host, screen, presenter, options } = run;
  const remembered = remembering(cluster);
  const startedAt = host.now();
  screen.busy(text.progress.reading);
  const { walked, service, clients } = await readApi(run, remembered, startedAt);
  const report = reportOf(run, await headOf(walked.facts, cluster.context), walked, undefined, startedAt);
  screen.idle();
  screen.print(presenter.head(report));
  const asIs = (): Told => tellAsIs(run, report);
  const apiOnly: WalkPlan = { cluster, consent: NOTHING, places: [], withHead: false };
  if (run.signal.aborted || service === undefined) return conclude(run, apiOnly, asIs());

  screen.print(presenter.apiVerdict(report));
  const places = await whereFrom(run, report.diagnosis, clients);
  if (places === undefined) {
    asIs();
    return EXIT[report.diagnosis.verdict];
  }
  if (places.length === 0) return conclude(run, apiOnly, asIs());
  const plan = {
    cluster: host.now() - startedAt < FRESH_MS ? remembered : cluster,
    consent: { probe: true, ...nodeConsent(options) },
    places,
    withHead: false,
  };
  return conclude(run, { ...plan, cluster }, await tellWalk(run, plan));
}

interface ApiRead {
  walked: Walked;
  /** Undefined: there is none, or it could not be read; then there is nothing to ask from inside. */
  service: Service | undefined;
  clients: readonly ClientPod[];
}

/** The walk by the API alone, and beside it the pods that may be clients. */
async function readApi({ target, signal, options }: Run, cluster: Cluster, now: number): Promise<ApiRead> {
  const settings: WalkSettings = { cluster, target, consent: NOTHING, now, signal };
  const facts = factsOf(settings);
  const mayBeClients: Promise<Fact<Page<Pod>> | undefined> =
    options.from.length === 0 ? facts.ask(podsIn(target.namespace)) : Promise.resolve(undefined);
  const [walked, service, pods] = await Promise.all([walkOnce(settings, facts), theService(facts), mayBeClients]);
  const found = valueOr(service, undefined);
  const items = pods?.known && found ? pods.value.items : [];
  return { walked, service: found, clients: clientPods(items, found ?? null, target) };
}

/** What the API alone told, line by line. */
function tellAsIs({ screen, presenter }: Run, report: Told['report']): Told {
  for (const entry of report.diagnosis.trail) screen.print(presenter.step(entry));
  screen.print(presenter.ending(report));
  return { report, removed: Promise.resolve([]) };
}
