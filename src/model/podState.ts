import { secondsSince } from './age.ts';
import { type ContainerState, containerStates } from './containerState.ts';
import type { Event, Node, Pod } from './kubernetes.ts';
import { type PodProblem, problemOf } from './podProblem.ts';

/** A pod as far as serving goes. Ages in seconds. */
export interface PodState {
  namespace: string;
  name: string;
  node?: string;
  phase: string;
  /** The Ready condition: what puts the pod among the endpoints. */
  ready: boolean;
  ageSeconds?: number;
  /** Since Ready last changed. */
  readyChangedSeconds?: number;
  /** Of all its containers. */
  restarts: number;
  /** Since the last end of a container. */
  lastRestartSeconds?: number;
  containers: readonly ContainerState[];
  /**
   * A container ends and is restarted again and again. Without a readiness probe such a pod is Ready while it is
   * momentarily up, and `problem` is absent then: hold it against what the pod answers.
   */
  crashLooping: boolean;
  /** What keeps it from serving, the deciding one. A pod that is Ready has none, unless it or its node is going away. */
  problem?: PodProblem;
}

/** What is known beside the pod; each may be missing. */
export interface PodSurroundings {
  /** Events about this pod. */
  events?: readonly Event[];
  /** The node it runs on. */
  node?: Node | null;
}

/** Why a pod serves or not. `now`: milliseconds since 1970. */
export function podState(pod: Pod, now: number, surroundings: PodSurroundings = {}): PodState {
  const { metadata, spec, status } = pod;
  const containers = containerStates(pod, now);
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const problem = problemOf(pod, containers, now, surroundings);
  const ends = containers.filter(({ restarts }) => restarts > 0).flatMap((c) => c.lastTermination?.agoSeconds ?? []);
  return {
    namespace: metadata?.namespace ?? 'default',
    name: metadata?.name ?? '',
    ...(spec?.nodeName && { node: spec.nodeName }),
    phase: status?.phase ?? 'Unknown',
    ready: ready?.status === 'True',
    ...withAge('ageSeconds', secondsSince(metadata?.creationTimestamp, now)),
    ...withAge('readyChangedSeconds', secondsSince(ready?.lastTransitionTime, now)),
    restarts: containers.reduce((sum, { restarts }) => sum + restarts, 0),
    ...withAge('lastRestartSeconds', ends.length > 0 ? Math.min(...ends) : undefined),
    containers,
    crashLooping: containers.some((container) => container.crashLooping),
    ...(problem && { problem }),
  };
}

const withAge = <K extends string>(key: K, seconds: number | undefined) =>
  (seconds === undefined ? {} : { [key]: seconds }) as { [P in K]?: number };
