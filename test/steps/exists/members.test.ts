import { describe, expect, test } from 'vitest';
import { exists } from '../../../src/steps/exists/exists.ts';
import { factsOf } from '../../support/facts.ts';
import { pod, service } from '../../support/objects.ts';
import { wellSaid } from '../../support/sentences.ts';

const headless = { clusterIP: 'None', clusterIPs: ['None'] };
const member = (subdomain: string) =>
  pod({ name: 'mongo-0', owner: { kind: 'StatefulSet', name: 'mongo' }, spec: { hostname: 'mongo-0', subdomain } });
const client = (value: string, namespace = 'shop') =>
  pod({
    name: 'front',
    namespace,
    labels: { app: 'front' },
    ip: '10.244.0.9',
    spec: { containers: [{ name: 'app', env: [{ name: 'MONGO_URL', value }] }] },
  });
const governing = service({ name: 'mongo', spec: headless });

/** What is said of headless Service `web`, whose pod `mongo-0` has its names under `subdomain`. */
async function said(subdomain: string, value: string, more: object[] = [], namespace = 'shop') {
  const objects = [service({ spec: headless }), member(subdomain), client(value, namespace), ...more];
  const vantage = { id: `pod/${namespace}/front`, kind: 'pod', pod: 'front', namespace } as const;
  const { findings } = wellSaid(await exists.check(factsOf({ objects: objects as never, connections: {}, vantage })));
  return findings.filter(({ code }) => code === 'exists/no-member-names');
}

describe('names of pods under a Service that does not give them any', () => {
  test.each([
    ['mongodb://web-0:27017,mongo-0.web:27017', 'shop'],
    ['mongo-0.web.shop.svc.cluster.local:27017', 'shop'],
    ['tcp://mongo-0.web.shop:27017', 'office'],
  ])('asked for as %s: an error', async (value, namespace) => {
    expect(await said('mongo', value, [governing], namespace)).toMatchObject([
      {
        code: 'exists/no-member-names',
        severity: 'error',
        breaks: 'name',
        subject: { from: `pod/${namespace}/front` },
        params: { service: 'web', subdomain: 'mongo', exists: true, workload: 'StatefulSet/mongo' },
      },
    ]);
  });

  test('not asked for, and the Service that would give them is missing: a warning', async () => {
    expect(await said('mongo', 'http://web:27017')).toMatchObject([
      { severity: 'warning', params: { name: 'mongo-0.web', exists: false } },
    ]);
  });

  test.each([
    ['nobody asks, and the governing Service is there', 'mongo', 'http://web', [governing]],
    ['it is the governing Service', 'web', 'mongo-0.web:27017', []],
    ['the pods have no subdomain', '', 'mongo-0.web:27017', []],
    ['a name of another pod', 'mongo', 'other-0.web:27017', [governing]],
  ])('not: %s', async (_, subdomain, value, more) => {
    expect(await said(subdomain, value, more)).toEqual([]);
  });
});
