import { describe, expect, test } from 'vitest';
import { specFollowUps } from '../../src/facts/specFollowUps.ts';
import type { Backend } from '../../src/model/backends.ts';
import type { Target } from '../../src/model/target.ts';
import { pod, service } from '../support/objects.ts';

const backend = (more: Partial<Backend> = {}): Backend => ({
  name: 'web-6c5d8b7f9-aaaaa',
  address: '10.244.0.5',
  ready: true,
  ports: { '80/TCP': 8080, '53/UDP': 8080 },
  ...more,
});
const tcp = { port: 80, targetPort: 8080, protocol: 'TCP' };
const udp = { port: 53, targetPort: 8080, protocol: 'UDP' };
const headless = service({ spec: { clusterIP: 'None' } });
const target = (more: Partial<Target> = {}): Target => ({
  namespace: 'shop',
  service: 'web',
  scheme: 'auto',
  forSeconds: 0,
  ...more,
});
const ask = (port: number) => ({ ask: 'connect', address: '10.244.0.5', port, tries: 1 });

describe('follow-ups about the definition of a Service', () => {
  test('of a headless Service with another port than its pods: that port, on them', () => {
    expect(specFollowUps(target(), headless, [tcp], [backend()], [pod()])).toEqual([ask(80)]);
  });

  test.each([
    ['a cluster IP', service(), [tcp], backend()],
    ['the port of its pods', headless, [{ ...tcp, port: 8080 }], backend({ ports: { '8080/TCP': 8080 } })],
    ['no ready pod', headless, [tcp], backend({ ready: false })],
  ])('none where it has %s', (_, one, ports, behind) => {
    expect(specFollowUps(target(), one, ports, [behind], [pod()])).toEqual([]);
  });

  test('of a headless Service that does not list the number asked for: that number, on its pods', () => {
    expect(specFollowUps(target({ port: '9042' }), headless, [], [backend()], [pod()])).toEqual([ask(9042)]);
  });

  test.each([
    ['lists it', '80', headless],
    ['is asked for a name', 'metrics', headless],
    ['has a cluster IP', '9042', service()],
  ])('none where the Service %s', (_, port, one) => {
    expect(specFollowUps(target({ port }), one, [], [backend()], [pod()])).toEqual([]);
  });

  test.each(['UDP', 'SCTP'])('of a port over %s that the pods declare for TCP alone: TCP', (protocol) => {
    const behind = backend({ ports: { [`53/${protocol}`]: 8080 } });
    expect(specFollowUps(target(), service(), [{ ...udp, protocol }], [behind], [pod()])).toEqual([ask(8080)]);
  });

  test.each([
    ['declared for UDP', pod({ ports: [{ containerPort: 8080, protocol: 'UDP' }] })],
    ['declared for both', pod({ ports: [{ containerPort: 8080, protocol: 'UDP' }, { containerPort: 8080 }] })],
    ['not declared', pod({ ports: [] })],
  ])('none where it is %s', (_, one) => {
    expect(specFollowUps(target(), service(), [udp], [backend()], [one])).toEqual([]);
  });
});
