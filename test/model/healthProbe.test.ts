import { describe, expect, test } from 'vitest';
import type { Container } from '../../src/model/kubernetes.ts';
import { podState } from '../../src/model/podState.ts';
import { app, NOW, pod } from './pods.ts';

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
