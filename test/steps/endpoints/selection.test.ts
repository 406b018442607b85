import { describe, expect, test } from 'vitest';
import { endpoints } from '../../../src/steps/endpoints/endpoints.ts';
import { factsOf, type World } from '../../support/facts.ts';
import { pod, service } from '../../support/objects.ts';
import { wellSaid } from '../../support/sentences.ts';
import { endpoint, slice, workload } from '../../support/workloads.ts';

const check = async (world: World) => wellSaid(await endpoints.check(factsOf(world)));
const findingsOf = async (world: World) => (await check(world)).findings;
const selecting = (selector: Record<string, string>) => service({ selector });
const VIP = '10.96.0.10:80';

describe('a healthy Service', () => {
  const objects = [service(), pod(), slice({ endpoints: [endpoint(pod())] })];

  test('passes, at the cost of three requests', async () => {
    const facts = factsOf({ objects });
    expect(await endpoints.check(facts)).toMatchObject({
      outcome: 'pass',
      findings: [],
      observations: [
        { what: 'endpoints.selected', params: { selector: 'app=web', pods: 1 } },
        { what: 'endpoints.slices', params: { ready: 1, notReady: 0 } },
      ],
    });
    expect(facts.asked.sort()).toEqual(['get services', 'list endpointslices', 'list pods']);
  });

  test('named unlike its pods costs nothing more once it answers', async () => {
    const other = pod({ name: 'db-6c5d8b7f9-aaaaa', labels: { x: 'y' } });
    const facts = factsOf({
      objects: [selecting({ x: 'y' }), other, slice({ endpoints: [endpoint(other)] })],
      connections: { [VIP]: 'answered', '10.244.0.5:8080': 'answered' },
    });
    expect(await endpoints.check(facts)).toMatchObject({ outcome: 'pass', findings: [] });
    expect(facts.asked).not.toContain('list deployments');
  });
});

describe('not to be judged', () => {
  test.each([
    ['no Service', {}, { outcome: 'skip', reason: { what: 'endpoints.no-service' } }],
    [
      'an ExternalName',
      { objects: [service({ spec: { type: 'ExternalName', externalName: 'example.com' } })] },
      { outcome: 'skip', reason: { what: 'endpoints.external-name' } },
    ],
    [
      'a Service that may not be read',
      { forbidden: ['get services'] },
      { outcome: 'unknown', obstacles: [{ resource: 'services' }] },
    ],
  ])('%s', async (_, world, expected) => {
    expect(await check(world)).toMatchObject(expected);
  });

  test.each(['list pods', 'list endpointslices'])(
    '403 on %s hides what matters, unless the Service answers',
    async (right) => {
      const world = { objects: [service(), pod(), slice({ endpoints: [endpoint(pod())] })], forbidden: [right] };
      expect(await check(world)).toMatchObject({
        outcome: 'unknown',
        findings: [],
        obstacles: [{ kind: 'forbidden' }],
      });
      expect(await check({ ...world, connections: { [VIP]: 'answered' } })).toMatchObject({ outcome: 'pass' });
    },
  );
});

