import fc from 'fast-check';
import type {
  LabelSelector,
  Labels,
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  Protocol,
} from '../../../src/model/kubernetes.ts';
import type { PodParty } from '../../../src/model/networkPolicy/party.ts';

/**
 * A small world in which policies meet: few namespaces, labels and ports, so that they do meet.
 * The differential test makes these very pods on a cluster.
 */
export interface World {
  namespaces: Record<string, Labels>;
  pods: readonly PodParty[];
}

/** What every pod listens on; `odd` pods give the names other numbers, and declare no name for 7001. */
export const LISTENING: readonly { port: number; protocol: Protocol; name: string; oddName: string | undefined }[] = [
  { port: 8080, protocol: 'TCP', name: 'web', oddName: 'admin' },
  { port: 8081, protocol: 'TCP', name: 'admin', oddName: 'web' },
  { port: 8080, protocol: 'UDP', name: 'gossip', oddName: 'gossip' },
  { port: 7001, protocol: 'TCP', name: 'peer', oddName: undefined },
];

export function makeWorld(prefix: string): World {
  const [a, b, c] = [`${prefix}a`, `${prefix}b`, `${prefix}c`] as const;
  const named = (name: string, more: Labels): Labels => ({ 'kubernetes.io/metadata.name': name, ...more });
  return {
    namespaces: {
      [a]: named(a, { team: 'red' }),
      [b]: named(b, { team: 'blue' }),
      [c]: named(c, { team: 'blue', env: 'prod' }),
    },
    pods: [
      pod(a, 'web', { app: 'web', tier: 'front' }, '10.0.0.1', false),
      pod(a, 'api', { app: 'api' }, '10.0.0.2', true),
      pod(b, 'web', { app: 'web' }, '10.0.0.3', true),
      pod(b, 'db', { app: 'db', tier: 'back' }, '10.0.0.4', false),
      pod(c, 'api', { app: 'api', tier: 'front' }, '10.0.0.5', false),
      pod(c, 'job', { tier: 'back' }, '10.0.0.6', true),
    ],
  };
}

function pod(namespace: string, name: string, labels: Labels, address: string, odd: boolean): PodParty {
  const ports = LISTENING.flatMap((listening) => {
    const portName = odd ? listening.oddName : listening.name;
    return portName === undefined
      ? []
      : [
          {
            container: 'main',
            name: portName,
            containerPort: listening.port,
            protocol: listening.protocol,
            sidecar: false,
          },
        ];
  });
  return { kind: 'pod', namespace, name, labels, addresses: [address], hostNetwork: false, ports };
}

const selectorOver = (labels: Record<string, readonly string[]>): fc.Arbitrary<LabelSelector> => {
  const [first = '', ...others] = Object.keys(labels);
  const keys = fc.constantFrom(first, ...others);
  const valueUnder = (key: string) => fc.constantFrom(...(labels[key] as [string, ...string[]]));
  const label = keys.chain((key) => valueUnder(key).map((value): [string, string] => [key, value]));
  const expression = keys.chain((key) =>
    fc.oneof(
      fc.constantFrom('Exists', 'DoesNotExist').map((operator) => ({ key, operator })),
      fc.record({
        key: fc.constant(key),
        operator: fc.constantFrom('In', 'NotIn'),
        values: fc.uniqueArray(valueUnder(key), { minLength: 1, maxLength: 2 }),
      }),
    ),
  );
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant({}) },
    { weight: 4, arbitrary: label.map((entry) => ({ matchLabels: Object.fromEntries([entry]) })) },
    { weight: 2, arbitrary: expression.map((item) => ({ matchExpressions: [item] })) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(label, expression)
        .map(([l, e]) => ({ matchLabels: Object.fromEntries([l]), matchExpressions: [e] })),
    },
  );
};

const podSelector = selectorOver({ app: ['web', 'api', 'db'], tier: ['front', 'back'] });

