import { describe, expect, test } from 'vitest';
import type { NetworkPolicyPeer } from '../../../src/model/kubernetes.ts';
import { dnsEgress, dnsServers } from '../../../src/model/networkPolicy/dns.ts';
import { connection, policy, type Spec } from './connection.ts';

describe('dnsEgress', () => {
  const service = {
    spec: {
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP', targetPort: 8053 },
        { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 8053 },
        { name: 'metrics', port: 9153, protocol: 'TCP', targetPort: 9153 },
      ],
    },
  };
  const coredns = {
    metadata: { namespace: 'kube-system', name: 'coredns-1', labels: { 'k8s-app': 'kube-dns' } },
    status: { podIP: '10.9.0.1' },
  };
  const servers = dnsServers(service, [coredns]);
  const ask = (spec: Spec, some = servers) => {
    const { namespaces, client } = connection([]);
    return dnsEgress({
      policies: [policy('p', spec)],
      client,
      namespaces: { ...namespaces, 'kube-system': {} },
      servers: some,
    }).map(({ protocol, allowed }) => [protocol, allowed]);
  };
  const to: NetworkPolicyPeer[] = [{ namespaceSelector: {}, podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }];
  const Egress = { podSelector: {}, policyTypes: ['Egress'] };
  const both = (udp: unknown, tcp: unknown) => [
    ['UDP', udp],
    ['TCP', tcp],
  ];

  test('the pod port counts, not 53', () => {
    expect(servers[0]?.ports).toEqual({ UDP: 8053, TCP: 8053 });
    expect(ask({ ...Egress, egress: [{ to, ports: [{ port: 53, protocol: 'UDP' }] }] })).toEqual(both(false, false));
    expect(ask({ ...Egress, egress: [{ to, ports: [{ port: 8053, protocol: 'UDP' }] }] })).toEqual(both(true, false));
    expect(ask({ ...Egress, egress: [{ to }] })).toEqual(both(true, true));
  });

  test('denied, and not isolated', () => {
    expect(ask(Egress)).toEqual(both(false, false));
    expect(ask({ podSelector: {} })).toEqual(both(true, true));
  });

  test('without known servers it is certain only where nothing isolates', () => {
    expect(ask(Egress, [])).toEqual(both('unknown', 'unknown'));
    expect(ask({ podSelector: {} }, [])).toEqual(both(true, true));
  });

  test('one server of two denied is denied; which one is told', () => {
    const other = { party: { kind: 'address' as const, address: '169.254.20.10' }, ports: { UDP: 53 } };
    const { namespaces, client } = connection([]);
    const [udp] = dnsEgress({
      policies: [policy('p', { ...Egress, egress: [{ to }] })],
      client,
      namespaces,
      servers: [...servers, other],
    });
    expect(udp?.allowed).toBe(false);
    expect(udp?.admissions.map(({ allowed, port }) => [allowed, port])).toEqual([
      [true, 8053],
      [false, 53],
    ]);
  });
});
