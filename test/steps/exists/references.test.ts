import { describe, expect, test } from 'vitest';
import { exists } from '../../../src/steps/exists/exists.ts';
import { factsOf, type World } from '../../support/facts.ts';
import { pod, service } from '../../support/objects.ts';
import { wellSaid } from '../../support/sentences.ts';
import { ingress } from '../../support/workloads.ts';

const findingsOf = async (world: World) => wellSaid(await exists.check(factsOf(world))).findings;

describe('an Ingress', () => {
  test.each([{ number: 80 }, { name: 'http' }])('with the port %j of the Service is fine', async (port) => {
    const ports = [{ name: 'http', port: 80, targetPort: 8080 }];
    expect(await findingsOf({ objects: [service({ ports }), ingress('shop', 'web', port)] })).toEqual([]);
  });

  test('with a port that the Service lacks is a warning', async () => {
    expect(await findingsOf({ objects: [service(), ingress('shop', 'web', { number: 8080 })] })).toMatchObject([
      {
        code: 'exists/dangling-reference',
        severity: 'warning',
        params: { by: 'Ingress/shop', names: 'web:8080', instead: ['web:80'] },
      },
    ]);
  });

  test('with a name close to that of the Service is a warning only where nothing has that name', async () => {
    const objects = [service({ name: 'hostnames' }), ingress('shop', 'hostname', { number: 80 })];
    const target = { service: 'hostnames' };
    expect(await findingsOf({ objects, target })).toMatchObject([
      { params: { names: 'hostname:80', instead: ['hostnames'] } },
    ]);
    expect(await findingsOf({ objects: [...objects, service({ name: 'hostname' })], target })).toEqual([]);
  });
});

describe('the client that suffers', () => {
  const client = (value: string) =>
    pod({
      name: 'front',
      deployment: null,
      labels: { app: 'front' },
      spec: { containers: [{ name: 'app', env: [{ name: 'BACKEND_URL', value }] }] },
    });
  const world = (value: string): World => ({
    target: { service: 'hostnames' },
    objects: [service({ name: 'hostnames' }), client(value)],
    connections: {},
    vantage: { id: 'pod/shop/front', kind: 'pod', pod: 'front' },
  });

  test.each([
    ['a slip in the name', 'http://hostname:80', 'hostname:80'],
    ['a port that the Service lacks', 'http://hostnames:8080/', 'hostnames:8080'],
    ['a namespace where it is not', 'http://hostnames.store.svc.cluster.local', 'hostnames'],
  ])('is told %s: an error', async (_, value, names) => {
    expect(await findingsOf(world(value))).toMatchObject([
      {
        code: 'exists/dangling-reference',
        severity: 'error',
        subject: { from: 'pod/shop/front' },
        params: { by: 'Pod/front', names },
      },
    ]);
  });

  test.each(['http://hostnames', 'http://hostnames.shop:80', 'http://redis:6379', 'https://example.com'])(
    'is told %s: nothing',
    async (value) => {
      expect(await findingsOf(world(value))).toEqual([]);
    },
  );

  test('is told the very port that was asked for: that is for the ports to say', async () => {
    const of = world('http://hostnames:8080/');
    expect(await findingsOf({ ...of, target: { ...of.target, port: '8080' } })).toEqual([]);
  });

  test.each([
    ['finds a short name of another namespace by its own search path', ['shop.svc.cluster.local'], 0],
    ['does not find it without', undefined, 1],
  ])('%s', async (_, searches, findings) => {
    const far = {
      ...client('http://hostnames'),
      metadata: { name: 'front', namespace: 'web' },
    };
    const objects = [
      service({ name: 'hostnames' }),
      { ...far, spec: { ...far.spec, containers: far.spec?.containers ?? [], dnsConfig: { searches } } },
    ];
    const vantage = { id: 'pod/web/front', kind: 'pod', namespace: 'web', pod: 'front' } as const;
    expect(await findingsOf({ ...world(''), objects, vantage })).toHaveLength(findings);
  });
});