describe('the selector matches nothing', () => {
  const hostnames = workload({ name: 'hostnames', podLabels: { app: 'hostnames' } });
  const one = pod({ name: 'hostnames-6c5d8b7f9-aaaaa', labels: { app: 'hostnames' } });
  const empty = slice({ ports: null });

  test.each([
    ['spelling', { app: 'hostname' }, ['app=hostname'], ['app=hostnames'], { app: 'hostnames' }],
    ['case', { app: 'Hostnames' }, ['app=Hostnames'], ['app=hostnames'], { app: 'hostnames' }],
    ['key', { run: 'hostnames' }, ['run=hostnames'], ['app=hostnames'], { run: null, app: 'hostnames' }],
    [
      'a hash of another revision',
      { app: 'hostnames', 'pod-template-hash': 'abc' },
      ['pod-template-hash=abc'],
      ['pod-template-hash=6c5d8b7f9'],
      { 'pod-template-hash': null },
    ],
    ['extra key', { app: 'hostnames', version: 'v1' }, ['version=v1'], [''], { version: null }],
  ])('near miss by %s', async (_, selector, wanted, found, patch) => {
    const findings = await findingsOf({ objects: [selecting(selector), hostnames, one, empty] });
    expect(findings).toMatchObject([
      {
        code: 'endpoints/selector-mismatch',
        severity: 'error',
        breaks: 'selection',
        params: { workload: 'Deployment/hostnames', pods: 1, wanted, found, also: [] },
        evidence: [{ what: 'endpoints.selected' }, { what: 'endpoints.labels', params: { labels: 'app=hostnames' } }],
        remedies: [
          { id: 'change-selector', patch: { type: 'merge-patch+json', body: { spec: { selector: patch } } } },
          {},
        ].slice(0, findings[0]?.remedies.length),
      },
    ]);
  });

  test('the nearest workload is named, and whom the changed selector would take in besides', async () => {
    const worker = pod({ name: 'worker-6c5d8b7f9-aaaaa', labels: { app: 'hostnames', role: 'worker' } });
    const findings = await findingsOf({
      objects: [service({ name: 'hostnames', selector: { app: 'hostname' } }), hostnames, one, worker],
      target: { service: 'hostnames' },
    });
    expect(findings).toMatchObject([{ params: { workload: 'Deployment/hostnames', also: ['Deployment/worker'] } }]);
  });

  test('labels on the workload alone', async () => {
    const labelled = workload({ labels: { app: 'web', component: 'server' } });
    const findings = await findingsOf({ objects: [selecting({ app: 'web', component: 'server' }), labelled, pod()] });
    expect(findings).toMatchObject([
      {
        code: 'endpoints/labels-on-workload-only',
        breaks: 'selection',
        params: { workload: 'Deployment/web', labels: 'component=server' },
        remedies: [
          {
            id: 'label-template',
            commands: [
              [
                'kubectl',
                '-n',
                'shop',
                'patch',
                'deployment/web',
                '--type=merge',
                '-p',
                '{"spec":{"template":{"metadata":{"labels":{"component":"server"}}}}}',
              ],
            ],
          },
          { id: 'change-selector', patch: { body: { spec: { selector: { component: null } } } } },
        ],
      },
    ]);
  });

  test('a bare pod can be labelled itself', async () => {
    const bare = pod({ name: 'web', deployment: null, labels: { run: 'web' } });
    expect(await findingsOf({ objects: [service(), bare] })).toMatchObject([
      {
        remedies: [
          {},
          { id: 'label-pods', commands: [['kubectl', '-n', 'shop', 'label', 'pod', 'web', 'app=web', '--overwrite']] },
        ],
      },
    ]);
  });

  test('pods in another namespace', async () => {
    const there = pod({ namespace: 'store' });
    const client = pod({ name: 'front', deployment: null, labels: { app: 'front' } });
    expect(await findingsOf({ objects: [service(), there, client] })).toMatchObject([
      {
        code: 'endpoints/pods-in-other-namespace',
        params: { namespace: 'shop', namespaces: ['store'], workload: 'Deployment/web', pods: 1 },
        remedies: [
          {
            id: 'expose-there',
            commands: [
              ['kubectl', '-n', 'store', 'create', 'service', 'clusterip', 'web', '--tcp=80:8080'],
              ['kubectl', '-n', 'store', 'set', 'selector', 'service', 'web', 'app=web'],
            ],
          },
          { id: 'alias' },
        ],
      },
    ]);
  });

  test('a slip here counts more than the same labels elsewhere', async () => {
    const here = pod({ labels: { app: 'webb' } });
    expect(await findingsOf({ objects: [service(), here, pod({ namespace: 'store' })] })).toMatchObject([
      { code: 'endpoints/selector-mismatch' },
    ]);
  });

  test('scaled to zero', async () => {
    const other = pod({ name: 'web2-6c5d8b7f9-aaaaa', labels: { app: 'web2' } });
    expect(await findingsOf({ objects: [service(), workload({ replicas: 0 }), other] })).toMatchObject([
      {
        code: 'endpoints/scaled-to-zero',
        params: { workload: 'Deployment/web' },
        remedies: [{ commands: [['kubectl', '-n', 'shop', 'scale', 'deployment/web', '--replicas=1']] }],
      },
    ]);
  });

  test('a workload that fits and makes no pods: a symptom', async () => {
    expect(await findingsOf({ objects: [service(), workload({ replicas: 2 })] })).toMatchObject([
      { code: 'endpoints/no-pods', breaks: 'endpoints', params: { workload: 'Deployment/web', wanted: 2 } },
    ]);
  });

  test('a DaemonSet that fits no node', async () => {
    const set = workload({ kind: 'DaemonSet' });
    const placed = {
      ...set,
      spec: {
        ...set.spec,
        template: { ...set.spec?.template, spec: { containers: [], nodeSelector: { gpu: 'true' } } },
      },
    };
    expect(await findingsOf({ objects: [service(), placed] })).toMatchObject([
      {
        code: 'endpoints/no-pods',
        breaks: 'selection',
        params: { workload: 'DaemonSet/web', wanted: 0, nodeSelector: 'gpu=true' },
      },
    ]);
  });

  test('nothing near at all; pods of Jobs and our own do not count', async () => {
    const job = pod({ name: 'job-1', owner: { kind: 'Job', name: 'web' }, labels: { app: 'webb' } });
    const probe = pod({
      name: 'probe',
      deployment: null,
      labels: { app: 'webb', 'app.kubernetes.io/managed-by': 'svc-debug' },
    });
    expect(await findingsOf({ objects: [service(), job, probe] })).toMatchObject([
      { code: 'endpoints/no-pods', breaks: 'selection', remedies: [{ id: 'list-pods' }] },
    ]);
  });

  test('rights that are missing are obstacles; the answer stands', async () => {
    const forbidden = ['list deployments', 'list statefulsets', 'list daemonsets'];
    const result = await check({ objects: [selecting({ app: 'hostname' }), one], forbidden });
    expect(result).toMatchObject({ outcome: 'fail', findings: [{ code: 'endpoints/selector-mismatch' }] });
    expect(result.obstacles).toHaveLength(3);
  });

  test('is a warning while the Service answers, by a slice of other hands', async () => {
    const hand = slice({ name: 'by-hand', managedBy: null, endpoints: [{ addresses: ['192.0.2.1'] }] });
    const world = { objects: [selecting({ app: 'hostname' }), one, hand], connections: { [VIP]: 'answered' as const } };
    expect(await check(world)).toMatchObject({
      outcome: 'pass',
      findings: [{ code: 'endpoints/selector-mismatch', severity: 'warning' }],
    });
  });
});

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
