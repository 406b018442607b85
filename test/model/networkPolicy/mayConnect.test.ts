import { describe, expect, test } from 'vitest';
import type {
  Labels,
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  Pod,
} from '../../../src/model/kubernetes.ts';
import { mayConnect, type Verdict } from '../../../src/model/networkPolicy/mayConnect.ts';
import {
  type AddressParty,
  type Connection,
  type Party,
  type PodParty,
  podParty,
} from '../../../src/model/networkPolicy/party.ts';
import type { Truth } from '../../../src/model/truth.ts';

type Spec = NonNullable<NetworkPolicy['spec']>;

const policy = (name: string, spec: Spec, namespace = 'shop'): NetworkPolicy => ({
  metadata: { namespace, name },
  spec,
});
const all = { podSelector: {} };

const party = (namespace: string, name: string, labels: Labels, more: Partial<PodParty> = {}): PodParty => ({
  kind: 'pod',
  namespace,
  name,
  labels,
  addresses: [],
  hostNetwork: false,
  ports: [
    { container: 'c', name: 'http', containerPort: 8080, protocol: 'TCP', sidecar: false },
    { container: 'mesh', name: 'mesh', containerPort: 8080, protocol: 'TCP', sidecar: true },
  ],
  ...more,
});

const web = party('shop', 'web', { app: 'web' }, { addresses: ['10.0.0.1', 'fd00::1'], node: 'n1' });
const checkout = party(
  'shop',
  'checkout',
  { app: 'checkout', tier: 'back' },
  { addresses: ['10.0.0.2', 'fd00::2'], node: 'n2' },
);
const stranger = party('ops', 'web', { app: 'web' }, { addresses: ['10.0.1.1'], node: 'n1' });
const outside: AddressParty = { kind: 'address', address: '192.0.2.7' };
const namespaces = { shop: { team: 'red' }, ops: { team: 'blue' } };

const ask = (policies: NetworkPolicy[], more: Partial<Connection> = {}): Verdict =>
  mayConnect({ policies, client: web, backend: checkout, port: 8080, protocol: 'TCP', namespaces, ...more });

const admits = (from: NetworkPolicyPeer[], client: Party, more: Partial<Connection> = {}): Truth =>
  ask([policy('p', { ...all, ingress: [{ from }] })], { client, ...more }).allowed;

describe('isolation', () => {
  const rows: [string, NetworkPolicy[], Truth, Truth][] = [
    ['no policy: everything', [], true, true],
    ['default deny ingress', [policy('deny', { ...all, policyTypes: ['Ingress'] })], false, true],
    ['default deny egress', [policy('deny', { ...all, policyTypes: ['Egress'] })], true, false],
    ['default deny both', [policy('deny', { ...all, policyTypes: ['Ingress', 'Egress'] })], false, false],
    ['policyTypes missing, no rules: ingress only', [policy('deny', all)], false, true],
    ['policyTypes empty counts as missing', [policy('deny', { ...all, policyTypes: [] })], false, true],
    ['policyTypes missing with egress rules: both', [policy('p', { ...all, egress: [{}] })], false, true],
    ['policyTypes missing with an empty egress list: ingress only', [policy('p', { ...all, egress: [] })], false, true],
    ['allow all ingress', [policy('p', { ...all, ingress: [{}] })], true, true],
    ['allow all egress', [policy('p', { ...all, policyTypes: ['Egress'], egress: [{}] })], true, true],
    [
      'empty lists in a rule mean everything',
      [policy('p', { ...all, ingress: [{ from: [], ports: [] }] })],
      true,
      true,
    ],
    [
      'policyTypes Egress alone: ingress rules do not isolate',
      [policy('p', { ...all, policyTypes: ['Egress'], ingress: [] })],
      true,
      false,
    ],
    ['a missing podSelector means every pod', [policy('p', { policyTypes: ['Ingress'] })], false, true],
    ['podSelector of another pod', [policy('p', { podSelector: { matchLabels: { app: 'db' } } })], true, true],
    ['a policy of another namespace', [policy('p', { ...all, policyTypes: ['Ingress', 'Egress'] }, 'ops')], true, true],
    ['policies add up', [policy('deny', all), policy('allow', { ...all, ingress: [{}] })], true, true],
  ];
  test.each(rows)('%s', (_name, policies, ingress, egress) => {
    const verdict = ask(policies);
    expect([verdict.ingress.allowed, verdict.egress.allowed]).toEqual([ingress, egress]);
    expect(verdict.allowed).toBe(ingress && egress);
  });
});

