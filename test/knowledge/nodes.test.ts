/** Nodes: what proxies Services there, and which node one asks from. */
import { describe, expect, test } from 'vitest';
import { web } from '../steps/dns/world.ts';
import { daemonSet, proxy, running } from '../steps/kube-proxy/scene.ts';
import type { FakeObject } from '../support/fakeCluster.ts';
import { pod } from '../support/objects.ts';
import { A, answering, B, C, diagnosed, NAMES, pods, served, VIP } from './scene.ts';

const proxies: FakeObject[] = [daemonSet, proxy('node1'), proxy('node2')];
const dropped = { ...answering(A, B, C), [VIP]: 'silent' } as const;
const node2 = { id: 'probe/shop/node2', node: 'node2' } as const;

test('the cluster IP fails and every pod answers: the node, though kube-proxy runs and says nothing', async () => {
  const { causes, rootCauses } = await diagnosed({ objects: [...served(pods()), ...proxies], connections: dropped });
  expect(causes).toEqual(['kube-proxy/not-forwarding']);
  expect(rootCauses[0]?.remedies.map(({ id }) => id)).toContain('sync');
});

test('it may fail from one node and not from the other', async () => {
  const { causes, rootCauses } = await diagnosed({
    objects: [...served(pods()), ...proxies],
    connections: dropped,
    vantages: [{ connections: answering(VIP, A, B, C), vantage: node2 }],
  });
  expect(causes).toEqual(['kube-proxy/not-forwarding']);
  expect(rootCauses[0]?.subject.node).toBe('node1');
});

describe('kube-proxy', () => {
  test('that cannot write its rules runs, and its log says so', async () => {
    const line = 'E1123 08:59:30.000000 1 proxier.go:1558] "Failed to execute iptables-restore" err="exit status 1"';
    const { causes } = await diagnosed({
      objects: [...served(pods()), ...proxies],
      connections: dropped,
      logs: { 'kube-proxy-node1/kube-proxy': `2026-11-23T08:59:30Z ${line}\n` },
    });
    expect(causes).toEqual(['kube-proxy/sync-failed']);
  });

  test.each([
    ['has just ended', { terminated: { exitCode: 1, reason: 'Error', finishedAt: '2026-11-23T08:59:50Z' } }],
    ['waits for the next start', { waiting: { reason: 'CrashLoopBackOff' } }],
  ])('that crashes is known while it %s; the namespace of the Service does not show it', async (_, state) => {
    const bad = { ...running, ready: false, restartCount: 5, state } as typeof running;
    const { causes } = await diagnosed({
      objects: [...served(pods()), daemonSet, proxy('node1', bad, { ready: false }), proxy('node2')],
      connections: dropped,
    });
    expect(causes).toEqual(['kube-proxy/crash-loop']);
  });

  test('that another product replaces is not missed', async () => {
    const agent = pod({
      name: 'cilium-abcde',
      namespace: 'kube-system',
      labels: { 'k8s-app': 'cilium' },
      owner: { kind: 'DaemonSet', name: 'cilium' },
      ip: '172.30.0.11',
    });
    const cilium = { kind: 'DaemonSet', metadata: { name: 'cilium', namespace: 'kube-system' } };
    const { errors, observations } = await diagnosed({
      objects: [...served(pods()), agent, cilium],
      connections: dropped,
    });
    expect(errors).not.toContain('kube-proxy/not-running');
    expect(observations).toContainEqual(
      expect.objectContaining({ what: 'kube-proxy.replaced', params: { product: expect.stringMatching(/cilium/i) } }),
    );
  });

  test('is no matter where the Service answers, dead or alive', async () => {
    const bad = { ...running, ready: false, restartCount: 5, state: { waiting: { reason: 'CrashLoopBackOff' } } };
    const { verdict, errors } = await diagnosed({
      objects: [...served(pods()), daemonSet, proxy('node1', bad as typeof running, { ready: false }), proxy('node2')],
      connections: answering(VIP, A, B, C),
    });
    expect({ verdict, errors }).toEqual({ verdict: 'healthy', errors: [] });
  });
});

describe('traffic policies', () => {
  const onNode2 = pods().slice(1);
  const local = (spec: object) => web({ spec: { clusterIP: '10.96.7.7', clusterIPs: ['10.96.7.7'], ...spec } });

  test('internal Local without an endpoint on the node of the client: silent, while the pods answer', async () => {
    const { causes } = await diagnosed({
      objects: [...served(onNode2, local({ internalTrafficPolicy: 'Local' })), ...proxies],
      connections: dropped,
    });
    expect(causes).toEqual(['ip/no-local-endpoint']);
  });

  test('external Local leaves out nodes by design: a note', async () => {
    const service = local({ type: 'NodePort', externalTrafficPolicy: 'Local' });
    const { verdict, notes } = await diagnosed({
      objects: [...served(onNode2, service), ...proxies],
      connections: answering(VIP, B, C),
    });
    expect(verdict).toBe('healthy');
    expect(notes).toContain('ip/node-port-no-local-endpoint');
  });

  test('topology hints drop nothing by themselves', async () => {
    const { verdict, observations } = await diagnosed({
      objects: served(pods(), local({ trafficDistribution: 'PreferClose' })),
      connections: answering(VIP, A, B, C),
    });
    expect(verdict).toBe('healthy');
    expect(observations.map(({ what }) => what)).toContain('spec.topology');
  });
});

describe('a pod that asks its own Service', () => {
  const [alone] = pods();
  const backend = {
    id: `pod/shop/${NAMES[0]}`,
    kind: 'pod',
    pod: NAMES[0]!,
    labels: { app: 'web' },
  } as const;

  test('and hears nothing while every other client is served: hairpin', async () => {
    const { causes } = await diagnosed({
      objects: [...served([alone!]), ...proxies],
      connections: { [A]: 'answered', [VIP]: 'silent' },
      vantage: backend,
      vantages: [{ connections: answering(VIP, A), vantage: { ...node2, kind: 'probe', pod: 'probe' } }],
      self: { [VIP]: 'silent' },
    });
    expect(causes).toContain('hairpin/fails');
  });

  test('with other backends beside it may have been answered by one of them: not told', async () => {
    const { errors } = await diagnosed({
      objects: [...served(pods()), ...proxies],
      connections: answering(VIP, A, B, C),
      self: answering(VIP),
      consent: { probe: true, nodeChecks: true },
    });
    expect(errors).toEqual([]);
  });
});
