import { expect, test } from 'vitest';
import { metaOf, pod } from '../../support/objects.ts';
import { wellSaid } from '../../support/sentences.ts';
import { check, HEALTHY } from './world.ts';

const NAME = 'client-6c5d8b7f9-aaaaa';
const event = {
  kind: 'Event',
  metadata: metaOf({ name: 'e1' }),
  involvedObject: { kind: 'Pod', name: NAME },
  reason: 'DNSConfigForming',
  message: 'Search Line limits were exceeded, some search paths have been omitted, the applied search line is: a b c',
};
const world = {
  objects: [...HEALTHY, pod({ name: NAME, labels: { app: 'client' } }), event],
  vantage: { id: `pod/shop/${NAME}`, kind: 'pod', pod: NAME, namespace: 'shop' },
} as const;

test('a search path that the kubelet cut short is among the evidence', async () => {
  const { findings } = wellSaid(
    await check({ conf: { search: ['corp.example'] }, lookups: { '*': 'bad-name' } }, world),
  );
  expect(findings).toMatchObject([{ code: 'dns/no-search-path' }]);
  expect(findings[0]?.evidence).toContainEqual(
    expect.objectContaining({ what: 'dns.truncated', params: { message: event.message } }),
  );
});

test('it is no fault where the name is found', async () => {
  expect((await check({}, world)).findings).toEqual([]);
});