describe('peers', () => {
  const rows: [string, NetworkPolicyPeer[], Party, Truth][] = [
    ['podSelector: own namespace', [{ podSelector: { matchLabels: { app: 'web' } } }], web, true],
    [
      'podSelector: not the same labels in another namespace',
      [{ podSelector: { matchLabels: { app: 'web' } } }],
      stranger,
      false,
    ],
    ['podSelector {}: every pod of the own namespace', [{ podSelector: {} }], web, true],
    ['podSelector {}: no pod of another one', [{ podSelector: {} }], stranger, false],
    ['namespaceSelector', [{ namespaceSelector: { matchLabels: { team: 'blue' } } }], stranger, true],
    ['namespaceSelector, other labels', [{ namespaceSelector: { matchLabels: { team: 'green' } } }], stranger, false],
    ['namespaceSelector {}: every pod', [{ namespaceSelector: {} }], stranger, true],
    ['namespaceSelector {}: the own namespace as well', [{ namespaceSelector: {} }], web, true],
    ['namespaceSelector: no address outside', [{ namespaceSelector: {} }], outside, false],
    [
      'both in one item are joined by AND',
      [{ namespaceSelector: { matchLabels: { team: 'blue' } }, podSelector: { matchLabels: { app: 'web' } } }],
      stranger,
      true,
    ],
    [
      'AND: the pod differs',
      [{ namespaceSelector: { matchLabels: { team: 'blue' } }, podSelector: { matchLabels: { app: 'api' } } }],
      stranger,
      false,
    ],
    [
      'AND: the namespace differs',
      [{ namespaceSelector: { matchLabels: { team: 'red' } }, podSelector: { matchLabels: { app: 'web' } } }],
      stranger,
      false,
    ],
    [
      'two items are joined by OR',
      [{ namespaceSelector: { matchLabels: { team: 'blue' } } }, { podSelector: { matchLabels: { app: 'api' } } }],
      stranger,
      true,
    ],
    [
      'matchExpressions',
      [{ namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'NotIn', values: ['red'] }] } }],
      stranger,
      true,
    ],
    ['an item that says nothing means nobody', [{}], web, false],
    ['ipBlock', [{ ipBlock: { cidr: '192.0.2.0/24' } }], outside, true],
    ['ipBlock, other addresses', [{ ipBlock: { cidr: '198.51.100.0/24' } }], outside, false],
    ['ipBlock with except', [{ ipBlock: { cidr: '192.0.2.0/24', except: ['192.0.2.0/29'] } }], outside, false],
    [
      'ipBlock with except elsewhere',
      [{ ipBlock: { cidr: '192.0.2.0/24', except: ['192.0.2.128/25'] } }],
      outside,
      true,
    ],
    ['ipBlock means the addresses of pods as well', [{ ipBlock: { cidr: '10.0.0.0/24' } }], web, true],
    ['ipBlock of the other family', [{ ipBlock: { cidr: 'fd00::/8' } }], web, false],
    [
      'ipBlock 0.0.0.0/0 is no IPv6',
      [{ ipBlock: { cidr: '0.0.0.0/0' } }],
      { kind: 'address', address: '2001:db8::1' },
      false,
    ],
  ];
  test.each(rows)('%s', (_name, from, client, expected) => {
    expect(admits(from, client)).toBe(expected);
  });

  test('the family is that of the backend', () => {
    const backend = { ...checkout, addresses: ['fd00::2'] };
    expect(admits([{ ipBlock: { cidr: 'fd00::/64' } }], web, { backend })).toBe(true);
    expect(admits([{ ipBlock: { cidr: '10.0.0.0/8' } }], web, { backend })).toBe(false);
  });
});

