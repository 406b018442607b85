import { describe, expect, test } from 'vitest';
import { endpoints } from '../../../src/steps/endpoints/endpoints.ts';
import { factsOf, type World } from '../../support/facts.ts';
import { pod, service } from '../../support/objects.ts';
import { wellSaid } from '../../support/sentences.ts';
import { endpoint, slice } from '../../support/workloads.ts';

const check = async (world: World) => wellSaid(await endpoints.check(factsOf(world)));
const findingsOf = async (world: World) => (await check(world)).findings;
const VIP = '10.96.0.10:80';

describe('pods that do not stay', () => {
  test('only finished ones', async () => {
    const done = pod({ name: 'build-1', owner: { kind: 'Job', name: 'build' }, phase: 'Succeeded', ready: false });
    expect(await findingsOf({ objects: [service(), done] })).toMatchObject([
      {
        code: 'endpoints/only-finished-pods',
        params: { pods: ['build-1'], failed: 0, workloads: ['Job/build'] },
        remedies: [{ commands: [['kubectl', '-n', 'shop', 'describe', 'job/build']] }],
      },
    ]);
  });

  test.each([
    ['thrown out by their node: what the pods step says of them explains it', 'Evicted', 'endpoints'],
    ['failed by themselves', 'Error', 'selection'],
  ])('%s', async (_, reason, breaks) => {
    const failed = pod({ phase: 'Failed', ready: false, status: { reason } });
    expect(await findingsOf({ objects: [service(), failed] })).toMatchObject([
      { code: 'endpoints/only-finished-pods', breaks },
    ]);
  });

  const leaving = pod({ deletedAgo: 120, finalizers: ['example.com/drain'] });
  const listed = (serving: boolean) =>
    slice({ endpoints: [{ ...endpoint(leaving), conditions: { ready: false, serving, terminating: true } }] });

  test('all terminating', async () => {
    const ended = { ...leaving, status: { ...leaving.status, phase: 'Failed' } };
    expect(await findingsOf({ objects: [service(), ended, listed(false)] })).toMatchObject([
      {
        code: 'endpoints/all-terminating',
        severity: 'error',
        params: { since: '2m', finalizers: ['example.com/drain'] },
      },
    ]);
  });

  test('all terminating, and still serving: a warning', async () => {
    const result = await check({ objects: [service(), leaving, listed(true)], connections: { [VIP]: 'answered' } });
    expect(result).toMatchObject({
      outcome: 'pass',
      findings: [{ code: 'endpoints/all-terminating', severity: 'warning' }],
    });
    expect(result.observations.map(({ what }) => what)).toContain('endpoints.fallback');
  });

  test('a finished pod beside a good one is nothing', async () => {
    const done = pod({ name: 'old', phase: 'Failed', ready: false });
    expect(await findingsOf({ objects: [service(), pod(), done, slice({ endpoints: [endpoint(pod())] })] })).toEqual(
      [],
    );
  });
});
