import { secondsSince } from './age.ts';
import { containerProblem } from './containerProblem.ts';
import type { ContainerState, Termination } from './containerState.ts';
import { newestEvent } from './events.ts';
import type { HealthProbe } from './healthProbe.ts';
import type { Event, Node, Pod } from './kubernetes.ts';
import { isReady } from './ready.ts';

/** Why a pod does not serve. The kinds are those of the findings about pods. */
export type PodProblem =
  /** No node takes it. `decisive`: the scheduler's message without counts and preemption. */
  | { kind: 'unschedulable'; message: string; decisive: string; gated: boolean; sinceSeconds?: number }
  | { kind: 'image-pull'; container: string; image: string; reason: string; message: string }
  /** The container cannot be made or started: missing Secret or ConfigMap, a command that is not there, a volume. */
  | { kind: 'config-error'; container?: string; reason: string; message: string }
  | { kind: 'crash-loop'; container: string; restarts: number; last?: Termination }
  /** An init container that runs on (it often waits for another Service), or fails. `number` of `total`, from 1. */
  | InitBlocked
  /** The CNI plugin, or the container runtime, cannot give it a network. */
  | { kind: 'sandbox-failed'; message: string }
  /** It was thrown out of its node. */
  | { kind: 'evicted'; reason: string; message: string }
  /** It ran to its end: not a server. */
  | { kind: 'finished'; phase: string; reason: string; message: string; last?: Termination }
  /** `exists: false`: nobody runs the pod, and nobody will. */
  | { kind: 'node-down'; node: string; exists: boolean; reason: string; message: string }
  /** It shuts down. `overdueSeconds`: past its grace period, as on a dead node or held by finalizers. */
  | { kind: 'terminating'; sinceSeconds: number; overdueSeconds?: number; finalizers: readonly string[] }
  /** Everything runs, and conditions that others must set are not True. */
  | { kind: 'readiness-gate'; gates: readonly string[] }
  /** The readiness probe fails; `message` are the kubelet's words. Without `container`: Ready is False and no container says why. */
  | { kind: 'not-ready'; container?: string; sidecarOnly: boolean; probe?: HealthProbe; message: string }
  /** It is on its way: containers being made, or a startup probe that has not succeeded yet. */
  | {
      kind: 'starting';
      container?: string;
      reason: string;
      probe?: HealthProbe;
      message: string;
      sinceSeconds?: number;
    };

interface InitBlocked {
  kind: 'init-blocked';
  container: string;
  state: 'running' | 'crashing';
  number: number;
  total: number;
  sinceSeconds?: number;
  restarts: number;
  last?: Termination;
}

interface Surroundings {
  events?: readonly Event[];
  /** `null`: the node that the pod is bound to does not exist. */
  node?: Node | null;
}

type Rule = (
  pod: Pod,
  containers: readonly ContainerState[],
  now: number,
  around: Surroundings,
) => PodProblem | undefined;

/** The deciding problem of a pod; undefined when it serves. */
export function problemOf(
  pod: Pod,
  containers: readonly ContainerState[],
  now: number,
  around: Surroundings,
): PodProblem | undefined {
  for (const rule of isReady(pod) ? LEAVING : [...LEAVING, ...NOT_READY]) {
    const problem = rule(pod, containers, now, around);
    if (problem) return problem;
  }
  return undefined;
}

/** Reasons of a Failed pod that something other than its own containers brought about. */
const EVICTED = ['Evicted', 'Preempting', 'NodeShutdown', 'Terminated', 'NodeAffinity', 'UnexpectedAdmissionError'];

/** Whether a pod ended because its node threw it out, or would not take it. */
export const wasEvicted = ({ status }: Pod): boolean => {
  const { phase = '', reason = '' } = status ?? {};
  return phase === 'Failed' && (EVICTED.includes(reason) || reason.startsWith('OutOf'));
};

const finished: Rule = (pod, containers) => {
  const { phase = '', reason = '', message = '' } = pod.status ?? {};
  if (phase !== 'Failed' && phase !== 'Succeeded') return undefined;
  if (wasEvicted(pod)) return { kind: 'evicted', reason, message };
  const last = containers.find(({ kind, lastTermination }) => kind === 'app' && lastTermination)?.lastTermination;
  return { kind: 'finished', phase, reason, message, ...(last && { last }) };
};

const nodeDown: Rule = ({ spec, status }, _containers, _now, { node }) => {
  const name = spec?.nodeName ?? '';
  if (node === null) return { kind: 'node-down', node: name, exists: false, reason: 'NotFound', message: '' };
  const condition = node?.status?.conditions?.find(({ type }) => type === 'Ready');
  const lost = status?.reason === 'NodeLost' || status?.phase === 'Unknown';
  if (!lost && (!condition || condition.status === 'True')) return undefined;
  const { reason = status?.reason ?? '', message = status?.message ?? '' } =
    condition?.status === 'True' ? {} : (condition ?? {});
  return { kind: 'node-down', node: name, exists: true, reason, message };
};