describe('ports', () => {
  const rows: [string, NetworkPolicyPort[], Truth][] = [
    ['the number', [{ port: 8080 }], true],
    ['another number', [{ port: 80 }], false],
    ['protocol defaults to TCP', [{ port: 8080, protocol: 'UDP' }], false],
    ['one of several', [{ port: 80 }, { port: 8080 }], true],
    ['a protocol alone means all of its ports', [{ protocol: 'TCP' }], true],
    ['another protocol alone', [{ protocol: 'UDP' }], false],
    ['a range', [{ port: 8000, endPort: 8080 }], true],
    ['a range that ends before', [{ port: 8000, endPort: 8079 }], false],
    ['a name that the backend declares', [{ port: 'http' }], true],
    ['a name that it does not declare', [{ port: 'web' }], false],
    ['a name of another protocol', [{ port: 'http', protocol: 'UDP' }], false],
    ['a name in a sidecar: not every plugin looks there', [{ port: 'mesh' }], 'unknown'],
    ['a number in quotes is a name', [{ port: '8080' }], false],
  ];
  test.each(rows)('%s, in ingress and in egress', (_name, ports, expected) => {
    expect(ask([policy('p', { ...all, ingress: [{ ports }] })]).allowed).toBe(expected);
    expect(ask([policy('p', { ...all, policyTypes: ['Egress'], egress: [{ ports }] })]).allowed).toBe(expected);
  });

  test('a name is resolved on each backend', () => {
    const policies = [policy('p', { ...all, ingress: [{ ports: [{ port: 'http' }] }] })];
    const other = party(
      'shop',
      'old',
      {},
      { ports: [{ container: 'c', name: 'http', containerPort: 9090, protocol: 'TCP', sidecar: false }] },
    );
    expect(ask(policies, { backend: other, port: 9090 }).allowed).toBe(true);
    expect(ask(policies, { backend: other, port: 8080 }).allowed).toBe(false);
  });

  test('peers and ports of one rule are joined by AND, rules by OR', () => {
    const rule = (app: string, port: number) => ({
      from: [{ podSelector: { matchLabels: { app } } }],
      ports: [{ port }],
    });
    expect(ask([policy('p', { ...all, ingress: [rule('web', 80), rule('api', 8080)] })]).allowed).toBe(false);
    expect(ask([policy('p', { ...all, ingress: [rule('web', 80), rule('web', 8080)] })]).allowed).toBe(true);
  });

  test('a port name means nothing outside the cluster', () => {
    const policies = [policy('p', { ...all, policyTypes: ['Egress'], egress: [{ ports: [{ port: 'http' }] }] })];
    expect(ask(policies, { backend: outside }).allowed).toBe(false);
  });

  test('a port name beside an ipBlock in egress is not defined', () => {
    const egress = [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }], ports: [{ port: 'http' }] }];
    const verdict = ask([policy('p', { ...all, policyTypes: ['Egress'], egress })]);
    expect(verdict.allowed).toBe('unknown');
    expect(verdict.egress.doubts).toEqual([{ namespace: 'shop', policy: 'p', rule: 0, reason: 'named-port' }]);
  });
});

describe('which policy decides', () => {
  test('the rule that admits', () => {
    const deny = policy('a-deny', all);
    const allow = policy('b-allow', { ...all, ingress: [{ ports: [{ port: 1 }] }, {}] });
    expect(ask([allow, deny]).ingress).toEqual({
      direction: 'ingress',
      allowed: true,
      because: 'rule',
      isolatedBy: [
        { namespace: 'shop', policy: 'a-deny' },
        { namespace: 'shop', policy: 'b-allow' },
      ],
      admittedBy: { namespace: 'shop', policy: 'b-allow', rule: 1 },
      doubts: [],
    });
  });

  test('the policies that isolate without admitting', () => {
    expect(ask([policy('deny', all)]).ingress).toMatchObject({
      because: 'no-rule',
      isolatedBy: [{ namespace: 'shop', policy: 'deny' }],
    });
  });

  test('nothing isolates', () => {
    expect(ask([]).ingress).toMatchObject({ because: 'not-isolated', isolatedBy: [] });
  });
});

describe('what policies never touch', () => {
  const deny = [policy('deny', { ...all, policyTypes: ['Ingress', 'Egress'] })];

  test('a pod and itself', () => {
    expect(ask(deny, { client: checkout }).ingress).toMatchObject({ allowed: true, because: 'same-pod' });
    expect(ask(deny, { backend: { kind: 'address', address: '10.0.0.1' } }).allowed).toBe(true);
  });

  test('an address as a client has no egress, as a backend no ingress', () => {
    expect(ask(deny, { client: outside }).egress).toMatchObject({ allowed: true, because: 'not-a-pod' });
    expect(ask(deny, { backend: outside }).ingress).toMatchObject({ allowed: true, because: 'not-a-pod' });
  });

  test("the backend's own node is let in, other nodes are not", () => {
    const node = (name: string): AddressParty => ({ kind: 'address', address: '172.16.0.9', node: name });
    expect(ask(deny, { client: node('n2') }).ingress).toMatchObject({ allowed: true, because: 'own-node' });
    expect(ask(deny, { client: node('n1') }).ingress.allowed).toBe(false);
  });
});

