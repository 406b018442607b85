import { secondsSince } from './age.ts';
import { type HealthProbe, healthProbe } from './healthProbe.ts';
import type { Container, ContainerStatus, Pod } from './kubernetes.ts';

export interface Termination {
  exitCode: number;
  /** `SIGKILL` for exit code 137, where the number means a signal. */
  signal?: string;
  /** Kubernetes' word: Error, Completed, OOMKilled, ContainerCannotRun, StartError. */
  reason: string;
  message: string;
  outOfMemory: boolean;
  /** How long it had run, in seconds. */
  livedSeconds?: number;
  /** Seconds since its end. */
  agoSeconds?: number;
}

export interface ContainerState {
  name: string;
  image: string;
  kind: 'app' | 'init' | 'sidecar';
  state: 'waiting' | 'running' | 'terminated' | 'unknown';
  /** Of waiting, such as ImagePullBackOff; of terminated, such as Error. */
  reason?: string;
  message?: string;
  /** Seconds since it runs. */
  runningSeconds?: number;
  ready: boolean;
  /** False while a startup probe has not succeeded, or before it runs. */
  started: boolean;
  restarts: number;
  /** The present end, or else the one before this run. */
  lastTermination?: Termination;
  /** It ends and is restarted again and again, also while it is momentarily up or down between two back-offs. */
  crashLooping: boolean;
  readinessProbe?: HealthProbe;
  livenessProbe?: HealthProbe;
  startupProbe?: HealthProbe;
}

/** Every container of a pod that counts: init containers first, in order. `now`: milliseconds since 1970. */
export function containerStates(pod: Pod, now: number): ContainerState[] {
  const { spec, status } = pod;
  const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const read = (container: Container, kind: ContainerState['kind']) =>
    containerState(
      pod,
      container,
      kind,
      statuses.find(({ name }) => name === container.name),
      now,
    );
  return [
    ...(spec?.initContainers ?? []).map((c) => read(c, c.restartPolicy === 'Always' ? 'sidecar' : 'init')),
    ...(spec?.containers ?? []).map((c) => read(c, 'app')),
  ];
}

function containerState(
  pod: Pod,
  container: Container,
  kind: ContainerState['kind'],
  status: ContainerStatus | undefined,
  now: number,
): ContainerState {
  const runningSeconds = secondsSince(status?.state?.running?.startedAt, now);
  const lastTermination = terminationOf(status, now);
  return {
    name: container.name,
    image: container.image ?? '',
    kind,
    ...presentOf(status),
    ...(runningSeconds !== undefined && { runningSeconds }),
    ready: status?.ready ?? false,
    started: status?.started ?? false,
    restarts: status?.restartCount ?? 0,
    ...(lastTermination && { lastTermination }),
    crashLooping: isCrashLooping(pod, kind, status, lastTermination, runningSeconds),
    ...probesOf(container),
  };
}

function presentOf(status: ContainerStatus | undefined): Pick<ContainerState, 'state' | 'reason' | 'message'> {
  const { waiting, running, terminated } = status?.state ?? {};
  const detail = waiting ?? terminated;
  const state = waiting ? 'waiting' : terminated ? 'terminated' : running ? 'running' : 'unknown';
  return {
    state,
    ...(detail?.reason && { reason: detail.reason }),
    ...(detail?.message && { message: detail.message }),
  };
}

function probesOf(container: Container): Pick<ContainerState, 'readinessProbe' | 'livenessProbe' | 'startupProbe'> {
  const kinds = ['readinessProbe', 'livenessProbe', 'startupProbe'] as const;
  const found = kinds.map((kind) => [kind, healthProbe(container, container[kind])] as const);
  return Object.fromEntries(found.filter(([, probe]) => probe !== undefined));
}

function terminationOf(status: ContainerStatus | undefined, now: number): Termination | undefined {
  const ended = status?.state?.terminated ?? status?.lastState?.terminated;
  if (!ended) return undefined;
  const { exitCode, reason = '', message = '', startedAt, finishedAt } = ended;
  const signal = signalOf(ended.signal || exitCode - 128);
  const agoSeconds = secondsSince(finishedAt, now);
  const livedSeconds = finishedAt ? secondsSince(startedAt, Date.parse(finishedAt)) : undefined;
  return {
    exitCode,
    ...(signal && { signal }),
    reason,
    message,
    outOfMemory: reason === 'OOMKilled',
    ...(livedSeconds !== undefined && { livedSeconds }),
    ...(agoSeconds !== undefined && { agoSeconds }),
  };
}

/** https://man7.org/linux/man-pages/man7/signal.7.html, those that end processes in practice. */
const SIGNALS: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  15: 'SIGTERM',
};

/** A shell and the container runtime report the end by signal N as exit code 128 + N. */
const signalOf = (number: number): string | undefined => SIGNALS[number];

/** The kubelet forgets its back-off when a container has run this long: twice MaxContainerBackOff (5 minutes). */
const BACK_OFF_FORGOTTEN_SECONDS = 600;
/** A run shorter than this proves nothing. */
const SHORT_RUN_SECONDS = 10;

function isCrashLooping(
  pod: Pod,
  kind: ContainerState['kind'],
  status: ContainerStatus | undefined,
  last: Termination | undefined,
  runningSeconds: number | undefined,
): boolean {
  if (status?.state?.waiting?.reason === 'CrashLoopBackOff') return true;
  if (!status || !last || !isRestarted(pod, kind, last.exitCode)) return false;
  if (status.state?.terminated) return true;
  if (runningSeconds === undefined || status.restartCount === 0) return false;
  const lived = last.livedSeconds ?? 0;
  // Until it has outlived its last run it may end like that one.
  return lived < BACK_OFF_FORGOTTEN_SECONDS && runningSeconds <= Math.max(lived, SHORT_RUN_SECONDS);
}

/** Whether the kubelet starts a container again after it ended. */
function isRestarted({ metadata, spec, status }: Pod, kind: ContainerState['kind'], exitCode: number): boolean {
  if (metadata?.deletionTimestamp || status?.phase === 'Succeeded' || status?.phase === 'Failed') return false;
  if (kind === 'sidecar') return true;
  if (spec?.restartPolicy === 'Never') return false;
  return exitCode !== 0 || (kind === 'app' && spec?.restartPolicy !== 'OnFailure');
}
