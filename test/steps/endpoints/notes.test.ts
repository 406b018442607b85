import { expect, test } from 'vitest';
import { endpoints } from '../../../src/steps/endpoints/endpoints.ts';
import { factsOf } from '../../support/facts.ts';
import { pod, service } from '../../support/objects.ts';
import { wellSaid } from '../../support/sentences.ts';
import { endpoint, slice } from '../../support/workloads.ts';

const MIRRORING = 'endpointslicemirroring-controller.k8s.io';
const addresses = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ addresses: [`192.0.${Math.floor(i / 250)}.${(i % 250) + 1}`] }));

test.each([
  ['as many as Endpoints can hold', service(), slice({ endpoints: addresses(1000) }), undefined],
  ['more than that', service(), slice({ endpoints: addresses(1001) }), { listed: 1001, mirrored: false }],
  [
    'a copy that was cut off',
    service({ selector: {} }),
    slice({ managedBy: MIRRORING, endpoints: addresses(1000) }),
    { listed: 1000, mirrored: true },
  ],
])('%s', async (_, one, listed, params) => {
  const { outcome, observations } = wellSaid(await endpoints.check(factsOf({ objects: [one, pod(), listed] })));
  expect(outcome).not.toBe('unknown');
  const noted = observations.filter(({ what }) => what === 'endpoints.over-capacity');
  expect(noted).toEqual(params === undefined ? [] : [{ what: 'endpoints.over-capacity', params }]);
});

test('a handful of pods is nothing to note', async () => {
  const objects = [service(), pod(), slice({ endpoints: [endpoint(pod())] })];
  const { observations } = await endpoints.check(factsOf({ objects }));
  expect(observations.map(({ what }) => what)).toEqual(['endpoints.selected', 'endpoints.slices']);
});
