import type { NetworkPolicyPort, Protocol } from '../kubernetes.ts';
import { protocolOf } from '../ports.ts';
import { anyOf } from '../truth.ts';
import type { Party } from './party.ts';
import type { PeerMatch } from './peer.ts';

export interface Traffic {
  port: number;
  protocol: Protocol;
}

/**
 * Whether one item of `ports` means this port. A name is looked up on the pod that is connected to, also in egress rules.
 * Source: NetworkPolicyPort, networking.k8s.io/v1.
 */
export function portMatches(item: NetworkPolicyPort, traffic: Traffic, destination: Party): PeerMatch {
  if (protocolOf(item.protocol) !== traffic.protocol) return false;
  const wanted = item.port ?? undefined;
  if (wanted === undefined) return true;
  if (typeof wanted === 'string') return nameMatches(wanted, traffic, destination);
  return traffic.port >= wanted && traffic.port <= (item.endPort ?? wanted);
}

function nameMatches(name: string, { port, protocol }: Traffic, destination: Party): PeerMatch {
  if (destination.kind === 'address') return false;
  if (!destination.ports) return 'named-port';
  const declared = destination.ports.filter(
    (candidate) => candidate.name === name && candidate.protocol === protocol && candidate.containerPort === port,
  );
  // Not every plugin looks for names in sidecars.
  return anyOf(declared.map(({ sidecar }): PeerMatch => (sidecar ? 'named-port' : true)));
}

/** Whether a list of ports means this one; an empty or missing list means every port. */
export const portsMatch = (
  items: readonly NetworkPolicyPort[] | null | undefined,
  traffic: Traffic,
  destination: Party,
): PeerMatch =>
  (items ?? []).length === 0 || anyOf((items ?? []).map((item) => portMatches(item, traffic, destination)));