describe('what cannot be told is unknown', () => {
  const fromTeam = [{ namespaceSelector: { matchLabels: { team: 'blue' } } }];
  const host = (node: string): PodParty => ({ ...stranger, hostNetwork: true, node, addresses: ['172.16.0.1'] });

  test('labels of a namespace that were not read', () => {
    const verdict = ask([policy('p', { ...all, ingress: [{ from: fromTeam }] })], { client: stranger, namespaces: {} });
    expect(verdict).toMatchObject({
      allowed: 'unknown',
      ingress: { because: 'doubt', doubts: [{ policy: 'p', rule: 0, reason: 'namespace-labels' }] },
    });
  });

  test('but what can be told without them is told', () => {
    const byName = (name: string) => [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } }];
    expect(admits([{ namespaceSelector: {} }], stranger, { namespaces: {} })).toBe(true);
    expect(admits(byName('ops'), stranger, { namespaces: {} })).toBe(true);
    expect(admits(byName('dev'), stranger, { namespaces: {} })).toBe(false);
    expect(
      admits([{ ...fromTeam[0], podSelector: { matchLabels: { app: 'api' } } }], stranger, { namespaces: {} }),
    ).toBe(false);
    expect(admits([...fromTeam, { ipBlock: { cidr: '10.0.1.0/24' } }], stranger, { namespaces: {} })).toBe(true);
  });

  test('a client on its node network, where a selector would fit', () => {
    expect(admits(fromTeam, host('n1'))).toBe('unknown');
    expect(admits([{ podSelector: {} }], host('n1'))).toBe(false);
    expect(admits([{ ipBlock: { cidr: '172.16.0.0/16' } }], host('n1'))).toBe('unknown');
    expect(admits([{ ipBlock: { cidr: '0.0.0.0/0' } }], host('n1'))).toBe(true);
    expect(ask([policy('p', { ...all, ingress: [{}] })], { client: host('n1') }).allowed).toBe(true);
  });

  test("a client on the network of the backend's node", () => {
    expect(admits([], host('n2'))).toBe(true);
    expect(ask([policy('deny', all)], { client: host('n2') }).allowed).toBe('unknown');
  });

  test('a backend on its node network that policies select', () => {
    const backend = { ...checkout, hostNetwork: true, addresses: ['172.16.0.2'] };
    expect(ask([policy('deny', all)], { backend }).ingress).toMatchObject({
      allowed: 'unknown',
      doubts: [{ policy: 'deny', reason: 'host-network' }],
    });
    expect(ask([policy('p', { ...all, ingress: [{}] })], { backend }).allowed).toBe(true);
    expect(ask([], { backend }).allowed).toBe(true);
  });

  test('a client on its node network that egress policies select', () => {
    const client = { ...web, hostNetwork: true };
    expect(ask([policy('deny', { ...all, policyTypes: ['Egress'] })], { client }).egress.allowed).toBe('unknown');
  });

  test('egress to a pod on a node network: selectors are unknown, its address is not', () => {
    const to = (peer: NetworkPolicyPeer) =>
      ask([policy('p', { ...all, policyTypes: ['Egress'], egress: [{ to: [peer] }] })], { backend: host('n9') })
        .allowed;
    expect(to({ namespaceSelector: {} })).toBe('unknown');
    expect(to({ ipBlock: { cidr: '172.16.0.1/32' } })).toBe(true);
    expect(to({ ipBlock: { cidr: '172.16.0.2/32' } })).toBe(false);
  });

  test('egress to the own node', () => {
    const backend: AddressParty = { kind: 'address', address: '172.16.0.1', node: 'n1' };
    const verdict = ask([policy('deny', { ...all, policyTypes: ['Egress'] })], { backend });
    expect(verdict.egress).toMatchObject({ allowed: 'unknown', doubts: [{ reason: 'own-node' }] });
  });

  test('an ipBlock and a pod that has no address yet', () => {
    const client = party('shop', 'new', {});
    expect(admits([{ ipBlock: { cidr: '10.0.0.0/8' } }], client)).toBe('unknown');
    expect(admits([{ ipBlock: { cidr: '0.0.0.0/0' } }], client)).toBe(true);
    expect(admits([{ ipBlock: { cidr: '0.0.0.0/0' } }], client, { backend: { ...checkout, addresses: [] } })).toBe(
      'unknown',
    );
  });

  test('a CIDR that cannot be read', () => {
    expect(admits([{ ipBlock: { cidr: '010.0.0.0/8' } }], web)).toBe('unknown');
    expect(admits([{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.0.0.0/x'] } }], web)).toBe('unknown');
  });

  test('a port name and a backend whose containers are not known', () => {
    const { ports: _, ...backend } = checkout;
    expect(ask([policy('p', { ...all, ingress: [{ ports: [{ port: 'http' }] }] })], { backend }).allowed).toBe(
      'unknown',
    );
  });

  test('a denial at one end decides, whatever the other does', () => {
    const policies = [
      policy('deny', { podSelector: { matchLabels: { app: 'checkout' } } }),
      policy('p', { ...all, policyTypes: ['Egress'], egress: [{ to: fromTeam }] }),
    ];
    expect(ask(policies, { namespaces: {} })).toMatchObject({ allowed: false, egress: { allowed: 'unknown' } });
  });
});

test('podParty reads a pod', () => {
  const pod: Pod = {
    metadata: { namespace: 'shop', name: 'web-1', labels: { app: 'web' } },
    spec: {
      nodeName: 'n1',
      hostNetwork: true,
      containers: [{ name: 'c', ports: [{ name: 'http', containerPort: 80 }] }],
    },
    status: { podIP: '10.0.0.1', podIPs: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }] },
  };
  expect(podParty(pod)).toEqual({
    kind: 'pod',
    namespace: 'shop',
    name: 'web-1',
    labels: { app: 'web' },
    addresses: ['10.0.0.1', 'fd00::1'],
    hostNetwork: true,
    node: 'n1',
    ports: [{ container: 'c', name: 'http', containerPort: 80, protocol: 'TCP', sidecar: false }],
  });
});

