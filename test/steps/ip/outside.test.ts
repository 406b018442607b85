import { describe, expect, test } from 'vitest';
import { ip } from '../../../src/steps/ip/ip.ts';
import { factsOf, type World } from '../../support/facts.ts';
import { metaOf, pod, service } from '../../support/objects.ts';
import { wellSaid } from '../../support/sentences.ts';
import { endpoint, slice } from '../../support/workloads.ts';

const VIP = '10.96.0.10:80';
const POD = '10.244.0.5:8080';
const NODE = '172.30.0.11:30080';
const check = async (world: World) => wellSaid(await ip.check(factsOf(world)));
const backed = [pod(), slice({ endpoints: [endpoint(pod())] })];

describe('a node port', () => {
  const one = service({ spec: { type: 'NodePort' }, ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }] });
  const objects = [one, ...backed];
  const policy = { kind: 'NetworkPolicy', metadata: metaOf({ name: 'deny' }), spec: { podSelector: {} } };

  test.each([
    ['NodePort', 'refused', 'warning', 'pass'],
    ['NodePort', 'silent', 'error', 'fail'],
    ['LoadBalancer', 'silent', 'warning', 'pass'],
  ] as const)('of a %s that is %s while the cluster IP answers: %s', async (type, met, severity, kind) => {
    const connections = { [VIP]: 'answered', [POD]: 'answered', [NODE]: met } as const;
    const like = { spec: { type }, status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } };
    const objects = [service({ ...like, ports: one.spec?.ports ?? [] }), ...backed];
    const { outcome, findings } = await check({ objects, connections });
    expect(outcome).toBe(kind);
    expect(findings).toMatchObject([
      {
        code: 'ip/node-port-fails',
        severity,
        params: { port: '80/TCP', nodePort: 30080, addresses: ['172.30.0.11'], failure: met },
      },
    ]);
  });

  test.each([
    ['it answers', objects, { [VIP]: 'answered', [POD]: 'answered', [NODE]: 'answered' }, []],
    ['some policy may keep the probe from nodes', [...objects, policy], { [VIP]: 'answered', [POD]: 'answered' }, []],
    ['the cluster IP fails as well', objects, { [POD]: 'answered' }, ['ip/silent']],
  ] as const)('not: %s', async (_, there, connections, codes) => {
    const { findings } = await check({ objects: there, connections });
    expect(findings.map(({ code }) => code)).toEqual(codes);
  });
});

describe('a load balancer without address', () => {
  const one = service({ spec: { type: 'LoadBalancer' } });
  const event = (type: string, message: string) => ({
    kind: 'Event',
    metadata: metaOf({ name: `e-${type}` }),
    involvedObject: { kind: 'Service', name: 'web' },
    type,
    reason: type === 'Warning' ? 'SyncLoadBalancerFailed' : 'EnsuringLoadBalancer',
    message,
  });
  const connections = { [VIP]: 'answered', [POD]: 'answered' } as const;

  test.each([
    ['says nothing', [], ''],
    ['is at work', [event('Normal', 'Ensuring load balancer')], ''],
    ['complains', [event('Normal', 'Ensuring'), event('Warning', 'no subnet has the tag')], 'no subnet has the tag'],
  ])('whose controller %s', async (_, events, message) => {
    const { outcome, findings } = await check({ objects: [one, ...backed, ...events], connections });
    expect(outcome).toBe('pass');
    expect(findings).toMatchObject([{ code: 'ip/load-balancer-pending', severity: 'warning', params: { message } }]);
  });

  test('events are not asked for where it has one', async () => {
    const status = { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } };
    const facts = factsOf({ objects: [service({ spec: { type: 'LoadBalancer' }, status }), ...backed], connections });
    expect((await ip.check(facts)).findings).toEqual([]);
    expect(facts.asked).not.toContain('list events');
  });
});

test.each([
  ['https://shop.example.com/', true],
  ['/login', false],
])('an answer that leads on to %s is noted: %s', async (location, noted) => {
  const redirect = { outcome: 'answered', durationMs: 3, httpStatus: 301, location } as const;
  const connections = { [VIP]: redirect, [POD]: redirect };
  const { outcome, observations } = await check({ objects: [service(), ...backed], connections });
  expect(outcome).toBe('pass');
  const note = { what: 'ip.redirects', params: { port: '80/TCP', location } };
  expect(observations.filter(({ what }) => what === 'ip.redirects')).toEqual(noted ? [note] : []);
});
