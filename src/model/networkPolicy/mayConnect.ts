import { allOf, anyOf, type Truth, toTruth } from '../truth.ts';
import { type Connection, type Direction, familyOf, isSamePod, type Party } from './party.ts';
import { type DoubtReason, type PeerContext, type PeerMatch, peerMatches } from './peer.ts';
import { isolating, type PolicyRef, type Rule, type RuleRef, refOf, rulesOf } from './policies.ts';
import { portsMatch } from './port.ts';

type Because =
  /** No policy selects the pod in this direction. */
  | 'not-isolated'
  /** A pod's own traffic. */
  | 'same-pod'
  /** This end is no pod, and policies speak of pods only. */
  | 'not-a-pod'
  /** From the node on which the backend runs: always let in. */
  | 'own-node'
  /** `admittedBy` lets it through. */
  | 'rule'
  /** Isolated, and no rule lets it through. */
  | 'no-rule'
  /** `doubts` say what is missing. */
  | 'doubt';

/** Why something stayed unknown. Without `rule` it concerns the whole policy. */
export interface Doubt extends PolicyRef {
  rule?: number;
  reason: DoubtReason;
}

/** What the policies at one end say: at the backend about ingress, at the client about egress. */
export interface Admission {
  direction: Direction;
  allowed: Truth;
  because: Because;
  /** The policies that select this end in this direction, by name. */
  isolatedBy: readonly PolicyRef[];
  /** The first rule that lets it through, by name of the policy. */
  admittedBy?: RuleRef;
  doubts: readonly Doubt[];
}

export interface Verdict {
  /** Both ends must allow it. */
  allowed: Truth;
  ingress: Admission;
  egress: Admission;
}

/**
 * Whether NetworkPolicies let a client open a connection to a backend, as the API reference of networking.k8s.io/v1
 * and https://kubernetes.io/docs/concepts/services-networking/network-policies/ have it. Assumes that they are enforced.
 * What depends on the CNI plugin, or on labels that were not read, is `unknown`.
 */
export function mayConnect(connection: Connection): Verdict {
  const ingress = admission(connection, 'ingress');
  const egress = admission(connection, 'egress');
  return { allowed: toTruth(allOf([ingress.allowed, egress.allowed])), ingress, egress };
}

/** One direction of it. */
export function admission(connection: Connection, direction: Direction): Admission {
  const { client, backend, policies } = connection;
  const [subject, peer] = direction === 'ingress' ? [backend, client] : [client, backend];
  const free = (because: Because): Admission => ({ direction, allowed: true, because, isolatedBy: [], doubts: [] });
  if (subject.kind === 'address') return free('not-a-pod');
  if (isSamePod(client, backend)) return free('same-pod');
  const selecting = isolating(policies, subject, direction);
  if (selecting.length === 0) return free('not-isolated');
  const isolatedBy = selecting.map(refOf);
  const judged = selecting
    .flatMap((policy) => rulesOf(policy, direction))
    .map((rule) => judge(rule, connection, direction));
  const admitted = judged.find(({ match }) => match === true);
  if (admitted) {
    const { namespace, policy, rule } = admitted.rule;
    return { ...free('rule'), isolatedBy, admittedBy: { namespace, policy, rule } };
  }
  if (fromOwnNode(peer, subject, direction)) return { ...free('own-node'), isolatedBy };
  return notAdmitted(direction, isolatedBy, [
    ...judged.flatMap(doubtOf),
    ...pluginDoubts(subject, peer, direction).flatMap((reason) => isolatedBy.map((ref) => ({ ...ref, reason }))),
  ]);
}

function notAdmitted(direction: Direction, isolatedBy: readonly PolicyRef[], doubts: readonly Doubt[]): Admission {
  const [allowed, because] = doubts.length > 0 ? (['unknown', 'doubt'] as const) : ([false, 'no-rule'] as const);
  return { direction, allowed, because, isolatedBy, doubts };
}

interface Judged {
  rule: Rule;
  match: PeerMatch;
}

const doubtOf = ({ rule: { namespace, policy, rule }, match }: Judged): Doubt[] =>
  typeof match === 'boolean' ? [] : [{ namespace, policy, rule, reason: match }];

/** Whether a rule lets the connection through: one of its peers, and one of its ports. */
function judge(rule: Rule, connection: Connection, direction: Direction): Judged {
  const { client, backend, namespaces } = connection;
  const context: PeerContext = { direction, namespace: rule.namespace, namespaces, family: familyOf(connection) };
  const ports = portsMatch(rule.ports, connection, backend);
  if (rule.peers.length === 0) return { rule, match: ports };
  const far = direction === 'ingress' ? client : backend;
  const matches = rule.peers.map((peer) => {
    const numbers = peer.ipBlock && direction === 'egress' ? withoutNames(rule, connection) : ports;
    return allOf([peerMatches(peer, far, context), numbers]);
  });
  return { rule, match: anyOf(matches) };
}

/** Which pod's port a name means is not defined where the destination is given as addresses. */
function withoutNames(rule: Rule, { port, protocol, backend }: Connection): PeerMatch {
  if (rule.ports.length === 0) return true;
  const matches = rule.ports.map((item): PeerMatch => {
    const match = portsMatch([item], { port, protocol }, backend);
    return match === true && typeof item.port === 'string' ? 'named-port' : match;
  });
  return anyOf(matches);
}

/** "OR if the traffic source is the pod's local node" (NetworkPolicySpec.ingress). */
const fromOwnNode = (peer: Party, subject: Party, direction: Direction): boolean =>
  direction === 'ingress' && peer.kind === 'address' && peer.node !== undefined && peer.node === subject.node;

/**
 * What the specification leaves to the CNI plugin: policies may or may not see pods on their node's network; and whether
 * a pod may always talk to its own node, where the concept page says yes and the API reference is silent.
 * https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-and-hostnetwork-pods
 */
function pluginDoubts(subject: Party, peer: Party, direction: Direction): DoubtReason[] {
  if (subject.kind === 'pod' && subject.hostNetwork) return ['host-network'];
  const sameNode = peer.node !== undefined && peer.node === subject.node;
  if (!sameNode) return [];
  if (peer.kind === 'pod' && peer.hostNetwork) return ['host-network'];
  return peer.kind === 'address' && direction === 'egress' ? ['own-node'] : [];
}
