import { describe, expect, test } from 'vitest';
import { endpoints } from '../../../src/steps/endpoints/endpoints.ts';
import { ago, factsOf, type World } from '../../support/facts.ts';
import { pod, service } from '../../support/objects.ts';
import { wellSaid } from '../../support/sentences.ts';
import { endpoint, slice } from '../../support/workloads.ts';

const check = async (world: World) => wellSaid(await endpoints.check(factsOf(world)));
const findingsOf = async (world: World) => (await check(world)).findings;
const VIP = '10.96.0.10:80';
const POD = '10.244.0.5:8080';

describe('slices that are out of date', () => {
  const empty = slice({ ports: null });

  test('a pod that is ready for minutes and not listed', async () => {
    expect(
      await findingsOf({ objects: [service(), pod(), empty, { kind: 'Node', metadata: { name: 'node1' } }] }),
    ).toMatchObject([
      {
        code: 'endpoints/controller-stale',
        severity: 'error',
        breaks: 'selection',
        params: { missing: ['web-6c5d8b7f9-aaaaa'], noSlice: false },
      },
    ]);
  });

  test.each([
    ['ready since a moment', [service(), pod({ readySince: 5 }), empty]],
    ['on a node that is gone', [service(), pod(), empty]],
    ['of another family', [service({ spec: { ipFamilies: ['IPv6'] } }), pod(), empty]],
    ['of a Service made a moment ago', [service({ age: 5 }), pod(), empty]],
  ])('not: a pod %s', async (_, objects) => {
    expect((await findingsOf({ objects })).filter(({ code }) => code === 'endpoints/controller-stale')).toEqual([]);
  });

  test('not: a selector changed a moment ago', async () => {
    const changed = service();
    const metadata = { ...changed.metadata, managedFields: [{ manager: 'kubectl-patch', time: ago(3) }] };
    expect(await findingsOf({ objects: [{ ...changed, metadata }, pod(), empty] })).toEqual([]);
  });

  test.each([
    ['its clients wait', { [VIP]: 'silent' }, ['endpoints/controller-stale']],
    ['its clients are served', { [VIP]: 'answered', [POD]: 'answered' }, []],
  ] as const)('a selector changed twelve seconds ago: %s', async (_, connections, codes) => {
    const changed = service();
    const metadata = { ...changed.metadata, managedFields: [{ manager: 'kubectl-patch', time: ago(12) }] };
    const objects = [{ ...changed, metadata }, pod(), empty, { kind: 'Node', metadata: { name: 'node1' } }];
    const found = await findingsOf({ objects, connections });
    expect(found.map(({ code }) => code)).toEqual(codes);
  });

  test('not: a Service that is being deleted, whose slices are gone already', async () => {
    const metadata = { ...service().metadata, deletionTimestamp: ago(600) };
    expect(await findingsOf({ objects: [{ ...service(), metadata }, pod()] })).not.toMatchObject([
      { code: 'endpoints/controller-stale' },
    ]);
  });

  test('no slice at all', async () => {
    const settled = pod({ ready: false, status: { startTime: ago(300) } });
    expect(await findingsOf({ objects: [service(), settled] })).toMatchObject([
      { code: 'endpoints/controller-stale', params: { noSlice: true } },
    ]);
  });

  const gone = pod({ name: 'web-6c5d8b7f9-ggggg', ip: '10.244.0.9' });
  const world = { objects: [service(), pod(), slice({ endpoints: [endpoint(pod()), endpoint(gone)] })] };

  test.each([
    ['not asked', undefined, 'warning'],
    ['silent', 'silent', 'error'],
  ] as const)('a ready address of a pod that is gone, %s', async (_, outcome, severity) => {
    const connections = outcome && {
      [VIP]: 'refused' as const,
      [POD]: 'answered' as const,
      '10.244.0.9:8080': outcome,
    };
    expect(await findingsOf({ ...world, ...(connections && { connections }) })).toMatchObject([
      { code: 'endpoints/controller-stale', severity, params: { gone: ['web-6c5d8b7f9-ggggg'], missing: [] } },
    ]);
  });

  test('not: it answers, so that it was made a moment ago', async () => {
    expect(
      await findingsOf({
        ...world,
        connections: { [VIP]: 'answered', [POD]: 'answered', '10.244.0.9:8080': 'answered' },
      }),
    ).toEqual([]);
  });
});

describe('pods whose node is gone', () => {
  const orphan = pod({ name: 'web-6c5d8b7f9-ooooo', ip: '10.244.9.9', node: 'lost' });
  const node = { kind: 'Node', metadata: { name: 'node1' } };

  test('are left out of the slices: the cause where no other is ready', async () => {
    expect(await findingsOf({ objects: [service(), orphan, slice({ ports: null }), node] })).toMatchObject([
      {
        code: 'endpoints/node-gone',
        severity: 'error',
        breaks: 'selection',
        params: { pods: ['web-6c5d8b7f9-ooooo'], nodes: ['lost'] },
        remedies: [{ commands: [['kubectl', '-n', 'shop', 'delete', 'pod', 'web-6c5d8b7f9-ooooo']] }],
      },
    ]);
  });

  test('are a warning beside one that serves', async () => {
    const objects = [service(), orphan, pod(), slice({ endpoints: [endpoint(pod())] }), node];
    expect(await findingsOf({ objects })).toMatchObject([{ code: 'endpoints/node-gone', severity: 'warning' }]);
  });

  test('not: a node that may not be read', async () => {
    const world = { objects: [service(), orphan, slice({ ports: null })], forbidden: ['get nodes'] };
    expect(await findingsOf(world)).toMatchObject([{ code: 'endpoints/controller-stale' }]);
  });
});
