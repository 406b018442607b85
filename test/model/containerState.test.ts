import { describe, expect, test } from 'vitest';
import { podState } from '../../src/model/podState.ts';
import { ago, type Built, condition, ended, NOW, pod, running, type State, status, waiting } from './pods.ts';

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
