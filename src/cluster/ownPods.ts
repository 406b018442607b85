import { type Fact, type Obstacle, unknown } from '../model/fact.ts';
import type { Leftover } from '../model/leftover.ts';
import type { Vantage } from '../model/probe.ts';
import { PROBE_LIFE_SECONDS } from './probeManifest.ts';
import { type ProbePod, type ProbePodOptions, startProbePod } from './probePod.ts';
import type { ProberSettings } from './probers.ts';
import { unlessOver } from './waiting.ts';

export type Start = (
  where: Partial<Pick<ProbePodOptions, 'namespace' | 'node' | 'dns' | 'manifest' | 'lifeSeconds'>>,
) => Promise<Fact<Vantage>>;

const REMOVE_WITHIN_MS = 5000;
const GIVEN_UP: Obstacle = { kind: 'no-probe', reason: 'not-running', message: 'you went on without the probe pod' };

/** Starts pods, and sees to it that they go. */
export function ownPods({ cluster, signal, progress, forSeconds, ...settings }: ProberSettings) {
  /** With the seconds that each may live. */
  const pods = new Map<ProbePod, number>();
  const noMore = new AbortController();
  const start: Start = async (where) => {
    if (noMore.signal.aborted || signal.aborted) return unknown({ kind: 'cancelled' });
    const options = { lifeSeconds: PROBE_LIFE_SECONDS + Math.ceil(forSeconds), ...where };
    const pod = startProbePod(cluster, { ...settings, ...options, signal: noMore.signal, progress });
    pods.set(pod, options.lifeSeconds);
    const vantage = await unlessOver(pod.running, noMore.signal, GIVEN_UP);
    progress(undefined);
    return vantage;
  };
  const removeOne = async ([pod, lifeSeconds]: [ProbePod, number]): Promise<Leftover[]> => {
    const obstacle = await whyStill(pod);
    if (obstacle) return [{ pod: nameOf(pod), lifeSeconds, obstacle }];
    pods.delete(pod);
    return [];
  };
  let removal: Promise<Leftover[]> | undefined;
  return {
    start,
    giveUp: () => noMore.abort(),
    leftovers: () => [...pods.keys()].map(nameOf),
    remove: () => {
      noMore.abort();
      removal ??= Promise.all([...pods].map(removeOne)).then((left) => left.flat());
      return removal;
    },
  };
}

const nameOf = ({ namespace, name }: ProbePod): string => `${namespace}/${name}`;

/** Removes it. What is given stood in the way. */
function whyStill(pod: ProbePod): Promise<Obstacle | undefined> {
  return new Promise((resolve) => {
    const late: Obstacle = { kind: 'timeout', what: 'its removal', afterMs: REMOVE_WITHIN_MS };
    const timer = setTimeout(() => resolve(late), REMOVE_WITHIN_MS);
    pod.stop().then((removed) => {
      clearTimeout(timer);
      resolve(removed.known ? undefined : removed.obstacle);
    });
  });
}
