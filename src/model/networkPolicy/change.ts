import { isIP } from 'node:net';
import type { RemedyPatch } from '../finding.ts';
import type { Labels, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../kubernetes.ts';
import { stableLabels } from '../labels.ts';
import type { Hint, ServedConnection } from './hint.ts';
import { hints } from './hints.ts';
import { admission } from './mayConnect.ts';
import type { Direction, Party } from './party.ts';
import { rulesOf } from './policies.ts';

/** A change of the cluster that admits a connection in one direction. It only adds: it takes nothing from anybody. */
export type PolicyChange = { direction: Direction } & (
  | { kind: 'patch'; patch: RemedyPatch }
  | {
      kind: 'create';
      manifest: NetworkPolicy;
      /** It lets in more than was asked for: the pod has no label to know it by, so every pod of its namespace is meant. */
      wide: boolean;
    }
);

export interface ChangeOptions {
  /** What to know the client and the backends by; default: their labels that survive a rollout. */
  clientSelector?: Labels;
  backendSelector?: Labels;
  /** Names for a new policy. */
  clientName?: string;
  backendName?: string;
}

/**
 * The smallest changes that let a connection through: one for each direction in which it is denied, both are needed.
 * Where a rule admits the peer on a wrong port: the right one beside it. Else a new policy for this client, these
 * backends and this port; policies add up, so nothing else changes.
 */
export const smallestChange = (connection: ServedConnection, options: ChangeOptions = {}): PolicyChange[] =>
  (['ingress', 'egress'] as const)
    .filter((direction) => admission(connection, direction).allowed === false)
    .map((direction) => addPort(connection, direction) ?? addPolicy(connection, direction, options));

type PortHint = Extract<Hint, { kind: 'service-port' | 'named-port-missing' | 'protocol' }>;

const isPortHint = (hint: Hint): hint is PortHint =>
  hint.kind === 'service-port' || hint.kind === 'named-port-missing' || hint.kind === 'protocol';

function addPort(connection: ServedConnection, direction: Direction): PolicyChange | undefined {
  const hint = hints(connection).find((found): found is PortHint => found.direction === direction && isPortHint(found));
  if (!hint) return undefined;
  const target = { group: 'networking.k8s.io', version: 'v1', plural: 'networkpolicies' };
  const path = `/spec/${direction}/${hint.rule}/ports`;
  const body = [
    // Rules go by their place: nothing happens when somebody moved them meanwhile.
    { op: 'test', path, value: portsOf(connection, hint) },
    { op: 'add', path: `${path}/-`, value: { port: connection.port, protocol: connection.protocol } },
  ];
  const patch: RemedyPatch = {
    target: { ...target, namespace: hint.namespace, name: hint.policy },
    type: 'json-patch+json',
    body,
  };
  return { direction, kind: 'patch', patch };
}

function portsOf(
  { policies }: ServedConnection,
  { direction, namespace, policy, rule }: PortHint,
): readonly NetworkPolicyPort[] {
  const found = policies.find(({ metadata }) => metadata?.namespace === namespace && metadata?.name === policy);
  return (found && rulesOf(found, direction)[rule]?.ports) ?? [];
}

function addPolicy(connection: ServedConnection, direction: Direction, options: ChangeOptions): PolicyChange {
  const { client, backend, port, protocol } = connection;
  const ends = {
    client: { party: client, selector: options.clientSelector ?? selectorOf(client) },
    backend: { party: backend, selector: options.backendSelector ?? selectorOf(backend) },
  };
  const [subject, far] = direction === 'ingress' ? [ends.backend, ends.client] : [ends.client, ends.backend];
  const rule = { ports: [{ port, protocol }] };
  const peers = peersOf(far.party, far.selector, namespaceOf(subject.party));
  const manifest: NetworkPolicy = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: nameOf(direction, connection, options), namespace: namespaceOf(subject.party) },
    spec: {
      podSelector: { matchLabels: subject.selector },
      policyTypes: [direction === 'ingress' ? 'Ingress' : 'Egress'],
      ...(direction === 'ingress' ? { ingress: [{ from: peers, ...rule }] } : { egress: [{ to: peers, ...rule }] }),
    },
  };
  return { direction, kind: 'create', manifest, wide: [subject, far].some(isWide) };
}

const isWide = ({ party, selector }: { party: Party; selector: Labels }): boolean =>
  party.kind === 'pod' && !party.hostNetwork && Object.keys(selector).length === 0;

const selectorOf = (party: Party): Labels => (party.kind === 'pod' ? stableLabels(party.labels) : {});

const namespaceOf = (party: Party): string => (party.kind === 'pod' ? party.namespace : 'default');

/** How a policy in a namespace names this party. Pods on their node's network have no name but the node's addresses. */
function peersOf(party: Party, matchLabels: Labels, policyNamespace: string): NetworkPolicyPeer[] {
  if (party.kind === 'address') return [block(party.address)];
  if (party.hostNetwork && party.addresses.length > 0) return party.addresses.map(block);
  const podSelector = { matchLabels };
  if (party.namespace === policyNamespace) return [{ podSelector }];
  return [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': party.namespace } }, podSelector }];
}

const block = (address: string): NetworkPolicyPeer => ({
  ipBlock: { cidr: `${address}/${isIP(address) === 6 ? 128 : 32}` },
});

/** `allow-web-to-checkout`, `allow-web-out-to-checkout`: a valid object name of at most 63 characters. */
function nameOf(direction: Direction, { client, backend }: ServedConnection, options: ChangeOptions): string {
  const from = options.clientName ?? label(client);
  const to = options.backendName ?? label(backend);
  return `allow-${from}${direction === 'egress' ? '-out' : ''}-to-${to}`
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .slice(0, 63)
    .replace(/-+$/, '');
}

const label = (party: Party): string =>
  party.kind === 'address'
    ? party.address
    : (party.labels['app.kubernetes.io/name'] ?? party.labels.app ?? party.name ?? party.namespace);
