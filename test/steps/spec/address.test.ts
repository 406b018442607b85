import { describe, expect, test } from 'vitest';
import { spec } from '../../../src/steps/spec/spec.ts';
import { factsOf, type World } from '../../support/facts.ts';
import { metaOf, pod, service } from '../../support/objects.ts';
import { wellSaid } from '../../support/sentences.ts';
import { endpoint, slice } from '../../support/workloads.ts';

const findingsOf = async (world: World) => wellSaid(await spec.check(factsOf(world))).findings;
const own = [service(), pod(), slice({ endpoints: [endpoint(pod())] })];
const event = (reason: string, message: string, name = 'web') => ({
  kind: 'Event',
  metadata: metaOf({ name: 'e1' }),
  involvedObject: { kind: 'Service', name },
  reason,
  message,
});
const twice = event(
  'ClusterIPAlreadyAllocated',
  'Cluster IP [IPv4]:10.96.0.10 was assigned to multiple services; please recreate service',
);
const failing = { '10.96.0.10:80': 'refused', '10.244.0.5:8080': 'answered' } as const;
const answering = { '10.96.0.10:80': 'answered', '10.244.0.5:8080': 'answered' } as const;
const twin = service({ name: 'api', namespace: 'store' });

describe('an address that two Services have', () => {
  test('is the cause where it fails and the pods answer', async () => {
    expect(await findingsOf({ objects: [...own, twin], connections: failing })).toMatchObject([
      {
        code: 'spec/address-shared',
        severity: 'error',
        breaks: 'service-address',
        params: { address: '10.96.0.10', others: ['store/api'] },
      },
    ]);
  });

  test('is known by an event where Services cannot be asked for by address', async () => {
    const world = { objects: [...own, twice], connections: failing, forbidden: ['list services'] };
    expect(await findingsOf(world)).toMatchObject([{ code: 'spec/address-shared', params: { others: [] } }]);
  });

  test.each([
    ['the Service answers', [twin, twice], answering],
    ['the other one is gone', [twice], failing],
    ['the event is about another Service', [event('ClusterIPAlreadyAllocated', '10.96.0.10', 'api')], failing],
  ] as const)('not: %s', async (_, objects, connections) => {
    expect(await findingsOf({ objects: [...own, ...objects], connections })).toEqual([]);
  });
});

test('an address out of range is known by its event where the ranges cannot be read', async () => {
  const said = 'Cluster IP [IPv4]:10.96.0.10 is not within the service CIDR 10.200.0.0/16; please recreate service';
  const objects = [...own, event('ClusterIPOutOfRange', said)];
  expect(await findingsOf({ objects, connections: failing })).toMatchObject([
    { code: 'spec/address-out-of-range', severity: 'warning', params: { address: '10.96.0.10', ranges: [] } },
  ]);
});
