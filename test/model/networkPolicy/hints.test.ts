import { describe, expect, test } from 'vitest';
import type { NetworkPolicy, NetworkPolicyPeer } from '../../../src/model/kubernetes.ts';
import { admittedPeers } from '../../../src/model/networkPolicy/admitted.ts';
import { type PolicyChange, smallestChange } from '../../../src/model/networkPolicy/change.ts';
import { dnsEgress, dnsServers } from '../../../src/model/networkPolicy/dns.ts';
import type { ServedConnection } from '../../../src/model/networkPolicy/hint.ts';
import { hints, printPort } from '../../../src/model/networkPolicy/hints.ts';
import { mayConnect } from '../../../src/model/networkPolicy/mayConnect.ts';
import type { PodParty } from '../../../src/model/networkPolicy/party.ts';
import { applyChange } from './applyChange.ts';

type Spec = NonNullable<NetworkPolicy['spec']>;

const policy = (name: string, spec: Spec, namespace = 'shop'): NetworkPolicy => ({
  metadata: { namespace, name },
  spec,
});

const pod = (namespace: string, name: string, more: Partial<PodParty> = {}): PodParty => ({
  kind: 'pod',
  namespace,
  name,
  labels: { app: name, 'pod-template-hash': '7d9f' },
  addresses: ['10.0.0.9'],
  hostNetwork: false,
  ports: [{ container: 'c', name: 'http', containerPort: 8080, protocol: 'TCP', sidecar: false }],
  ...more,
});

const fromWeb: NetworkPolicyPeer[] = [{ podSelector: { matchLabels: { app: 'web' } } }];
const ingress = (rule: NonNullable<Spec['ingress']>[number]): NetworkPolicy =>
  policy('p', { podSelector: {}, ingress: [rule] });
const egress = (rule: NonNullable<Spec['egress']>[number]): NetworkPolicy =>
  policy('p', { podSelector: {}, policyTypes: ['Egress'], egress: [rule] });

const connection = (policies: NetworkPolicy[], more: Partial<ServedConnection> = {}): ServedConnection => ({
  policies,
  client: pod('shop', 'web'),
  backend: pod('shop', 'checkout', { addresses: ['10.0.0.2'] }),
  port: 8080,
  protocol: 'TCP',
  namespaces: { shop: { team: 'red' }, ops: { team: 'blue' } },
  service: { port: 80, portName: 'main', clusterIPs: ['10.96.0.7'] },
  ...more,
});

const ref = { direction: 'ingress', namespace: 'shop', policy: 'p' };
const elsewhere = { client: pod('ops', 'web') };

