import { describe, expect, test } from 'vitest';
import type { Container, ContainerStatus, Event, Node, Pod } from '../../src/model/kubernetes.ts';
import { type PodSurroundings, podState } from '../../src/model/podState.ts';

const NOW = Date.parse('2026-11-23T10:00:00Z');
/** A timestamp so many seconds ago. */
const ago = (seconds: number): string => new Date(NOW - seconds * 1000).toISOString().replace('.000', '');

type Spec = NonNullable<Pod['spec']>;
type Status = NonNullable<Pod['status']>;
type State = NonNullable<ContainerStatus['state']>;
type Ended = NonNullable<State['terminated']>;

const app = (more: Partial<Container> = {}): Container => ({ name: 'app', image: 'web:1', ...more });
const status = (state: State, more: Partial<ContainerStatus> = {}): ContainerStatus => ({
  name: 'app',
  image: 'web:1',
  imageID: '',
  ready: false,
  started: false,
  restartCount: 0,
  state,
  ...more,
});
const waiting = (reason: string, message?: string): State => ({ waiting: { reason, ...(message && { message }) } });
const running = (seconds: number): State => ({ running: { startedAt: ago(seconds) } });
const ended = (exitCode: number, more: Partial<Ended> = {}): State => ({
  terminated: {
    exitCode,
    reason: exitCode === 0 ? 'Completed' : 'Error',
    startedAt: ago(15),
    finishedAt: ago(10),
    ...more,
  },
});
const condition = (type: string, value: string, more: { reason?: string; message?: string } = {}) => ({
  type,
  status: value,
  lastTransitionTime: ago(30),
  ...more,
});
const scheduled = condition('PodScheduled', 'True');

interface Built {
  spec?: Partial<Spec>;
  status?: Partial<Status>;
  metadata?: Pod['metadata'];
}

const pod = (one: ContainerStatus | undefined, more: Built = {}): Pod => ({
  metadata: { name: 'web-1', namespace: 'shop', creationTimestamp: ago(3600), ...more.metadata },
  spec: { nodeName: 'n1', restartPolicy: 'Always', containers: [app()], ...more.spec },
  status: {
    phase: 'Running',
    conditions: [scheduled, condition('Ready', 'False')],
    ...(one && { containerStatuses: [one] }),
    ...more.status,
  },
});

const problem = (one: Pod, around: PodSurroundings = {}) => podState(one, NOW, around).problem;
const event = (reason: string, message: string, seconds = 5): Event =>
  ({ reason, message, lastTimestamp: ago(seconds), involvedObject: {}, metadata: {} }) as Event;

test('a pod that serves has no problem', () => {
  const up = status(running(60), { ready: true, started: true });
  const state = podState(pod(up, { status: { conditions: [condition('Ready', 'True')] } }), NOW);
  expect(state).toMatchObject({
    namespace: 'shop',
    name: 'web-1',
    node: 'n1',
    phase: 'Running',
    ready: true,
    ageSeconds: 3600,
    readyChangedSeconds: 30,
    restarts: 0,
  });
  expect(state.containers).toMatchObject([
    { name: 'app', kind: 'app', state: 'running', runningSeconds: 60, ready: true, crashLooping: false },
  ]);
  expect(state.problem).toBeUndefined();
});

