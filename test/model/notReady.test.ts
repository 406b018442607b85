import { describe, expect, test } from 'vitest';
import { app, condition, event, pod, problem, running, status, waiting } from './pods.ts';

describe('pods that run, or are about to', () => {
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
