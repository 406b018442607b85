import { describe, expect, test } from 'vitest';
import { endpoints } from '../../../src/steps/endpoints/endpoints.ts';
import { factsOf, type World } from '../../support/facts.ts';
import { metaOf, pod, service } from '../../support/objects.ts';
import { wellSaid } from '../../support/sentences.ts';
import { slice, workload } from '../../support/workloads.ts';

const check = async (world: World) => wellSaid(await endpoints.check(factsOf(world)));
const findingsOf = async (world: World) => (await check(world)).findings;
const VIP = '10.96.0.10:80';

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
    ['no mark', {}, ''],
    ['the label skip-mirror', { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } }, 'label'],
    ['a leader', { annotations: { 'control-plane.alpha.kubernetes.io/leader': '{}' } }, 'leader'],
  ])('with an Endpoints object that bears %s: why it is not mirrored', async (_, marks, unmirrored) => {
    const subsets = [{ addresses: [{ ip: '192.0.2.1' }] }];
    const old = { kind: 'Endpoints', metadata: metaOf({ name: 'web', ...marks }), subsets };
    expect(await findingsOf({ objects: [bare, old] })).toMatchObject([
      { code: 'endpoints/no-selector-no-slices', params: { endpointsObject: true, unmirrored } },
    ]);
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
