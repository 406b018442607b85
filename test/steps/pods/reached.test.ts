import { describe, expect, test } from 'vitest';
import { ip } from '../../../src/steps/ip/ip.ts';
import { pods } from '../../../src/steps/pods/pods.ts';
import { factsOf, type World } from '../../support/facts.ts';
import { pod, service } from '../../support/objects.ts';
import { wellSaid } from '../../support/sentences.ts';
import { endpoint, slice } from '../../support/workloads.ts';

const objects = [service(), pod(), slice({ endpoints: [endpoint(pod())] })];
const answer = (httpStatus: number, body: string) =>
  ({ outcome: 'answered', durationMs: 3, httpStatus, body }) as const;
const refusal = answer(403, 'RBAC: access denied');
const world = (met: ReturnType<typeof answer>, more: World = {}): World => ({
  objects,
  connections: { '10.96.0.10:80': met, '10.244.0.5:8080': met },
  ...more,
});
const client = { vantage: { id: 'pod/shop/front', kind: 'pod', pod: 'front' } } as const;

describe('a request that the mesh refuses', () => {
  test.each([
    ['by a probe', {}, 'warning', 'unknown'],
    ['by the client, on no path of its own', client, 'warning', 'unknown'],
    ['by the client, on its path', { ...client, target: { path: '/cart' } }, 'error', 'fail'],
  ] as const)('made %s', async (_, more, severity, outcome) => {
    const result = wellSaid(await pods.check(factsOf(world(refusal, more))));
    expect(result).toMatchObject({ outcome, findings: [{ code: 'pods/mesh-denied', severity }] });
    expect(await ip.check(factsOf(world(refusal, more)))).toMatchObject({ outcome: 'unknown', findings: [] });
  });

  test('is not what an application refuses by itself', async () => {
    const forbidden = world(answer(403, '<h1>Forbidden</h1>'));
    expect(await pods.check(factsOf(forbidden))).toMatchObject({ outcome: 'pass', findings: [] });
    expect(await ip.check(factsOf(forbidden))).toMatchObject({ outcome: 'pass', findings: [] });
  });
});

describe('a pod that does not speak HTTP', () => {
  const banner = { outcome: 'answered', durationMs: 3, spoke: 'not-http', body: "-ERR unknown command 'GET'" } as const;
  const check = (port: { name?: string; appProtocol?: string }) => {
    const ports = [{ port: 80, targetPort: 8080, ...port }];
    const listed = slice({
      ports: [{ name: port.name ?? '', port: 8080, protocol: 'TCP' }],
      endpoints: [endpoint(pod())],
    });
    const connections = { '10.96.0.10:80': banner, '10.244.0.5:8080': banner };
    return pods.check(factsOf({ objects: [service({ ports }), pod(), listed], connections }));
  };

  test.each([
    ['a port called http', { name: 'http' }],
    ['appProtocol http', { appProtocol: 'http' }],
  ])('on %s: a warning, since it may be HTTP/2', async (_, port) => {
    expect(wellSaid(await check(port)).findings).toMatchObject([
      { code: 'pods/wrong-protocol', severity: 'warning', params: { asked: 'http', speaks: 'no HTTP' } },
    ]);
  });

  test('is fine where nothing but the number promises it', async () => {
    expect((await check({})).findings).toEqual([]);
  });
});
