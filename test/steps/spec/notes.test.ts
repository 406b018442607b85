import { expect, test } from 'vitest';
import { spec } from '../../../src/steps/spec/spec.ts';
import { factsOf } from '../../support/facts.ts';
import { pod, service } from '../../support/objects.ts';
import { wellSaid } from '../../support/sentences.ts';
import { endpoint, slice } from '../../support/workloads.ts';

const sctp = [{ port: 132, targetPort: 132, protocol: 'SCTP' }];
const grpc = [{ port: 80, targetPort: 8080, appProtocol: 'kubernetes.io/h2c' }];

test.each([
  [
    'internalTrafficPolicy Local',
    { spec: { internalTrafficPolicy: 'Local' } },
    'spec.local-only',
    { nodes: ['node1'] },
  ],
  [
    'trafficDistribution',
    { spec: { trafficDistribution: 'PreferClose' } },
    'spec.topology',
    { preference: 'trafficDistribution PreferClose' },
  ],
  [
    'topology-mode',
    { annotations: { 'service.kubernetes.io/topology-mode': 'Auto' } },
    'spec.topology',
    { preference: 'topology-mode Auto' },
  ],
  ['appProtocol', { ports: grpc }, 'spec.app-protocol', { ports: ['80 kubernetes.io/h2c'] }],
  ['SCTP', { ports: sctp }, 'spec.sctp', { ports: ['132/SCTP'] }],
])('%s is noted, and is no fault', async (_, like, what, params) => {
  const objects = [service(like), pod(), slice({ endpoints: [endpoint(pod())] })];
  const { outcome, findings, observations } = wellSaid(await spec.check(factsOf({ objects })));
  expect({ outcome, findings }).toEqual({ outcome: 'pass', findings: [] });
  expect(observations).toContainEqual(expect.objectContaining({ what, params }));
});

test('a plain Service is noted by its ports alone', async () => {
  const { observations } = await spec.check(factsOf({ objects: [service(), pod()] }));
  expect(observations.map(({ what }) => what)).toEqual(['spec.port']);
});