describe('hints', () => {
  const rows: [string, NetworkPolicy, Partial<ServedConnection>, object[]][] = [
    ['nothing to say where it is allowed', ingress({}), {}, []],
    ['deny all, as meant', policy('p', { podSelector: {} }), {}, [{ kind: 'no-rules', ...ref, forgotten: false }]],
    [
      'Egress in policyTypes, and no egress rules',
      policy('p', { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{}] }),
      {},
      [{ kind: 'no-rules', ...ref, direction: 'egress', forgotten: true }],
    ],
    [
      'the port of the Service',
      ingress({ ports: [{ port: 443 }, { port: 80 }] }),
      {},
      [{ kind: 'service-port', ...ref, rule: 0, item: 1, servicePort: 80, podPort: 8080 }],
    ],
    [
      'a range around the port of the Service',
      ingress({ ports: [{ port: 1, endPort: 100 }] }),
      {},
      [{ kind: 'service-port', ...ref, rule: 0, item: 0, servicePort: 80, podPort: 8080 }],
    ],
    [
      'the port name of the Service',
      ingress({ ports: [{ port: 'main' }] }),
      {},
      [{ kind: 'service-port', ...ref, rule: 0, item: 0, servicePort: 'main', podPort: 8080 }],
    ],
    [
      'a name that no container declares',
      ingress({ ports: [{ port: 'web' }] }),
      {},
      [
        {
          kind: 'named-port-missing',
          ...ref,
          rule: 0,
          item: 0,
          name: 'web',
          protocol: 'TCP',
          otherProtocols: [],
          declared: ['http'],
        },
      ],
    ],
    [
      'a name that is declared with another protocol',
      ingress({ ports: [{ port: 'http', protocol: 'UDP' }] }),
      { protocol: 'UDP' },
      [
        {
          kind: 'named-port-missing',
          ...ref,
          rule: 0,
          item: 0,
          name: 'http',
          protocol: 'UDP',
          otherProtocols: ['TCP'],
          declared: ['http'],
        },
      ],
    ],
    [
      'another protocol',
      ingress({ ports: [{ port: 8080, protocol: 'UDP' }] }),
      {},
      [{ kind: 'protocol', ...ref, rule: 0, item: 0, listed: 'UDP', wanted: 'TCP' }],
    ],
    [
      'other ports altogether',
      ingress({ from: fromWeb, ports: [{ port: 5432 }, { port: 9000, endPort: 9100, protocol: 'UDP' }] }),
      {},
      [{ kind: 'port', ...ref, rule: 0, listed: ['5432/TCP', '9000-9100/UDP'], wanted: '8080/TCP' }],
    ],
    [
      'a podSelector alone, and a client elsewhere',
      ingress({ from: fromWeb }),
      elsewhere,
      [{ kind: 'own-namespace-only', ...ref, rule: 0, item: 0, inNamespace: 'ops' }],
    ],
    [
      'a namespace without the label',
      ingress({ from: [{ namespaceSelector: { matchLabels: { name: 'ops' } } }] }),
      elsewhere,
      [
        {
          kind: 'namespace-label',
          ...ref,
          rule: 0,
          item: 0,
          inNamespace: 'ops',
          unmet: [{ key: 'name', operator: 'In', values: ['ops'] }],
          combined: false,
        },
      ],
    ],
    [
      'AND: the pod fits, its namespace does not',
      ingress({ from: [{ namespaceSelector: { matchLabels: { team: 'red' } }, ...fromWeb[0] }] }),
      elsewhere,
      [
        {
          kind: 'namespace-label',
          ...ref,
          rule: 0,
          item: 0,
          inNamespace: 'ops',
          unmet: [{ key: 'team', operator: 'In', values: ['red'], found: 'blue' }],
          combined: true,
        },
      ],
    ],
    [
      'AND: the namespace fits, the pod does not',
      ingress({
        from: [{ namespaceSelector: { matchLabels: { team: 'blue' } }, podSelector: { matchLabels: { app: 'api' } } }],
      }),
      elsewhere,
      [
        {
          kind: 'pod-label',
          ...ref,
          rule: 0,
          item: 0,
          unmet: [{ key: 'app', operator: 'In', values: ['api'], found: 'web' }],
          combined: true,
        },
      ],
    ],
    [
      'the labels of the namespace are not known: only its name can be wrong',
      ingress({
        from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'dev', team: 'red' } } }],
      }),
      { ...elsewhere, namespaces: {} },
      [
        {
          kind: 'namespace-label',
          ...ref,
          rule: 0,
          item: 0,
          inNamespace: 'ops',
          unmet: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['dev'], found: 'ops' }],
          combined: false,
        },
      ],
    ],
    [
      'other labels',
      ingress({ from: [{ podSelector: { matchLabels: { app: 'api' } } }] }),
      {},
      [
        {
          kind: 'pod-label',
          ...ref,
          rule: 0,
          item: 0,
          unmet: [{ key: 'app', operator: 'In', values: ['api'], found: 'web' }],
          combined: false,
        },
      ],
    ],
    [
      'an exception of an ipBlock',
      ingress({ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.0.0.0/24'] } }] }),
      {},
      [{ kind: 'ip-block-except', ...ref, rule: 0, item: 0, address: '10.0.0.9', except: '10.0.0.0/24' }],
    ],
    [
      'egress to the cluster IP',
      egress({ to: [{ ipBlock: { cidr: '10.96.0.7/32' } }] }),
      {},
      [{ kind: 'ip-block-cluster-ip', ...ref, direction: 'egress', rule: 0, item: 0, clusterIP: '10.96.0.7' }],
    ],
    [
      'peer and port both differ: not near',
      ingress({ from: [{ podSelector: { matchLabels: { app: 'api' } } }], ports: [{ port: 1 }] }),
      {},
      [],
    ],
    [
      'namespace and pod both differ: not near',
      ingress({
        from: [{ namespaceSelector: { matchLabels: { team: 'x' } }, podSelector: { matchLabels: { app: 'api' } } }],
      }),
      elsewhere,
      [],
    ],
  ];
  test.each(rows)('%s', (_name, one, more, expected) => {
    expect(hints(connection([one], more))).toEqual(expected);
  });
});

test('printPort', () => {
  expect([{ port: 80 }, { port: 'http', protocol: 'UDP' }, { protocol: 'SCTP' }, {}].map(printPort)).toEqual([
    '80/TCP',
    'http/UDP',
    'SCTP',
    'TCP',
  ]);
});

