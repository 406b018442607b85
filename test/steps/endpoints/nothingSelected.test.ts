import { describe, expect, test } from 'vitest';
import { endpoints } from '../../../src/steps/endpoints/endpoints.ts';
import { factsOf, type World } from '../../support/facts.ts';
import { pod, service } from '../../support/objects.ts';
import { wellSaid } from '../../support/sentences.ts';
import { slice, workload } from '../../support/workloads.ts';

const check = async (world: World) => wellSaid(await endpoints.check(factsOf(world)));
const findingsOf = async (world: World) => (await check(world)).findings;
const selecting = (selector: Record<string, string>) => service({ selector });
const VIP = '10.96.0.10:80';

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
