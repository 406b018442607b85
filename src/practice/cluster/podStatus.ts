import type { Condition, Pod } from '../objects.ts';
import type { ContainerRun } from './containerRun.ts';

/** What the kubelet knows of a pod. */
export interface PodState {
  init: readonly ContainerRun[];
  containers: readonly ContainerRun[];
  ephemeral: readonly ContainerRun[];
  /** All init containers have done their part. */
  initialized: boolean;
  /** Exit codes of the containers that are not to run again. */
  codes: ReadonlyMap<ContainerRun, number>;
  /** It was there for longer than it may. */
  expired: boolean;
}

/** Writes the status of a pod: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/ */
export function reportPod(pod: Pod, state: PodState, time: string): void {
  const { status } = pod;
  const { init, containers, ephemeral } = state;
  const statuses = (runs: readonly ContainerRun[]) => runs.map((run) => structuredClone(run.status));
  status.phase = phaseOf(state);
  if (init.length > 0) status.initContainerStatuses = statuses(init);
  status.containerStatuses = statuses(containers);
  if (ephemeral.length > 0) status.ephemeralContainerStatuses = statuses(ephemeral);
  if (state.expired) {
    status.reason = 'DeadlineExceeded';
    status.message = 'Pod was active on the node longer than the specified deadline';
  }
  for (const next of conditionsOf(pod, state)) set(pod, next, time);
}

function phaseOf({ init, containers, initialized, codes, expired }: PodState): string {
  const ends = containers.map((run) => codes.get(run));
  if (expired || [...codes].some(([run, code]) => init.includes(run) && code !== 0)) return 'Failed';
  if (ends.every((code) => code !== undefined)) return ends.some((code) => code !== 0) ? 'Failed' : 'Succeeded';
  const hasRun = containers.some(
    ({ status }) => status.state.running || status.state.terminated || status.lastState.terminated,
  );
  return initialized && hasRun ? 'Running' : 'Pending';
}

const names = (runs: readonly ContainerRun[], wanted: (run: ContainerRun) => boolean): string =>
  `[${runs
    .filter(wanted)
    .map(({ spec }) => spec.name)
    .join(' ')}]`;

function conditionsOf(pod: Pod, { init, containers, initialized }: PodState): Condition[] {
  const staying = [...init.filter(({ kind }) => kind === 'sidecar'), ...containers];
  const isReady = initialized && staying.every(({ status }) => status.ready);
  const unready = `containers with unready status: ${names(staying, ({ status }) => !status.ready)}`;
  const isDone = ({ kind, status }: ContainerRun) =>
    kind === 'sidecar' ? status.started : status.state.terminated?.exitCode === 0;
  const waiting = `containers with incomplete status: ${names(init, (run) => !isDone(run))}`;
  const reason = pod.status.phase === 'Succeeded' ? 'PodCompleted' : 'ContainersNotReady';
  const containersReady = condition('ContainersReady', isReady, reason, unready);
  const gate = closedGate(pod);
  const missing = `corresponding condition of pod readiness gate "${gate}" does not exist.`;
  const ready =
    isReady && gate
      ? condition('Ready', false, 'ReadinessGatesNotReady', missing)
      : { ...containersReady, type: 'Ready' };
  return [
    condition('PodReadyToStartContainers', true),
    condition('Initialized', initialized, 'ContainersNotInitialized', waiting),
    ready,
    containersReady,
    condition('PodScheduled', true),
  ];
}

const closedGate = ({ spec, status }: Pod): string | undefined =>
  spec.readinessGates?.find(
    ({ conditionType }) => !status.conditions?.some((one) => one.type === conditionType && one.status === 'True'),
  )?.conditionType;

const condition = (type: string, holds: boolean, reason = '', message = ''): Condition => ({
  type,
  status: holds ? 'True' : 'False',
  ...(!holds && { reason, message }),
});

/** A condition keeps the time of its last change. */
function set({ status }: Pod, next: Condition, time: string): void {
  status.conditions ??= [];
  const at = status.conditions.findIndex(({ type }) => type === next.type);
  const before = status.conditions[at];
  const changed = before?.status === next.status ? (before.lastTransitionTime ?? time) : time;
  status.conditions[at < 0 ? status.conditions.length : at] = { ...next, lastTransitionTime: changed };
}