describe('smallestChange', () => {
  test('a right port beside the wrong one, by place, guarded by what stands there', () => {
    const one = ingress({ from: fromWeb, ports: [{ port: 80 }] });
    expect(smallestChange(connection([one]))).toEqual([
      {
        direction: 'ingress',
        kind: 'patch',
        patch: {
          target: {
            group: 'networking.k8s.io',
            version: 'v1',
            plural: 'networkpolicies',
            namespace: 'shop',
            name: 'p',
          },
          type: 'json-patch+json',
          body: [
            { op: 'test', path: '/spec/ingress/0/ports', value: [{ port: 80 }] },
            { op: 'add', path: '/spec/ingress/0/ports/-', value: { port: 8080, protocol: 'TCP' } },
          ],
        },
      },
    ]);
  });

  test('else a policy of its own, without labels that change with a rollout', () => {
    expect(
      smallestChange(connection([policy('deny', { podSelector: {} })]), { backendSelector: { app: 'checkout' } }),
    ).toEqual([
      {
        direction: 'ingress',
        kind: 'create',
        wide: false,
        manifest: {
          apiVersion: 'networking.k8s.io/v1',
          kind: 'NetworkPolicy',
          metadata: { name: 'allow-web-to-checkout', namespace: 'shop' },
          spec: {
            podSelector: { matchLabels: { app: 'checkout' } },
            policyTypes: ['Ingress'],
            ingress: [
              { from: [{ podSelector: { matchLabels: { app: 'web' } } }], ports: [{ port: 8080, protocol: 'TCP' }] },
            ],
          },
        },
      },
    ]);
  });

  test('from another namespace, by its name', () => {
    const [change] = smallestChange(connection([policy('deny', { podSelector: {} })], elsewhere));
    expect(peersIn(change)).toEqual([
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ops' } },
        podSelector: { matchLabels: { app: 'web' } },
      },
    ]);
  });

  test('from an address', () => {
    const deny = [policy('deny', { podSelector: {} })];
    expect(peersIn(smallestChange(connection(deny, { client: { kind: 'address', address: '192.0.2.1' } }))[0])).toEqual(
      [{ ipBlock: { cidr: '192.0.2.1/32' } }],
    );
  });

  test('a client without labels: the whole namespace, and it says so', () => {
    const [change] = smallestChange(
      connection([policy('deny', { podSelector: {} })], { client: pod('shop', 'web', { labels: {} }) }),
    );
    expect(change).toMatchObject({ wide: true });
  });

  test('both directions, where both deny', () => {
    const policies = [policy('deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] })];
    const changes = smallestChange(connection(policies));
    expect(changes.map(({ direction }) => direction)).toEqual(['ingress', 'egress']);
    expect(changes.map((change) => change.kind === 'create' && change.manifest.metadata?.name)).toEqual([
      'allow-web-to-checkout',
      'allow-web-out-to-checkout',
    ]);
    expect(mayConnect(connection(changes.reduce(applyChange, policies))).allowed).toBe(true);
  });

  test('names are valid and short', () => {
    const [change] = smallestChange(connection([policy('deny', { podSelector: {} })]), {
      clientName: 'Web_1',
      backendName: 'x'.repeat(80),
    });
    expect(change?.kind === 'create' && change.manifest.metadata?.name).toMatch(/^allow-web-1-to-x{48}$/);
  });

  test('nothing where nothing denies, or nothing is certain', () => {
    expect(smallestChange(connection([]))).toEqual([]);
    expect(
      smallestChange(
        connection([policy('deny', { podSelector: {} })], { backend: pod('shop', 'b', { hostNetwork: true }) }),
      ),
    ).toEqual([]);
  });
});

const peersIn = (change: PolicyChange | undefined) =>
  change?.kind === 'create' ? change.manifest.spec?.ingress?.[0]?.from : undefined;

describe('admittedPeers', () => {
  test('the peers of the rules that fit the port', () => {
    const one = policy('p', {
      podSelector: {},
      ingress: [{ from: fromWeb, ports: [{ port: 8080 }] }, { ports: [{ port: 9 }] }],
    });
    expect(admittedPeers(connection([one]), 'ingress')).toEqual([
      { namespace: 'shop', policy: 'p', rule: 0, peer: fromWeb[0] },
    ]);
  });

  test('nobody, anybody, and not isolated', () => {
    expect(admittedPeers(connection([policy('p', { podSelector: {} })]), 'ingress')).toEqual([]);
    expect(admittedPeers(connection([ingress({})]), 'ingress')).toEqual([{ namespace: 'shop', policy: 'p', rule: 0 }]);
    expect(admittedPeers(connection([]), 'ingress')).toBeUndefined();
  });
});

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