describe('problems', () => {
  const unscheduled = (reason: string, message: string): Pod =>
    pod(undefined, {
      spec: { nodeName: undefined as never },
      status: { phase: 'Pending', conditions: [condition('PodScheduled', 'False', { reason, message })] },
    });

  test('unschedulable: the deciding part of the message', () => {
    const message =
      '0/3 nodes are available: 1 node(s) had untolerated taint {a: b}, 2 Insufficient cpu. no new claims to deallocate, preemption: 0/3 nodes are available: 3 No preemption victims found.';
    expect(problem(unscheduled('Unschedulable', message))).toEqual({
      kind: 'unschedulable',
      message,
      decisive: '1 node(s) had untolerated taint {a: b}, 2 Insufficient cpu',
      gated: false,
      sinceSeconds: 30,
    });
  });

  test('scheduling gates', () => {
    expect(problem(unscheduled('SchedulingGated', 'Scheduling is blocked'))).toMatchObject({
      kind: 'unschedulable',
      gated: true,
    });
  });

  test.each(['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName'])('image: %s', (reason) => {
    expect(problem(pod(status(waiting(reason, 'no such image'))))).toEqual({
      kind: 'image-pull',
      container: 'app',
      image: 'web:1',
      reason,
      message: 'no such image',
    });
  });

  test.each(['CreateContainerConfigError', 'RunContainerError'])('config: %s', (reason) => {
    expect(problem(pod(status(waiting(reason, 'secret "s" not found'))))).toEqual({
      kind: 'config-error',
      container: 'app',
      reason,
      message: 'secret "s" not found',
    });
  });

  test('a command that is not there is no crash, also between two attempts', () => {
    const last = ended(128, { reason: 'StartError', message: 'exec: "x": not found' });
    expect(problem(pod(status(waiting('CrashLoopBackOff'), { restartCount: 3, lastState: last })))).toMatchObject({
      kind: 'config-error',
      reason: 'StartError',
      message: 'exec: "x": not found',
    });
  });

  test('evicted, and finished by itself', () => {
    expect(
      problem(pod(undefined, { status: { phase: 'Failed', reason: 'Evicted', message: 'low on memory' } })),
    ).toEqual({ kind: 'evicted', reason: 'Evicted', message: 'low on memory' });
    expect(problem(pod(undefined, { status: { phase: 'Failed', reason: 'OutOfcpu' } }))).toMatchObject({
      kind: 'evicted',
    });
    expect(problem(pod(status(ended(0)), { status: { phase: 'Succeeded' } }))).toMatchObject({
      kind: 'finished',
      phase: 'Succeeded',
      last: { exitCode: 0 },
    });
  });

  test('terminating, also while it is Ready', () => {
    const metadata = { deletionTimestamp: ago(-20), deletionGracePeriodSeconds: 30 };
    const serving = { conditions: [condition('Ready', 'True')] };
    expect(problem(pod(status(running(60), { ready: true }), { metadata, status: serving }))).toEqual({
      kind: 'terminating',
      sinceSeconds: 10,
      finalizers: [],
    });
  });

  test('terminating, overdue and held', () => {
    const metadata = { deletionTimestamp: ago(100), deletionGracePeriodSeconds: 30, finalizers: ['a/b'] };
    expect(problem(pod(status(running(60)), { metadata }))).toEqual({
      kind: 'terminating',
      sinceSeconds: 130,
      overdueSeconds: 100,
      finalizers: ['a/b'],
    });
  });

  const node = (ready: string): Node => ({
    status: {
      conditions: [
        { type: 'Ready', status: ready, reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' },
      ],
    },
  });

  test('node down, though the pod is still Ready', () => {
    const up = pod(status(running(60), { ready: true }), { status: { conditions: [condition('Ready', 'True')] } });
    expect(problem(up, { node: node('Unknown') })).toEqual({
      kind: 'node-down',
      node: 'n1',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
    });
    expect(problem(up, { node: node('True') })).toBeUndefined();
    expect(problem(pod(undefined, { status: { phase: 'Running', reason: 'NodeLost' } }))).toMatchObject({
      kind: 'node-down',
      reason: 'NodeLost',
    });
  });

  const creating = pod(status(waiting('ContainerCreating')), { status: { phase: 'Pending' } });

  test('containers are being made', () => {
    expect(problem(creating)).toEqual({
      kind: 'starting',
      container: 'app',
      reason: 'ContainerCreating',
      message: '',
      sinceSeconds: 30,
    });
  });

  test('the newest event says why they are not', () => {
    const events = [
      event('FailedMount', 'MountVolume.SetUp failed', 50),
      event('FailedCreatePodSandBox', 'plugin type="bridge" failed', 5),
    ];
    expect(problem(creating, { events })).toEqual({ kind: 'sandbox-failed', message: 'plugin type="bridge" failed' });
    expect(problem(creating, { events: events.slice(0, 1) })).toEqual({
      kind: 'config-error',
      reason: 'FailedMount',
      message: 'MountVolume.SetUp failed',
    });
  });

  test('a startup probe that has not succeeded', () => {
    const slow = pod(status(running(20)), {
      spec: { containers: [app({ startupProbe: { httpGet: { port: 8080 } } })] },
    });
    expect(problem(slow, { events: [event('Unhealthy', 'Startup probe failed: refused')] })).toMatchObject({
      kind: 'starting',
      reason: 'StartupProbe',
      probe: { type: 'http', port: 8080, path: '/' },
      message: 'Startup probe failed: refused',
      sinceSeconds: 20,
    });
  });

  test('a readiness probe that fails: probe, and the newest words of the kubelet', () => {
    const readinessProbe = { httpGet: { port: 'http', path: '/ready' }, periodSeconds: 5 };
    const one = pod(status(running(60), { started: true }), {
      spec: { containers: [app({ readinessProbe, ports: [{ name: 'http', containerPort: 8080 }] })] },
    });
    const events = [
      event('Unhealthy', 'Readiness probe failed: 503', 5),
      event('Unhealthy', 'Readiness probe failed: refused', 500),
      event('Unhealthy', 'Liveness probe failed', 1),
    ];
    expect(problem(one, { events })).toEqual({
      kind: 'not-ready',
      container: 'app',
      sidecarOnly: false,
      probe: {
        type: 'http',
        port: 8080,
        portName: 'http',
        path: '/ready',
        scheme: 'http',
        initialDelaySeconds: 0,
        periodSeconds: 5,
        timeoutSeconds: 1,
        failureThreshold: 3,
      },
      message: 'Readiness probe failed: 503',
    });
  });

  test('only the sidecar is not ready', () => {
    const one = pod(undefined, {
      spec: { containers: [app(), app({ name: 'proxy', readinessProbe: { tcpSocket: { port: 15021 } } })] },
      status: {
        containerStatuses: [
          status(running(60), { ready: true, started: true }),
          status(running(60), { name: 'proxy', started: true }),
        ],
      },
    });
    expect(problem(one)).toMatchObject({
      kind: 'not-ready',
      container: 'proxy',
      sidecarOnly: true,
      probe: { type: 'tcp', port: 15021 },
    });
  });

  test('a readiness gate', () => {
    const one = pod(status(running(60), { ready: true, started: true }), {
      spec: { readinessGates: [{ conditionType: 'lb/a' }, { conditionType: 'lb/b' }] },
      status: { conditions: [condition('Ready', 'False'), condition('lb/a', 'True')] },
    });
    expect(problem(one)).toEqual({ kind: 'readiness-gate', gates: ['lb/b'] });
  });

  test('not Ready, and nothing says why', () => {
    const one = pod(status(running(60), { ready: true, started: true }), {
      status: { conditions: [condition('Ready', 'False', { message: 'odd' })] },
    });
    expect(problem(one)).toEqual({ kind: 'not-ready', sidecarOnly: false, message: 'odd' });
  });
});

describe('init containers', () => {
  const withInit = (state: State, more: Partial<ContainerStatus> = {}, restartPolicy = 'Always'): Pod =>
    pod(status(waiting('PodInitializing')), {
      spec: { restartPolicy, initContainers: [app({ name: 'first' }), app({ name: 'wait' })] },
      status: {
        phase: 'Pending',
        initContainerStatuses: [status(ended(0), { name: 'first' }), status(state, { name: 'wait', ...more })],
      },
    });

  test('one that runs on', () => {
    expect(problem(withInit(running(300)))).toEqual({
      kind: 'init-blocked',
      container: 'wait',
      state: 'running',
      number: 2,
      total: 2,
      sinceSeconds: 300,
      restarts: 0,
    });
  });

  test('one that fails, whether it is waiting for its next try or has just ended', () => {
    const failed = { restartCount: 2, lastState: ended(1) };
    expect(problem(withInit(waiting('CrashLoopBackOff'), failed))).toMatchObject({
      kind: 'init-blocked',
      state: 'crashing',
      restarts: 2,
      last: { exitCode: 1 },
    });
    expect(problem(withInit(ended(1)))).toMatchObject({ kind: 'init-blocked', state: 'crashing' });
  });

  test('its image is missing', () => {
    expect(problem(withInit(waiting('ImagePullBackOff')))).toMatchObject({ kind: 'image-pull', container: 'wait' });
  });

  test('an init container that has succeeded blocks nothing', () => {
    expect(problem(withInit(ended(0)))).toMatchObject({ kind: 'not-ready' });
  });
});

describe('crash-looping', () => {
  const crashing = (state: State, last?: State, restartCount = 3, more: Built = {}) =>
    podState(pod(status(state, { restartCount, ...(last && { lastState: last }) }), more), NOW);
  const lived = (seconds: number, endedAgo: number) =>
    ended(1, { startedAt: ago(seconds + endedAgo), finishedAt: ago(endedAgo) });

  test.each<[string, ReturnType<typeof crashing>, boolean]>([
    ['waiting for its next try', crashing(waiting('CrashLoopBackOff'), ended(1)), true],
    ['momentarily terminated', crashing(ended(1), ended(1)), true],
    ['terminated for the first time', crashing(ended(1), undefined, 0), true],
    ['a server that ends well ends all the same', crashing(ended(0)), true],
    ['momentarily up, not longer than last time', crashing(running(20), lived(30, 21)), true],
    ['just up, after a short run', crashing(running(5), lived(1, 6)), true],
    ['up for longer than last time', crashing(running(60), lived(30, 61)), false],
    ['last time it had run for long', crashing(running(20), lived(4000, 21)), false],
    ['never restarted', crashing(running(5), undefined, 0), false],
    ['restartPolicy Never', crashing(ended(1), undefined, 0, { spec: { restartPolicy: 'Never' } }), false],
    ['OnFailure, and it succeeded', crashing(ended(0), undefined, 0, { spec: { restartPolicy: 'OnFailure' } }), false],
    ['shutting down', crashing(ended(143), undefined, 0, { metadata: { deletionTimestamp: ago(1) } }), false],
  ])('%s: %#', (_name, state, expected) => {
    expect(state.containers[0]?.crashLooping).toBe(expected);
    expect(state.problem?.kind === 'crash-loop').toBe(expected);
  });

  test('a pod that is Ready while it is momentarily up', () => {
    const up = status(running(1), { ready: true, started: true, restartCount: 3, lastState: lived(3, 2) });
    const state = podState(pod(up, { status: { conditions: [condition('Ready', 'True')] } }), NOW);
    expect(state).toMatchObject({ ready: true, crashLooping: true });
    expect(state.problem).toBeUndefined();
  });

  test('the last end: exit code, signal, memory, how long it lived and when', () => {
    const last = ended(137, { reason: 'OOMKilled', startedAt: ago(40), finishedAt: ago(10) });
    const state = crashing(waiting('CrashLoopBackOff', 'back-off 40s'), last, 4);
    expect(state).toMatchObject({ restarts: 4, lastRestartSeconds: 10 });
    expect(state.problem).toEqual({
      kind: 'crash-loop',
      container: 'app',
      restarts: 4,
      last: {
        exitCode: 137,
        signal: 'SIGKILL',
        reason: 'OOMKilled',
        message: '',
        outOfMemory: true,
        livedSeconds: 30,
        agoSeconds: 10,
      },
    });
  });

  test.each([
    [1, undefined],
    [127, undefined],
    [139, 'SIGSEGV'],
    [143, 'SIGTERM'],
    [255, undefined],
  ])('exit code %d is signal %s', (exitCode, signal) => {
    expect(crashing(waiting('CrashLoopBackOff'), ended(exitCode)).containers[0]?.lastTermination?.signal).toBe(signal);
  });
});

describe('health probes', () => {
  const probeOf = (probe: NonNullable<Container['readinessProbe']>, more: Partial<Container> = {}) =>
    podState(pod(undefined, { spec: { containers: [app({ readinessProbe: probe, ...more })] } }), NOW).containers[0]
      ?.readinessProbe;

  test.each<[string, NonNullable<Container['readinessProbe']>, object]>([
    [
      'https',
      { httpGet: { port: 443, scheme: 'HTTPS', path: '/x', host: '1.2.3.4' } },
      { type: 'http', port: 443, scheme: 'https', path: '/x', host: '1.2.3.4' },
    ],
    ['a number as a string', { tcpSocket: { port: '80' } }, { type: 'tcp', port: 80 }],
    ['grpc', { grpc: { port: 50051 } }, { type: 'grpc', port: 50051 }],
    ['exec', { exec: { command: ['cat', '/x'] } }, { type: 'exec', command: ['cat', '/x'] }],
    [
      'times',
      { grpc: { port: 1 }, initialDelaySeconds: 9, timeoutSeconds: 4, failureThreshold: 7 },
      { initialDelaySeconds: 9, timeoutSeconds: 4, failureThreshold: 7, periodSeconds: 10 },
    ],
  ])('%s', (_name, probe, expected) => {
    expect(probeOf(probe)).toMatchObject(expected);
  });

  test('a port name that its container does not declare has no number', () => {
    expect(probeOf({ httpGet: { port: 'nope' } })).toMatchObject({ type: 'http', portName: 'nope' });
    expect(probeOf({ httpGet: { port: 'nope' } })).not.toHaveProperty('port');
  });
});