/** The example of https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource */
describe('the example of the documentation', () => {
  const example = policy(
    'test-network-policy',
    {
      podSelector: { matchLabels: { role: 'db' } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        {
          from: [
            { ipBlock: { cidr: '172.17.0.0/16', except: ['172.17.1.0/24'] } },
            { namespaceSelector: { matchLabels: { project: 'myproject' } } },
            { podSelector: { matchLabels: { role: 'frontend' } } },
          ],
          ports: [{ protocol: 'TCP', port: 6379 }],
        },
      ],
      egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/24' } }], ports: [{ protocol: 'TCP', port: 5978 }] }],
    },
    'default',
  );
  const db = party('default', 'db', { role: 'db' }, { addresses: ['10.1.0.1'] });
  const spaces = { default: {}, mine: { project: 'myproject' }, other: {} };
  const into = (client: Party, port = 6379) =>
    mayConnect({ policies: [example], client, backend: db, port, protocol: 'TCP', namespaces: spaces }).allowed;
  const out = (address: string, port = 5978) =>
    mayConnect({
      policies: [example],
      client: db,
      backend: { kind: 'address', address },
      port,
      protocol: 'TCP',
      namespaces: spaces,
    }).allowed;

  test.each<[string, Party, Truth]>([
    ['any pod in default with role=frontend', party('default', 'f', { role: 'frontend' }), true],
    ['role=frontend elsewhere', party('other', 'f', { role: 'frontend' }), false],
    ['any pod in a namespace with project=myproject', party('mine', 'x', {}), true],
    ['172.17.0.5', { kind: 'address', address: '172.17.0.5' }, true],
    ['172.17.1.5', { kind: 'address', address: '172.17.1.5' }, false],
    ['172.17.2.0', { kind: 'address', address: '172.17.2.0' }, true],
  ])('ingress from %s', (_name, client, expected) => {
    const known = client.kind === 'pod' ? { ...client, addresses: ['10.2.0.1'] } : client;
    expect(into(known)).toBe(expected);
    expect(into(known, 80)).toBe(false);
  });

  test('egress', () => {
    expect([out('10.0.0.9'), out('10.0.1.9'), out('10.0.0.9', 80)]).toEqual([true, false, false]);
  });
});
