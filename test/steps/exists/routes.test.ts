import { describe, expect, test } from 'vitest';
import { exists } from '../../../src/steps/exists/exists.ts';
import { factsOf, type World } from '../../support/facts.ts';
import type { FakeObject } from '../../support/fakeCluster.ts';
import { metaOf, service } from '../../support/objects.ts';
import { wellSaid } from '../../support/sentences.ts';
import { namespace } from '../../support/workloads.ts';

const gateway = { '/apis': { groups: [{ name: 'gateway.networking.k8s.io' }] } };
const route = (backend: object, condition?: object): FakeObject =>
  Object.assign(
    { kind: 'HTTPRoute', metadata: metaOf({ name: 'shop' }) },
    { spec: { rules: [{ backendRefs: [backend] }] } },
    { status: { parents: [{ conditions: condition ? [{ type: 'ResolvedRefs', ...condition }] : [] }] } },
  );
const check = async (world: World) => wellSaid(await exists.check(factsOf({ raw: gateway, ...world })));
const findingsOf = async (world: World) => (await check(world)).findings;

describe('an HTTPRoute', () => {
  test.each([
    ['leads to a port of the Service', { name: 'web', port: 80 }],
    ['leads to another kind of object', { name: 'web', port: 8080, kind: 'Bucket', group: 'storage.example' }],
    ['leads to another namespace', { name: 'web', namespace: 'store', port: 8080 }],
  ])('that %s is fine', async (_, backend) => {
    expect(await findingsOf({ objects: [service(), route(backend)] })).toEqual([]);
  });

  test('with a port that the Service lacks is a warning', async () => {
    expect(await findingsOf({ objects: [service(), route({ name: 'web', port: 8080 })] })).toMatchObject([
      {
        code: 'exists/dangling-reference',
        severity: 'warning',
        params: { by: 'HTTPRoute/shop', where: 'rule 1', names: 'web:8080', instead: ['web:80'] },
      },
    ]);
  });

  const refused = { status: 'False', reason: 'RefNotPermitted', message: 'no ReferenceGrant' };

  test('whose backends the gateway does not take is a warning, in its words', async () => {
    expect(await findingsOf({ objects: [service(), route({ name: 'web', port: 80 }, refused)] })).toMatchObject([
      {
        code: 'exists/route-unresolved',
        severity: 'warning',
        params: { by: 'HTTPRoute/shop', reason: 'RefNotPermitted' },
      },
    ]);
  });

  test('is told of once: a wrong port is why the gateway does not take it', async () => {
    expect(await findingsOf({ objects: [service(), route({ name: 'web', port: 8080 }, refused)] })).toMatchObject([
      { code: 'exists/dangling-reference' },
    ]);
  });

  test('of another Service is none of this one', async () => {
    expect(await findingsOf({ objects: [service(), route({ name: 'api', port: 80 }, refused)] })).toEqual([]);
  });

  test('that asks for a Service that is not there is named', async () => {
    expect(await findingsOf({ objects: [namespace(), route({ name: 'web', port: 80 })] })).toMatchObject([
      { code: 'exists/no-service', params: { referrers: ['HTTPRoute/shop'] } },
    ]);
  });
});

test('without the Gateway API nothing is asked of it', async () => {
  const facts = factsOf({ objects: [service()], raw: { '/apis': { groups: [] } } });
  await exists.check(facts);
  expect(facts.asked).not.toContain('list httproutes');
});
