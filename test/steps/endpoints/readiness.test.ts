import { describe, expect, test } from 'vitest';
import { endpoints } from '../../../src/steps/endpoints/endpoints.ts';
import { factsOf, type World } from '../../support/facts.ts';
import { pod, service } from '../../support/objects.ts';
import { wellSaid } from '../../support/sentences.ts';
import { endpoint, slice } from '../../support/workloads.ts';

const check = async (world: World) => wellSaid(await endpoints.check(factsOf(world)));
const findingsOf = async (world: World) => (await check(world)).findings;

describe('readiness', () => {
  const unready = pod({ ready: false });

  test('no endpoint is ready: a symptom', async () => {
    expect(
      await findingsOf({ objects: [service(), unready, slice({ endpoints: [endpoint(unready)] })] }),
    ).toMatchObject([
      { code: 'endpoints/none-ready', severity: 'error', breaks: 'endpoints', params: { notReady: 1, terminating: 0 } },
    ]);
  });

  test('told by the pods where the slices may not be read', async () => {
    expect(await check({ objects: [service(), unready], forbidden: ['list endpointslices'] })).toMatchObject({
      outcome: 'fail',
      findings: [{ code: 'endpoints/none-ready' }],
    });
  });

  test('a condition that is absent means ready', async () => {
    const listed = { ...endpoint(pod()), conditions: {} };
    expect(await findingsOf({ objects: [service(), pod(), slice({ endpoints: [listed] })] })).toEqual([]);
  });

  test('publishNotReadyAddresses makes unready pods endpoints', async () => {
    const one = service({ spec: { publishNotReadyAddresses: true } });
    const listed = { ...endpoint(unready), conditions: { ready: true, serving: false } };
    expect(await findingsOf({ objects: [one, unready, slice({ endpoints: [listed] })] })).toEqual([]);
  });

  test('addresses without ports are the symptom of a targetPort that nobody has', async () => {
    const one = service({ ports: [{ port: 80, targetPort: 'http' }] });
    expect(
      await findingsOf({ objects: [one, pod(), slice({ ports: null, endpoints: [endpoint(pod())] })] }),
    ).toMatchObject([
      { code: 'endpoints/no-ports', breaks: 'endpoints', subject: { port: '80/TCP' }, params: { addresses: 1 } },
    ]);
  });

  test('a second slice without ports beside a good one is nothing', async () => {
    const one = service({ ports: [{ port: 80, targetPort: 'http' }] });
    const [a, b] = [pod(), pod({ name: 'web-6c5d8b7f9-bbbbb', ip: '10.244.0.6' })];
    const slices = [
      slice({ endpoints: [endpoint(a)] }),
      slice({ name: 'web-2', ports: null, endpoints: [endpoint(b)] }),
    ];
    expect(await findingsOf({ objects: [one, a, b, ...slices] })).toEqual([]);
  });
});
