import type { Cluster } from '../model/cluster.ts';
import { type Fact, known, type Obstacle } from '../model/fact.ts';
import type { Pod } from '../model/kubernetes.ts';
import { PROBE_LABELS, PROBE_LIFE_SECONDS, RUN_ANNOTATION } from './probeManifest.ts';

export interface Leftovers {
  /** Pods that were removed, as `NAMESPACE/NAME`. */
  removed: string[];
  /** Pods that could not be. */
  kept: { pod: string; obstacle: Obstacle }[];
  /** Pods that a run may still be using. */
  spared: string[];
}

const PODS = { group: '', version: 'v1', plural: 'pods' } as const;
const FINISHED = ['Succeeded', 'Failed'];
/** How far this machine's clock may be off the cluster's. */
const CLOCK_SKEW_SECONDS = 60;

/** Whether no run can be using it any more. */
function isOver({ metadata, spec, status }: Pod, now: number, hasEnded: (runId: string) => boolean): boolean {
  if (FINISHED.includes(status?.phase ?? '')) return true;
  const runId = metadata?.annotations?.[RUN_ANNOTATION];
  if (runId !== undefined && hasEnded(runId)) return true;
  const life = (spec?.activeDeadlineSeconds ?? PROBE_LIFE_SECONDS) + CLOCK_SKEW_SECONDS;
  return Date.parse(metadata?.creationTimestamp ?? '') + life * 1000 < now;
}

/**
 * Removes the probe pods that a killed run left: those that have finished, or are older than they may become. A pod of a
 * run that goes on beside this one stays.
 * @param namespace absent: all of them
 * @param now milliseconds since 1970
 * @param hasEnded whether the run of that id is known to be over, such as one of this machine whose process is gone
 */
export async function removeLeftovers(
  cluster: Cluster,
  namespace: string | undefined,
  now = Date.now(),
  hasEnded: (runId: string) => boolean = () => false,
): Promise<Fact<Leftovers>> {
  const labelSelector = Object.entries(PROBE_LABELS)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  const pods = await cluster.list<Pod>({ ...PODS, labelSelector, ...(namespace !== undefined && { namespace }) });
  if (!pods.known) return pods;
  const over = pods.value.items.filter((pod) => isOver(pod, now, hasEnded));
  const spared = pods.value.items.filter((pod) => !over.includes(pod)).map(nameOf);
  const results = await Promise.all(over.map((pod) => removeOne(cluster, pod)));
  return known({
    removed: results.flatMap(({ name, result }) => (result.known ? [name] : [])),
    kept: results.flatMap(({ name, result }) => (result.known ? [] : [{ pod: name, obstacle: result.obstacle }])),
    spared,
  });
}

const nameOf = ({ metadata }: Pod): string => `${metadata?.namespace}/${metadata?.name}`;

async function removeOne(cluster: Cluster, { metadata }: Pod): Promise<{ name: string; result: Fact<boolean> }> {
  const { namespace = '', name = '', uid } = metadata ?? {};
  const options = { gracePeriodSeconds: 0, ...(uid !== undefined && { uid }) };
  return { name: `${namespace}/${name}`, result: await cluster.delete({ ...PODS, namespace, name }, options) };
}