const terminating: Rule = ({ metadata }, _containers, now) => {
  const overdue = secondsSince(metadata?.deletionTimestamp, now);
  if (overdue === undefined) return undefined;
  const sinceSeconds = overdue + (metadata?.deletionGracePeriodSeconds ?? 0);
  const finalizers = metadata?.finalizers ?? [];
  return { kind: 'terminating', sinceSeconds, ...(overdue > 0 && { overdueSeconds: overdue }), finalizers };
};

const unschedulable: Rule = ({ metadata, spec, status }, _containers, now) => {
  if (spec?.nodeName) return undefined;
  const condition = status?.conditions?.find(({ type }) => type === 'PodScheduled');
  const message = condition?.message ?? '';
  const since = secondsSince(condition?.lastTransitionTime ?? metadata?.creationTimestamp, now);
  return {
    kind: 'unschedulable',
    message,
    decisive: message
      .replace(/^\d+\/\d+ nodes are available: /, '')
      .replace(/\.? (?:no new claims to deallocate, )?preemption: .*$/s, ''),
    gated: condition?.reason === 'SchedulingGated',
    ...(since !== undefined && { sinceSeconds: since }),
  };
};

const inContainers: Rule = (pod, containers, now, { events = [] }) =>
  containerProblem(containers) ?? beforeContainers(pod, containers, now, events);

/** Scheduled, and no container has come up: only events tell why. */
const beforeContainers = (
  pod: Pod,
  containers: readonly ContainerState[],
  now: number,
  events: readonly Event[],
): PodProblem | undefined => {
  const waiting = containers.find(({ state, reason }) => state === 'unknown' || reason === 'ContainerCreating');
  if (!waiting) return undefined;
  const event = newestEvent(events, ['FailedCreatePodSandBox', 'NetworkNotReady', 'FailedMount', 'FailedAttachVolume']);
  const { reason = '', message = '' } = event ?? {};
  if (reason.startsWith('FailedMount') || reason.startsWith('FailedAttach'))
    return { kind: 'config-error', reason, message };
  if (event) return { kind: 'sandbox-failed', message };
  const scheduled = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  const since = secondsSince(scheduled?.lastTransitionTime, now);
  return {
    kind: 'starting',
    container: waiting.name,
    reason: waiting.reason ?? 'ContainerCreating',
    message: waiting.message ?? '',
    ...(since !== undefined && { sinceSeconds: since }),
  };
};

const notReady: Rule = (_pod, containers, _now, { events = [] }) => {
  const serving = containers.filter(({ kind, state }) => kind !== 'init' && state === 'running');
  const late = serving.find(({ started, startupProbe }) => !started && startupProbe);
  if (late) return startingUp(late, events);
  const culprit = serving.find(({ ready }) => !ready);
  if (!culprit) return undefined;
  const apps = serving.filter(({ kind }) => kind === 'app');
  return {
    kind: 'not-ready',
    container: culprit.name,
    sidecarOnly: apps.some(({ ready }) => ready),
    ...(culprit.readinessProbe && { probe: culprit.readinessProbe }),
    message: newestEvent(events, ['Unhealthy'], 'Readiness probe')?.message ?? '',
  };
};

const startingUp = ({ name, startupProbe, runningSeconds }: ContainerState, events: readonly Event[]): PodProblem => ({
  kind: 'starting',
  container: name,
  reason: 'StartupProbe',
  ...(startupProbe && { probe: startupProbe }),
  message: newestEvent(events, ['Unhealthy'], 'Startup probe')?.message ?? '',
  ...(runningSeconds !== undefined && { sinceSeconds: runningSeconds }),
});

const readinessGate: Rule = ({ spec, status }) => {
  const isTrue = (type: string) => status?.conditions?.some((c) => c.type === type && c.status === 'True');
  const gates = (spec?.readinessGates ?? []).map(({ conditionType }) => conditionType).filter((type) => !isTrue(type));
  return gates.length > 0 ? { kind: 'readiness-gate', gates } : undefined;
};

const somehow: Rule = ({ status }) => {
  const condition = status?.conditions?.find(({ type }) => type === 'Ready');
  return { kind: 'not-ready', sidecarOnly: false, message: condition?.message ?? '' };
};

/** In order of decision: the first that applies is the problem. */
const LEAVING: readonly Rule[] = [finished, nodeDown, terminating];
const NOT_READY: readonly Rule[] = [unschedulable, inContainers, notReady, readinessGate, somehow];
