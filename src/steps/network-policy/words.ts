import type { NetworkPolicyPeer } from '../../model/kubernetes.ts';
import type { AdmittedPeer } from '../../model/networkPolicy/admitted.ts';
import { printSelector } from '../../model/selector.ts';

/** A peer in the terms of `kubectl -l`: `app=web`, `* in namespaces team=shop`, `10.0.0.0/8`. `*`: every pod. */
export function peerWords({ peer, namespace }: AdmittedPeer): string {
  if (!peer) return '*';
  if (peer.ipBlock)
    return [peer.ipBlock.cidr, ...(peer.ipBlock.except ?? []).map((cidr) => `without ${cidr}`)].join(' ');
  return [podsOf(peer), spaceOf(peer, namespace)].join(' in ');
}

const podsOf = ({ podSelector }: NetworkPolicyPeer): string => printSelector(podSelector ?? {}) || '*';

const spaceOf = ({ namespaceSelector }: NetworkPolicyPeer, namespace: string): string =>
  namespaceSelector ? `namespaces ${printSelector(namespaceSelector) || '*'}` : namespace;
