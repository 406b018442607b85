import type { Protocol } from '../kubernetes.ts';
import type { UnmetRequirement } from '../selector.ts';
import type { Connection, Direction } from './party.ts';
import type { PolicyRef, RuleRef } from './policies.ts';

/** What a Service adds to the connection: the numbers that people write into policies by mistake. */
export interface ServiceView {
  /** `spec.ports[].port` */
  port?: number;
  /** `spec.ports[].name` */
  portName?: string;
  clusterIPs?: readonly string[];
}

/** A connection with the Service through which it goes. */
export type ServedConnection = Connection & { service?: ServiceView };

/** An item of `ports`, `from` or `to` of a rule, by its place. */
export interface ItemRef extends RuleRef {
  item: number;
}

/** It has no rules in this direction. */
interface NoRules extends PolicyRef {
  kind: 'no-rules';
  /** It has rules for the other direction, so this was hardly meant. */
  forgotten: boolean;
}

/** The rule lists the port of the Service; policies see the port of the pod. */
interface ServicePortListed extends ItemRef {
  kind: 'service-port';
  servicePort: number | string;
  podPort: number;
}

/** No container declares that port name with that protocol. */
interface NamedPortMissing extends ItemRef {
  kind: 'named-port-missing';
  name: string;
  protocol: Protocol;
  /** Declared under that name, with another protocol. */
  otherProtocols: readonly Protocol[];
  /** The names that the backend does declare. */
  declared: readonly string[];
}

/** The port is right, the protocol is not. */
interface ProtocolDiffers extends ItemRef {
  kind: 'protocol';
  listed: Protocol;
  wanted: Protocol;
}

/** The rule admits this peer on other ports. */
interface PortDiffers extends RuleRef {
  kind: 'port';
  /** As printPort has them. */
  listed: readonly string[];
  wanted: string;
}

/** The namespace lacks what namespaceSelector asks for. */
interface NamespaceLabel extends ItemRef {
  kind: 'namespace-label';
  inNamespace: string;
  unmet: readonly UnmetRequirement[];
  /** A podSelector stands in the same item, and it matches: both must (AND). */
  combined: boolean;
}

/** The pod lacks what podSelector asks for. */
interface PodLabel extends ItemRef {
  kind: 'pod-label';
  unmet: readonly UnmetRequirement[];
  /** A namespaceSelector stands in the same item, and it matches: both must (AND). */
  combined: boolean;
}

/** A podSelector alone means pods of the policy's own namespace; this pod fits, and lives in another one. */
interface OwnNamespaceOnly extends ItemRef {
  kind: 'own-namespace-only';
  inNamespace: string;
}

/** An exception of the ipBlock holds the address. */
interface IpBlockExcept extends ItemRef {
  kind: 'ip-block-except';
  address: string;
  except: string;
}

/** The ipBlock holds the cluster IP; policies see the pod behind it. */
interface IpBlockClusterIp extends ItemRef {
  kind: 'ip-block-cluster-ip';
  clusterIP: string;
}

/** Why a rule that nearly admits does not: one thing differs, the rest of it would admit. */
export type PlainHint =
  | NoRules
  | ServicePortListed
  | NamedPortMissing
  | ProtocolDiffers
  | PortDiffers
  | NamespaceLabel
  | PodLabel
  | OwnNamespaceOnly
  | IpBlockExcept
  | IpBlockClusterIp;

export type Hint = PlainHint & { direction: Direction };
