import type { NetworkPolicyPeer } from '../kubernetes.ts';
import type { Connection, Direction } from './party.ts';
import { isolating, type RuleRef, rulesOf } from './policies.ts';
import { portsMatch } from './port.ts';

/** A peer that a rule admits on a port; without `peer` it admits everybody. */
export interface AdmittedPeer extends RuleRef {
  peer?: NetworkPolicyPeer;
}

/**
 * Whom the policies admit on this port: the labels that a client must wear. Undefined when the pod is not isolated,
 * so that everybody may; empty when nobody may.
 */
export function admittedPeers(
  { policies, backend, client, port, protocol }: Omit<Connection, 'namespaces'>,
  direction: Direction,
): AdmittedPeer[] | undefined {
  const selecting = isolating(policies, direction === 'ingress' ? backend : client, direction);
  if (selecting.length === 0) return undefined;
  return selecting
    .flatMap((policy) => rulesOf(policy, direction))
    .filter(({ ports }) => portsMatch(ports, { port, protocol }, backend) === true)
    .flatMap(({ peers, namespace, policy, rule }) => {
      const ref = { namespace, policy, rule };
      return peers.length === 0 ? [ref] : peers.map((peer) => ({ ...ref, peer }));
    });
}
