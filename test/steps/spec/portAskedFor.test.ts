import { describe, expect, test } from 'vitest';
import { spec } from '../../../src/steps/spec/spec.ts';
import { factsOf, type World } from '../../support/facts.ts';
import { pod, service } from '../../support/objects.ts';
import { wellSaid } from '../../support/sentences.ts';
import { endpoint, slice } from '../../support/workloads.ts';

const check = async (world: World) => wellSaid(await spec.check(factsOf(world)));
const findingsOf = async (world: World) => (await check(world)).findings;

describe('the port asked for', () => {
  test.each([
    ['81', { asked: '81', has: ['80'] }, 'add-port'],
    ['8080', { asked: '8080', has: ['80'], meant: '80', askedIs: 'targetPort' }, 'use-port'],
    ['metrics', { asked: 'metrics', has: ['80'] }, 'add-port'],
  ])('%s is none of the Service', async (port, params, remedy) => {
    expect(await findingsOf({ objects: [service(), pod()], target: { port } })).toMatchObject([
      { code: 'spec/no-such-port', severity: 'error', breaks: 'spec', params, remedies: [{ id: remedy }] },
    ]);
  });

  test('is a node port', async () => {
    const objects = [
      service({ spec: { type: 'NodePort' }, ports: [{ name: 'http', port: 80, targetPort: 8080, nodePort: 30080 }] }),
      pod(),
    ];
    expect(await findingsOf({ objects, target: { port: '30080' } })).toMatchObject([
      { params: { asked: '30080', has: ['80 (http)'], meant: '80', askedIs: 'nodePort' } },
    ]);
    expect(await findingsOf({ objects, target: { port: 'http' } })).toEqual([]);
  });

  test.each([
    ['answer', 'answered', 'warning', 'answered'],
    ['refuse', 'refused', 'error', undefined],
    ['were not asked', undefined, 'warning', 'not-asked'],
  ] as const)('is listed by no port of a headless Service, whose pods %s', async (_, outcome, severity, onPods) => {
    const found = await findingsOf({
      objects: [service({ spec: { clusterIP: 'None' } }), pod(), slice({ endpoints: [endpoint(pod())] })],
      target: { port: '9042' },
      ...(outcome && { connections: { '10.244.0.5:9042': outcome } }),
    });
    expect(found).toMatchObject([{ code: 'spec/no-such-port', severity }]);
    expect(found[0]?.params).toEqual({ asked: '9042', has: ['80'], ...(onPods && { onPods }) });
  });
});
