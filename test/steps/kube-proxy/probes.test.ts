import { describe, expect, it } from 'vitest';
import type { ProbeQuestion } from '../../../src/model/probe.ts';
import { pod, service } from '../../support/objects.ts';
import { endpoint, slice } from '../../support/workloads.ts';
import { A, B, broken, check, daemonSet, found, healthy, one, proxy, two, VIP } from './scene.ts';

describe('from what packets do', () => {
  it('passes where the cluster IP reaches the pods', async () => {
    expect(await check({ connections: healthy })).toMatchObject({ outcome: 'pass', findings: [] });
  });
  it('fails where it does not and all pods answer', async () => {
    expect(await found({ connections: broken })).toEqual(['error not-forwarding node1']);
  });
  it('says nothing where the pods do not answer either', async () => {
    const silent = { [A]: 'refused', [B]: 'refused', [VIP]: 'refused' } as const;
    expect(await check({ connections: silent })).toMatchObject({ outcome: 'unknown', findings: [] });
  });
  it('does not blame it for a node without local endpoint', async () => {
    const local = service({ spec: { internalTrafficPolicy: 'Local' } });
    const objects = [local, two, slice({ endpoints: [endpoint(two)] }), daemonSet, proxy('node1'), proxy('node2')];
    expect(await found({ objects, connections: { [B]: 'answered' } })).toEqual([]);
  });
  it('does not blame it for a backend that cannot reach itself', async () => {
    const objects = [service(), one, slice({ endpoints: [endpoint(one)] }), daemonSet, proxy('node1')];
    const vantage = { id: `pod/shop/${one.metadata?.name}`, kind: 'pod', pod: one.metadata?.name ?? '' } as const;
    expect(await found({ objects, vantage, connections: { [A]: 'answered' } })).toEqual([]);
  });
  it('does not blame it for pods that answer so late that some tries end before', async () => {
    const late = { outcome: 'answered', durationMs: 2700 } as const;
    const connections = (opened: 'hangs' | 'silent', direct: typeof late | 'answered') => ({
      [VIP]: [late, opened, late, opened],
      [A]: direct,
      [B]: direct,
    });
    expect(await found({ connections: connections('hangs', late) })).toEqual([]);
    expect(await found({ connections: connections('hangs', 'answered') })).toEqual(['error not-forwarding node1']);
    expect(await found({ connections: connections('silent', late) })).toEqual(['error not-forwarding node1']);
  });
  it('sees that only the pods of one node can be reached', async () => {
    const connections = { [VIP]: ['answered', 'silent'], [A]: 'answered', [B]: 'silent' } as const;
    expect(await found({ connections })).toEqual(['error pod-network']);
  });
});

describe('the network between nodes', () => {
  const dns = (node: string, ip: string) =>
    pod({
      name: `coredns-${node}`,
      namespace: 'kube-system',
      node,
      ip,
      labels: { 'k8s-app': 'kube-dns' },
      deployment: null,
    });
  const kubeDns = service({
    name: 'kube-dns',
    namespace: 'kube-system',
    selector: { 'k8s-app': 'kube-dns' },
    spec: { clusterIP: '10.96.0.11', clusterIPs: ['10.96.0.11'] },
  });
  const objects = [
    service(),
    two,
    slice({ endpoints: [endpoint(two)] }),
    daemonSet,
    proxy('node1'),
    proxy('node2'),
    kubeDns,
    dns('node1', '10.244.0.2'),
    dns('node2', '10.244.1.2'),
  ];
  const hears = (silent: readonly string[]) => (question: ProbeQuestion) =>
    question.ask === 'nslookup' && question.server
      ? {
          outcome: silent.includes(question.server) ? ('timeout' as const) : ('found' as const),
          addresses: [],
          durationMs: 3,
        }
      : undefined;
  it('is broken where DNS pods over there are silent as well, though no backend is near', async () => {
    expect(await found({ objects, connections: {}, answer: hears(['10.244.1.2']) })).toEqual(['error pod-network']);
  });
  it('is not where a DNS pod over there answers: only the backend is silent', async () => {
    expect(await found({ objects, connections: {}, answer: hears([]) })).toEqual([]);
  });
  it('is not where the process of the silent backend does not answer on its own loopback either', async () => {
    const connections = { [VIP]: ['answered', 'silent'], [A]: 'answered', [B]: 'silent' } as const;
    const forwards = { 'web-6c5d8b7f9-bbbbb:8080': 'silent' } as const;
    const alone = objects.filter(({ metadata }) => metadata?.name !== 'coredns-node2');
    const spoken = [
      service({ ports: [{ name: 'http', port: 80, targetPort: 8080 }] }),
      one,
      two,
      slice({ endpoints: [endpoint(one), endpoint(two)], ports: [{ name: 'http', port: 8080 }] }),
      ...alone.slice(3),
    ];
    expect(await found({ objects: spoken, connections, forwards, answer: hears([]) })).toEqual([]);
    const well = { 'web-6c5d8b7f9-bbbbb:8080': 'answered' } as const;
    expect(await found({ objects: spoken, connections, forwards: well, answer: hears([]) })).toEqual([
      'error pod-network',
    ]);
  });
  it('is not known where nobody else over there was asked', async () => {
    const alone = objects.filter(({ metadata }) => metadata?.name !== 'coredns-node2');
    expect(await found({ objects: alone, connections: {}, answer: hears([]) })).toEqual([]);
  });
});

describe('from several nodes', () => {
  const there = { id: 'probe/shop/node2', node: 'node2', pod: 'other' };
  it('tells a broken node from a broken Service, without any privilege', async () => {
    const { findings, observations } = await check({
      connections: broken,
      vantages: [{ vantage: there, connections: healthy }],
    });
    expect(findings).toMatchObject([
      { code: 'kube-proxy/not-forwarding', subject: { node: 'node1' }, params: { elsewhere: ['7 of 7 from node2'] } },
    ]);
    expect(observations.filter(({ what }) => what === 'kube-proxy.from-node').map(({ params }) => params)).toEqual([
      expect.objectContaining({ node: 'node1', answered: 0 }),
      expect.objectContaining({ node: 'node2', answered: 7, asked: 7 }),
    ]);
  });
  it('blames the node that is asked second as well', async () => {
    const world = { connections: healthy, vantages: [{ vantage: there, connections: broken }] };
    expect(await found(world)).toEqual(['error not-forwarding node2']);
  });
  it('blames both where both fail', async () => {
    const world = { connections: broken, vantages: [{ vantage: there, connections: broken }] };
    expect(await found(world)).toEqual(['error not-forwarding node1', 'error not-forwarding node2']);
  });
  it('looks at all nodes that are asked from, and not at more than three otherwise', async () => {
    const many = Array.from({ length: 5 }, (_, i) =>
      pod({ name: `web-6c5d8b7f9-${i}`, ip: `10.244.${i}.9`, node: `n${i}` }),
    );
    const objects = [service(), ...many, slice({ endpoints: many.map(endpoint) }), daemonSet, proxy('node1')];
    const connections = Object.fromEntries([
      [VIP, 'answered'] as const,
      ...many.map(({ status }) => [`${status?.podIP}:8080`, 'answered'] as const),
    ]);
    expect(await found({ objects, connections })).toEqual(['warning not-running n0', 'warning not-running n1']);
    expect(await found({ objects, connections, consent: { everyNode: true } })).toHaveLength(5);
  });
});
