import { describe, expect, test } from 'vitest';
import { endpoints } from '../../../src/steps/endpoints/endpoints.ts';
import { ago, factsOf, type World } from '../../support/facts.ts';
import { metaOf, pod, service } from '../../support/objects.ts';
import { wellSaid } from '../../support/sentences.ts';
import { endpoint, slice, workload } from '../../support/workloads.ts';

const check = async (world: World) => wellSaid(await endpoints.check(factsOf(world)));
const findingsOf = async (world: World) => (await check(world)).findings;
const VIP = '10.96.0.10:80';
const POD = '10.244.0.5:8080';

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

describe('a Service without selector', () => {
  const bare = service({ selector: {} });
  const byHand = (more = {}) =>
    slice({ name: 'web-1', managedBy: null, endpoints: [{ addresses: ['192.0.2.1'] }], ...more });

  test('and without slices', async () => {
    expect(await findingsOf({ objects: [bare] })).toMatchObject([
      {
        code: 'endpoints/no-selector-no-slices',
        severity: 'error',
        params: { endpointsObject: false, emptySlices: [] },
        remedies: [{ id: 'create-slice' }],
      },
    ]);
  });

  test('with a workload of its name: a selector for it', async () => {
    expect(await findingsOf({ objects: [bare, workload()] })).toMatchObject([
      {
        params: { workload: 'Deployment/web' },
        remedies: [{ id: 'add-selector', patch: { body: { spec: { selector: { app: 'web' } } } } }, {}],
      },
    ]);
  });

  test('with an Endpoints object that nobody mirrors', async () => {
    const old = {
      kind: 'Endpoints',
      metadata: metaOf({ name: 'web' }),
      subsets: [{ addresses: [{ ip: '192.0.2.1' }] }],
    };
    expect(await findingsOf({ objects: [bare, old] })).toMatchObject([{ params: { endpointsObject: true } }]);
  });

  test.each([
    ['missing', byHand({ service: '', labels: {} }), ''],
    ['a slip', byHand({ labels: { 'kubernetes.io/service-name': 'webb' } }), 'webb'],
  ])('whose slice is not linked: the label is %s', async (_, astray, label) => {
    expect(await findingsOf({ objects: [bare, astray] })).toMatchObject([
      {
        code: 'endpoints/slice-not-linked',
        subject: { object: 'endpointslice/web-1' },
        params: { slice: 'web-1', label },
        remedies: [{ patch: { body: { metadata: { labels: { 'kubernetes.io/service-name': 'web' } } } } }],
      },
    ]);
  });

  test('slices of others are left alone', async () => {
    expect(await findingsOf({ objects: [bare, byHand({ service: 'api', name: 'api-1' })] })).toMatchObject([
      { code: 'endpoints/no-selector-no-slices' },
    ]);
  });

  test('403 on the other slices is an obstacle; the answer stands', async () => {
    const result = await check({ objects: [bare], forbidden: ['get endpoints', 'list deployments'] });
    expect(result).toMatchObject({ outcome: 'fail', findings: [{ code: 'endpoints/no-selector-no-slices' }] });
  });

  test.each([
    ['another name', [{ name: 'http', port: 8080 }], '[{"op":"add","path":"/ports/0/name","value":""}]'],
    ['no name', [{ port: 8080 }], '[{"op":"add","path":"/ports/0/name","value":""}]'],
  ])('whose slice has a port of %s', async (_, ports, patch) => {
    const findings = await findingsOf({ objects: [bare, byHand({ ports })] });
    expect(findings).toMatchObject([
      { code: 'endpoints/slice-port-name', severity: 'error', params: { port: '80/TCP', slice: 'web-1' } },
    ]);
    expect(findings[0]?.remedies[0]?.commands[0]?.at(-1)).toBe(patch);
  });

  test.each([
    ['an FQDN', { addressType: 'FQDN', endpoints: [{ addresses: ['example.com'] }] }, 'address-type'],
    ['the other family', { addressType: 'IPv6', endpoints: [{ addresses: ['2001:db8::1'] }] }, 'family'],
  ])('whose slice holds %s', async (_, more, reason) => {
    expect(await findingsOf({ objects: [bare, byHand(more)] })).toMatchObject([
      { code: 'endpoints/slice-ignored', params: { slice: 'web-1', reason } },
    ]);
  });

  test('whose address answers is fine', async () => {
    const world = {
      objects: [bare, byHand()],
      connections: { [VIP]: 'answered', '192.0.2.1:8080': 'answered' } as const,
    };
    expect(await check(world)).toMatchObject({ outcome: 'pass', findings: [] });
  });

  test('whose address nobody was asked about is fine', async () => {
    expect(await check({ objects: [bare, byHand()] })).toMatchObject({ outcome: 'pass', findings: [] });
  });

  test('whose address does not answer', async () => {
    expect(await findingsOf({ objects: [bare, byHand()], connections: {} })).toMatchObject([
      {
        code: 'endpoints/dead-address',
        severity: 'error',
        breaks: 'selection',
        subject: { port: '80/TCP', backend: '192.0.2.1' },
        params: { addresses: ['192.0.2.1'], slices: ['web-1'], failure: 'silent', leftover: false },
        remedies: [{ id: 'correct-address', commands: [['kubectl', '-n', 'shop', 'edit', 'endpointslice', 'web-1']] }],
      },
    ]);
  });

  test('whose address is the cluster IP of another Service', async () => {
    const other = service({ name: 'api', spec: { clusterIP: '192.0.2.1', clusterIPs: ['192.0.2.1'] } });
    expect(await findingsOf({ objects: [bare, byHand(), other], connections: {} })).toMatchObject([
      { params: { serviceOf: 'api' } },
    ]);
  });

  test('whose mirrored slice is dead: the Endpoints object is the one to correct', async () => {
    const mirrored = byHand({ managedBy: 'endpointslicemirroring-controller.k8s.io' });
    expect(await findingsOf({ objects: [bare, mirrored], connections: {} })).toMatchObject([
      { remedies: [{ commands: [['kubectl', '-n', 'shop', 'edit', 'endpoints', 'web']] }] },
    ]);
  });

  test('whose silence a NetworkPolicy explains, is not called dead', async () => {
    const denied = {
      kind: 'NetworkPolicy',
      metadata: metaOf({ name: 'deny' }),
      spec: { podSelector: {}, policyTypes: ['Egress'], egress: [] },
    };
    const probe = pod({ name: 'probe', deployment: null, labels: { x: 'y' } });
    expect(await findingsOf({ objects: [bare, byHand(), denied, probe], connections: {} })).toEqual([]);
  });
});

test("a leftover slice beside the controller's: its dead addresses, all in one", async () => {
  const leftover = slice({
    name: 'web-legacy',
    managedBy: 'migration',
    endpoints: [{ addresses: ['192.0.2.21'] }, { addresses: ['192.0.2.22'] }],
  });
  const result = await check({
    objects: [service(), pod(), slice({ endpoints: [endpoint(pod())] }), leftover],
    connections: { [VIP]: ['answered', 'silent'], [POD]: 'answered' },
  });
  expect(result.findings).toMatchObject([
    {
      code: 'endpoints/dead-address',
      subject: { port: '80/TCP' },
      params: { addresses: ['192.0.2.21', '192.0.2.22'], leftover: true },
      remedies: [{ id: 'delete-slice' }],
    },
  ]);
  expect(result.observations.map(({ what }) => what)).toContain('endpoints.foreign-slice');
});