const policyPort: fc.Arbitrary<NetworkPolicyPort> = fc.oneof(
  fc.constantFrom<NetworkPolicyPort[]>(
    { port: 8080 },
    { port: 8080, protocol: 'UDP' },
    { port: 8081, protocol: 'TCP' },
    { port: 'web', protocol: 'TCP' },
    { port: 'admin' },
    { port: 'gossip', protocol: 'UDP' },
    { port: 'gossip', protocol: 'TCP' },
    { port: 'nowhere' },
    { protocol: 'UDP' },
    { protocol: 'TCP' },
    { port: 7000, endPort: 8080 },
    { port: 8080, endPort: 8081, protocol: 'TCP' },
  ),
);

export interface Arbitraries {
  policy: fc.Arbitrary<NetworkPolicy>;
  policies: fc.Arbitrary<NetworkPolicy[]>;
}

/** Policies over a world. */
export function policiesOver({ namespaces, pods }: World): Arbitraries {
  const peer = peerOver(namespaces, pods);
  const ports = fc.option(fc.array(policyPort, { maxLength: 2 }), { nil: undefined });
  const peers = fc.option(fc.array(peer, { maxLength: 2 }), { nil: undefined });
  const rule = fc.tuple(peers, ports);
  const rules = fc.option(fc.array(rule, { maxLength: 2 }), { nil: undefined });
  const policyTypes = fc.constantFrom<(string[] | undefined)[]>(
    undefined,
    ['Ingress'],
    ['Egress'],
    ['Ingress', 'Egress'],
  );
  const names = Object.keys(namespaces) as [string, ...string[]];
  const policy = fc
    .record({ namespace: fc.constantFrom(...names), podSelector, policyTypes, ingress: rules, egress: rules })
    .map(({ namespace, podSelector, policyTypes, ingress, egress }): NetworkPolicy => {
      const spec: NonNullable<NetworkPolicy['spec']> = { podSelector };
      if (policyTypes) spec.policyTypes = policyTypes;
      // The API server rejects nothing here, but a rule for a direction that is not isolated has no effect.
      if (ingress) spec.ingress = ingress.map(([from, p]) => ({ ...(from && { from }), ...(p && { ports: p }) }));
      if (egress) spec.egress = egress.map(([to, p]) => ({ ...(to && { to }), ...(p && { ports: p }) }));
      return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { namespace, name: 'p' }, spec };
    });
  const policies = fc
    .array(policy, { minLength: 1, maxLength: 5 })
    .map((all) => all.map((p, i): NetworkPolicy => ({ ...p, metadata: { ...p.metadata, name: `p${i}` } })));
  return { policy, policies };
}

function peerOver(namespaces: World['namespaces'], pods: World['pods']): fc.Arbitrary<NetworkPolicyPeer> {
  const names = Object.keys(namespaces);
  const namespaceSelector = selectorOver({
    team: ['red', 'blue'],
    env: ['prod'],
    'kubernetes.io/metadata.name': names,
  });
  const addresses = pods.flatMap((p) => p.addresses) as [string, ...string[]];
  const block = fc
    .record({
      address: fc.constantFrom(...addresses),
      prefix: fc.constantFrom(0, 16, 29, 32),
      except: fc.boolean(),
      hole: fc.constantFrom(...addresses),
    })
    .map(({ address, prefix, except, hole }): NetworkPolicyPeer => {
      const cidr = `${networkOf(address, prefix)}/${prefix}`;
      const inside = prefix < 32 && networkOf(hole, prefix) === networkOf(address, prefix);
      return { ipBlock: { cidr, ...(except && inside && { except: [`${hole}/32`] }) } };
    });
  return fc.oneof(
    { weight: 3, arbitrary: podSelector.map((selector) => ({ podSelector: selector })) },
    { weight: 3, arbitrary: namespaceSelector.map((selector) => ({ namespaceSelector: selector })) },
    { weight: 3, arbitrary: fc.record({ podSelector, namespaceSelector }) },
    { weight: 2, arbitrary: block },
  );
}

/** The network address of an IPv4 address. */
function networkOf(address: string, prefix: number): string {
  const number = address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
  const network = prefix === 0 ? 0 : Math.floor(number / 2 ** (32 - prefix)) * 2 ** (32 - prefix);
  return [24, 16, 8, 0].map((shift) => Math.floor(network / 2 ** shift) % 256).join('.');
}
