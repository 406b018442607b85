import type { LabelSelector, Labels, NetworkPolicyPeer } from '../kubernetes.ts';
import { meets, requirementsOf, selects } from '../selector.ts';
import { allOf, type Match } from '../truth.ts';
import { blockContains, blockCovers } from './ipBlock.ts';
import { addressIn, type Direction, type Party, type PodParty } from './party.ts';

/** Why it cannot be told whether a rule admits. */
export type DoubtReason =
  /** The labels of the namespace are not known. */
  | 'namespace-labels'
  /** A pod on its node's network: whether policies can tell it from the node depends on the CNI plugin. */
  | 'host-network'
  /** Traffic from a pod to its own node. */
  | 'own-node'
  /** The pod has no address yet. */
  | 'no-address'
  /** The CIDR cannot be read. */
  | 'cidr'
  /** The number behind a port name is not known, or depends on the CNI plugin. */
  | 'named-port';

export type PeerMatch = Match<DoubtReason>;

export interface PeerContext {
  direction: Direction;
  /** Of the policy. */
  namespace: string;
  namespaces: Readonly<Record<string, Labels>>;
  /** 4 or 6; 0: not known. */
  family: number;
}

/** Set by the API server on every namespace since 1.21, and it cannot be changed. */
export const NAME_LABEL = 'kubernetes.io/metadata.name';

/**
 * Whether one item of `from` or `to` means the party at the far end. Selectors mean pods; an ipBlock means addresses,
 * those of pods as well. Source: NetworkPolicyPeer, networking.k8s.io/v1.
 */
export function peerMatches(peer: NetworkPolicyPeer, party: Party, context: PeerContext): PeerMatch {
  if (peer.ipBlock) return blockMatches(peer.ipBlock, party, context);
  if (party.kind === 'address' || (!peer.podSelector && !peer.namespaceSelector)) return false;
  const match = allOf([namespaceMatches(peer, party.namespace, context), podMatches(peer, party)]);
  return match !== false && party.hostNetwork ? 'host-network' : match;
}

/** Without podSelector: every pod of the namespaces. */
export const podMatches = ({ podSelector }: NetworkPolicyPeer, party: PodParty): boolean =>
  !podSelector || selects(podSelector, party.labels);

/** Without namespaceSelector: the policy's own namespace only. */
export function namespaceMatches(
  { namespaceSelector }: NetworkPolicyPeer,
  namespace: string,
  context: Pick<PeerContext, 'namespace' | 'namespaces'>,
): PeerMatch {
  if (!namespaceSelector) return namespace === context.namespace;
  const labels = context.namespaces[namespace];
  return labels ? selects(namespaceSelector, labels) : byNameAlone(namespaceSelector, namespace);
}

/** What can be told of a namespace whose labels are not known: its name. */
function byNameAlone(selector: LabelSelector, namespace: string): PeerMatch {
  const matches = requirementsOf(selector).map((requirement): PeerMatch => {
    return requirement.key === NAME_LABEL ? meets(requirement, { [NAME_LABEL]: namespace }) : 'namespace-labels';
  });
  return allOf(matches);
}

function blockMatches(block: NonNullable<NetworkPolicyPeer['ipBlock']>, party: Party, context: PeerContext): PeerMatch {
  if (blockCovers(block, context.family)) return true;
  // The source address of a pod on its node's network is one of several that the node has.
  if (context.direction === 'ingress' && party.kind === 'pod' && party.hostNetwork) return 'host-network';
  const address = addressIn(party, context.family);
  if (address === undefined) return context.family === 0 || party.kind === 'pod' ? 'no-address' : false;
  return blockContains(block, address) ?? 'cidr';
}
