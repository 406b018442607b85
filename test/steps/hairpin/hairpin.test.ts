import { expect, it } from 'vitest';
import { hairpin } from '../../../src/steps/hairpin/hairpin.ts';
import { factsOf, type World } from '../../support/facts.ts';
import { pod, service } from '../../support/objects.ts';
import { endpoint, slice } from '../../support/workloads.ts';

const one = pod();
const two = pod({ name: 'web-6c5d8b7f9-bbbbb', ip: '10.244.1.6', node: 'node2' });
const VIP = '10.96.0.10:80';
const alone = [service(), one, slice({ endpoints: [endpoint(one)] })];
const pair = [service(), one, two, slice({ endpoints: [endpoint(one), endpoint(two)] })];
const healthy = { [VIP]: 'answered', '10.244.0.5:8080': 'answered', '10.244.1.6:8080': 'answered' } as const;
const check = (world: World) => hairpin.check(factsOf({ objects: alone, connections: healthy, ...world }));

it('passes when the only backend reaches itself', async () => {
  expect(await check({ self: { [VIP]: 'answered' } })).toMatchObject({
    outcome: 'pass',
    observations: [{ what: 'hairpin.reached' }],
  });
});

it('fails when others are served and the backend itself is not', async () => {
  const { findings } = await check({ self: { [VIP]: 'silent' } });
  expect(findings).toMatchObject([
    {
      code: 'hairpin/fails',
      params: { failures: 2, asked: 2, backends: 1 },
      subject: { from: `pod/shop/${one.metadata?.name}` },
    },
  ]);
});

it('with two backends believes an answer that names the backend itself', async () => {
  const itself = { outcome: 'answered', durationMs: 3, body: `Hello from ${one.metadata?.name}` } as const;
  expect(await check({ objects: pair, self: { [VIP]: itself } })).toMatchObject({ outcome: 'pass' });
});

it('with two backends cannot tell when the answer does not say who spoke', async () => {
  expect(await check({ objects: pair, self: { [VIP]: 'answered' } })).toMatchObject({
    outcome: 'unknown',
    observations: [{ what: 'hairpin.cannot-tell' }],
  });
});

it('is not asked while the cluster IP fails for others as well', async () => {
  expect(await check({ connections: {}, self: { [VIP]: 'silent' } })).toMatchObject({
    outcome: 'skip',
    reason: { what: 'hairpin.not-asked' },
  });
});

it('is unknown where the backend has no shell', async () => {
  expect(await check({})).toMatchObject({ outcome: 'unknown', obstacles: [{ kind: 'no-probe', reason: 'no-shell' }] });
});

it('is skipped where nothing is ready to ask from', async () => {
  expect(await check({ objects: [service()] })).toMatchObject({
    outcome: 'skip',
    reason: { what: 'hairpin.no-backend' },
  });
});
