import { describe, expect, test, vi } from 'vitest';
import { clientVantage, dnsOf, podOfDeployment } from '../../src/cluster/places.ts';
import type { Cluster, ExecResult } from '../../src/model/cluster.ts';
import { type Fact, known, unknown } from '../../src/model/fact.ts';
import type { Pod } from '../../src/model/kubernetes.ts';
import type { Vantage } from '../../src/model/probe.ts';
import { type FakeObject, fakeCluster } from '../support/fakeCluster.ts';

type PodObject = Pod & FakeObject;

const client = (change: Partial<Pod> = {}): PodObject => ({
  kind: 'Pod',
  metadata: { name: 'client', namespace: 'shop', labels: { app: 'client' } },
  spec: { nodeName: 'node2', containers: [{ name: 'app' }, { name: 'sidecar' }] },
  status: { phase: 'Running', containerStatuses: ['app', 'sidecar'].map((name) => container(name, true)) },
  ...change,
});

const container = (name: string, runs: boolean) => ({
  name,
  image: 'i',
  imageID: '',
  ready: runs,
  restartCount: 0,
  state: runs ? { running: {} } : { waiting: { reason: 'CrashLoopBackOff' } },
});

const printed = (stdout: string): Fact<ExecResult> =>
  known({ exitCode: 0, stdout, stderr: '', truncated: false, durationMs: 80 });

function clusterWith(objects: FakeObject[], exec: Fact<ExecResult>): Cluster {
  return { ...fakeCluster({ objects }), exec: async () => exec };
}

const OURS: Vantage = { id: 'probe/shop/node2', kind: 'probe', namespace: 'shop', pod: 'ours', labels: {} };
const standIn = () => vi.fn(async () => known(OURS));

describe('a pod that runs already', () => {
  test('with a shell and a tool it is asked itself, in the container that kubectl exec would take', async () => {
    const stand = standIn();
    const found = await clientVantage(
      clusterWith([client()], printed('- 0 %tools nc nslookup\n- 0 %end\n')),
      'shop',
      'client',
      stand,
    );
    expect(found).toEqual(
      known({
        id: 'pod/shop/client',
        kind: 'pod',
        namespace: 'shop',
        pod: 'client',
        container: 'app',
        node: 'node2',
        labels: { app: 'client' },
      }),
    );
    expect(stand).not.toHaveBeenCalled();
  });

  test.each([
    ['the annotation names the container', { 'kubectl.kubernetes.io/default-container': 'sidecar' }, 'sidecar'],
    ['an annotation that names none of them', { 'kubectl.kubernetes.io/default-container': 'gone' }, 'app'],
  ])('%s', async (_what, annotations, expected) => {
    const pod = client({ metadata: { name: 'client', namespace: 'shop', annotations } });
    const found = await clientVantage(clusterWith([pod], printed('- 0 %tools curl\n')), 'shop', 'client', standIn());
    expect(found).toMatchObject({ known: true, value: { container: expected } });
  });

  const SHELL_LESS = unknown({ kind: 'no-probe', reason: 'no-shell', message: 'no sh' });
  const crashing = client({ status: { phase: 'Running', containerStatuses: [container('app', false)] } });
  test.each([
    ['without a shell', client(), SHELL_LESS],
    ['without a tool', client(), printed('- 0 %tools nslookup\n- 0 %end\n')],
    ['that crashes', crashing, SHELL_LESS],
  ])('%s: a pod of ours stands in, on its node, with its DNS settings', async (_what, pod, exec) => {
    const stand = standIn();
    const found = await clientVantage(clusterWith([pod], exec), 'shop', 'client', stand);
    expect(found).toEqual(known({ ...OURS, standsFor: { pod: 'client', labels: { app: 'client' } } }));
    expect(stand).toHaveBeenCalledWith({ namespace: 'shop', node: 'node2', dns: { dnsPolicy: 'ClusterFirst' } });
  });

  test('no right to exec is no reason for a pod of ours, which could not be asked either', async () => {
    const forbidden = unknown({ kind: 'forbidden', verb: 'create', resource: 'pods/exec', message: 'm' });
    const stand = standIn();
    expect(await clientVantage(clusterWith([client()], forbidden), 'shop', 'client', stand)).toEqual(forbidden);
    expect(stand).not.toHaveBeenCalled();
  });

  test('one that waits for a node has no place to stand in', async () => {
    const pending = client({ spec: { containers: [{ name: 'app' }] }, status: { phase: 'Pending' } });
    const found = await clientVantage(clusterWith([pending], SHELL_LESS), 'shop', 'client', standIn());
    expect(found).toMatchObject({ known: false, obstacle: { kind: 'no-probe', reason: 'not-running' } });
  });

  test('one that is not there', async () => {
    const found = await clientVantage(clusterWith([], SHELL_LESS), 'shop', 'client', standIn());
    expect(found).toMatchObject({ obstacle: { message: 'there is no pod shop/client' } });
  });
});

test.each([
  [{}, { dnsPolicy: 'ClusterFirst' }],
  [{ dnsPolicy: 'Default' }, { dnsPolicy: 'Default' }],
  [{ dnsPolicy: 'ClusterFirst', hostNetwork: true }, { dnsPolicy: 'Default' }],
  [{ dnsPolicy: 'ClusterFirstWithHostNet', hostNetwork: true }, { dnsPolicy: 'ClusterFirst' }],
  [
    { dnsPolicy: 'None', dnsConfig: { nameservers: ['1.1.1.1'] } },
    { dnsPolicy: 'None', dnsConfig: { nameservers: ['1.1.1.1'] } },
  ],
])('the DNS settings of %j are %j in a pod of ours', (spec, expected) => {
  expect(dnsOf({ spec: { containers: [], ...spec } })).toEqual(expected);
});

describe('a pod of a Deployment', () => {
  const deployment: FakeObject = {
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop' },
    ...{ spec: { selector: { matchLabels: { app: 'web' } } } },
  };
  const replica = (name: string, ready: boolean, phase = 'Running'): PodObject => ({
    kind: 'Pod',
    metadata: { name, namespace: 'shop', labels: { app: 'web' } },
    status: {
      phase,
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      containerStatuses: phase === 'Running' ? [container('app', true)] : [],
    },
  });
  const chosen = (...objects: FakeObject[]) => podOfDeployment(fakeCluster({ objects }), 'shop', 'web');

  test('a ready one before one that runs before one that is pending', async () => {
    const [pending, unready, ready] = [replica('a', false, 'Pending'), replica('b', false), replica('c', true)];
    expect(await chosen(deployment, pending, unready, ready)).toEqual(known('c'));
    expect(await chosen(deployment, pending, unready)).toEqual(known('b'));
    expect(await chosen(deployment, pending)).toEqual(known('a'));
  });

  test('without pods, or without the Deployment, it says so', async () => {
    expect(await chosen(deployment)).toMatchObject({ obstacle: { message: 'Deployment shop/web has no pod' } });
    expect(await chosen()).toMatchObject({ obstacle: { message: 'there is no Deployment shop/web' } });
  });
});
