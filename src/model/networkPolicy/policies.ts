import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../kubernetes.ts';
import { selects } from '../selector.ts';
import type { Direction, Party } from './party.ts';

export interface PolicyRef {
  namespace: string;
  policy: string;
}

/** A rule, by its place in `spec.ingress` or `spec.egress`. */
export interface RuleRef extends PolicyRef {
  rule: number;
}

/** An ingress or egress rule; `peers` is its `from` or `to`. Empty lists mean every peer, every port. */
export interface Rule extends RuleRef {
  peers: readonly NetworkPolicyPeer[];
  ports: readonly NetworkPolicyPort[];
}

/**
 * The directions in which a policy isolates. Where `policyTypes` is missing: ingress always, egress when it has egress
 * rules. Source: NetworkPolicySpec.policyTypes, and SetDefaults_NetworkPolicy.
 */
export function directionsOf({ spec }: NetworkPolicy): Direction[] {
  const types = spec?.policyTypes ?? [];
  if (types.length === 0) return (spec?.egress ?? []).length > 0 ? ['ingress', 'egress'] : ['ingress'];
  return (['ingress', 'egress'] as const).filter((d) => types.some((type) => type.toLowerCase() === d));
}

/** The rules of a policy in one direction, in order. */
export function rulesOf(policy: NetworkPolicy, direction: Direction): Rule[] {
  const found: { peers?: NetworkPolicyPeer[] | undefined; ports?: NetworkPolicyPort[] | undefined }[] =
    direction === 'ingress'
      ? (policy.spec?.ingress ?? []).map((rule) => ({ ...rule, peers: rule.from }))
      : (policy.spec?.egress ?? []).map((rule) => ({ ...rule, peers: rule.to }));
  return found.map(({ peers, ports }, rule) => ({ ...refOf(policy), rule, peers: peers ?? [], ports: ports ?? [] }));
}

export const refOf = ({ metadata }: NetworkPolicy): PolicyRef => ({
  namespace: metadata?.namespace ?? 'default',
  policy: metadata?.name ?? '',
});

/**
 * The policies that isolate a pod in a direction, sorted by name. An address is isolated by none; a policy speaks
 * only of pods in its own namespace.
 */
export function isolating(policies: readonly NetworkPolicy[], party: Party, direction: Direction): NetworkPolicy[] {
  if (party.kind === 'address') return [];
  return policies
    .filter((policy) => refOf(policy).namespace === party.namespace)
    .filter((policy) => selects(policy.spec?.podSelector ?? {}, party.labels))
    .filter((policy) => directionsOf(policy).includes(direction))
    .sort((a, b) => (refOf(a).policy < refOf(b).policy ? -1 : 1));
}
