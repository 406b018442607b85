import type { LabelSelector, Labels, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../kubernetes.ts';
import { protocolOf } from '../ports.ts';
import { type UnmetRequirement, unmet } from '../selector.ts';
import type { Hint, ItemRef, PlainHint, ServedConnection, ServiceView } from './hint.ts';
import { cidrContains } from './ipBlock.ts';
import { admission } from './mayConnect.ts';
import { type Direction, familyOf, type Party } from './party.ts';
import { NAME_LABEL, namespaceMatches, peerMatches, podMatches } from './peer.ts';
import { directionsOf, isolating, type Rule, type RuleRef, refOf, rulesOf } from './policies.ts';
import { portMatches, portsMatch } from './port.ts';

/**
 * Why policies that nearly admit a connection do not, for each direction that is not allowed. Ordered as the policies
 * are; those that concern ports come before those that concern peers.
 */
export const hints = (connection: ServedConnection): Hint[] =>
  (['ingress', 'egress'] as const)
    .filter((direction) => admission(connection, direction).allowed !== true)
    .flatMap((direction) => {
      const subject = direction === 'ingress' ? connection.backend : connection.client;
      return isolating(connection.policies, subject, direction).flatMap((policy) =>
        ofPolicy(policy, connection, direction),
      );
    });

function ofPolicy(policy: NetworkPolicy, connection: ServedConnection, direction: Direction): Hint[] {
  const rules = rulesOf(policy, direction);
  if (rules.length > 0) return rules.flatMap((rule) => ofRule(rule, connection, direction));
  const other = direction === 'ingress' ? 'egress' : 'ingress';
  const forgotten = directionsOf(policy).length === 2 && rulesOf(policy, other).length > 0;
  return [{ kind: 'no-rules', direction, ...refOf(policy), forgotten }];
}

function ofRule(rule: Rule, connection: ServedConnection, direction: Direction): Hint[] {
  const far = direction === 'ingress' ? connection.client : connection.backend;
  const context = {
    direction,
    namespace: rule.namespace,
    namespaces: connection.namespaces,
    family: familyOf(connection),
  };
  const peers = rule.peers.length === 0 || rule.peers.some((peer) => peerMatches(peer, far, context) === true);
  const ports = portsMatch(rule.ports, connection, connection.backend) === true;
  if (peers && !ports) return ofPorts(rule, connection).map((hint) => ({ ...hint, direction }));
  if (!ports) return [];
  return rule.peers.flatMap((peer, item) =>
    ofPeer(peer, { ...where(rule), item }, far, connection).map((hint) => ({ ...hint, direction })),
  );
}

const where = ({ namespace, policy, rule }: Rule): RuleRef => ({ namespace, policy, rule });

function ofPorts(rule: Rule, connection: ServedConnection): PlainHint[] {
  const near = rule.ports.flatMap((port, item) => ofPort(port, { ...where(rule), item }, connection));
  if (near.length > 0) return near;
  const wanted = `${connection.port}/${connection.protocol}`;
  return [{ kind: 'port', ...where(rule), listed: rule.ports.map(printPort), wanted }];
}

/** A port of a policy: `80/TCP`, `http/TCP`, `8000-8999/TCP`, `UDP` for all of them. */
export function printPort({ port, endPort, protocol }: NetworkPolicyPort): string {
  if (port === undefined) return protocolOf(protocol);
  return `${port}${endPort ? `-${endPort}` : ''}/${protocolOf(protocol)}`;
}

function ofPort(item: NetworkPolicyPort, ref: ItemRef, connection: ServedConnection): PlainHint[] {
  const { port: podPort, protocol, backend, service = {} } = connection;
  const listed = protocolOf(item.protocol);
  if (listed !== protocol) {
    const same = portMatches({ ...item, protocol }, connection, backend) === true;
    return same ? [{ kind: 'protocol', ...ref, listed, wanted: protocol }] : [];
  }
  if (typeof item.port === 'string') return ofName(item.port, ref, connection);
  if (service.port === undefined || service.port === podPort) return [];
  const meant = portMatches(item, { port: service.port, protocol }, backend) === true;
  return meant ? [{ kind: 'service-port', ...ref, servicePort: service.port, podPort }] : [];
}

function ofName(name: string, ref: ItemRef, { backend, protocol, port, service }: ServedConnection): PlainHint[] {
  if (backend.kind === 'address' || !backend.ports) return [];
  const named = backend.ports.filter((declared) => declared.name === name);
  if (named.some((declared) => declared.protocol === protocol)) return [];
  if (name === service?.portName) return [{ kind: 'service-port', ...ref, servicePort: name, podPort: port }];
  const otherProtocols = [...new Set(named.map((declared) => declared.protocol))];
  const declared = backend.ports.flatMap((candidate) => candidate.name ?? []);
  return [{ kind: 'named-port-missing', ...ref, name, protocol, otherProtocols, declared }];
}

function ofPeer(peer: NetworkPolicyPeer, ref: ItemRef, far: Party, connection: ServedConnection): PlainHint[] {
  if (peer.ipBlock) return ofBlock(peer.ipBlock, ref, far, connection.service);
  if (far.kind === 'address') return [];
  const { podSelector, namespaceSelector } = peer;
  const pod = podMatches(peer, far);
  const namespace = namespaceMatches(peer, far.namespace, {
    namespace: ref.namespace,
    namespaces: connection.namespaces,
  });
  if (podSelector && !namespaceSelector && pod && namespace === false) {
    return [{ kind: 'own-namespace-only', ...ref, inNamespace: far.namespace }];
  }
  if (namespaceSelector && pod && namespace === false) {
    const missing = lacking(namespaceSelector, connection.namespaces[far.namespace], far.namespace);
    return [{ kind: 'namespace-label', ...ref, inNamespace: far.namespace, unmet: missing, combined: !!podSelector }];
  }
  if (!podSelector || pod || namespace !== true) return [];
  return [{ kind: 'pod-label', ...ref, unmet: unmet(podSelector, far.labels), combined: !!namespaceSelector }];
}

/** Of a namespace whose labels were not read, only its name can be held against it. */
const lacking = (selector: LabelSelector, labels: Labels | undefined, namespace: string): UnmetRequirement[] =>
  unmet(selector, labels ?? { [NAME_LABEL]: namespace }).filter(
    ({ key }) => labels !== undefined || key === NAME_LABEL,
  );

type IpBlock = NonNullable<NetworkPolicyPeer['ipBlock']>;

function ofBlock({ cidr, except = [] }: IpBlock, ref: ItemRef, far: Party, service: ServiceView = {}): PlainHint[] {
  const addresses = far.kind === 'pod' ? far.addresses : [far.address];
  const cut = addresses.flatMap((address) =>
    except.filter((hole) => cidrContains(hole, address)).map((hole) => ({ address, except: hole })),
  );
  if (cut.length > 0) return cut.map((found) => ({ kind: 'ip-block-except', ...ref, ...found }));
  return (service.clusterIPs ?? [])
    .filter((clusterIP) => cidrContains(cidr, clusterIP))
    .map((clusterIP) => ({ kind: 'ip-block-cluster-ip', ...ref, clusterIP }));
}
