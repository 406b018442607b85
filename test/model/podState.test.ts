import { describe, expect, test } from 'vitest';
import type { Node, Pod } from '../../src/model/kubernetes.ts';
import { podState } from '../../src/model/podState.ts';
import { ago, condition, ended, NOW, pod, problem, running, status, waiting } from './pods.ts';

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
      exists: true,
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
    });
    expect(problem(up, { node: node('True') })).toBeUndefined();
    expect(problem(pod(undefined, { status: { phase: 'Running', reason: 'NodeLost' } }))).toMatchObject({
      kind: 'node-down',
      reason: 'NodeLost',
    });
  });
});
