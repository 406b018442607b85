import { describe, expect, test } from 'vitest';
import type { ContainerStatus, Pod } from '../../src/model/kubernetes.ts';
import { app, ended, pod, problem, running, type State, status, waiting } from './pods.ts';

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
