import type { Container, Pod, Protocol, Service, ServicePort } from './kubernetes.ts';

/** A port that a container declares. Declaring is only documentation: a process may listen on others. */
export interface DeclaredPort {
  container: string;
  name?: string;
  containerPort: number;
  protocol: Protocol;
  /** An init container with restartPolicy Always. */
  sidecar: boolean;
}

/** What a Service port means on one pod. */
export type ResolvedPort =
  | { resolved: true; port: number; name?: string; declaredBy: readonly DeclaredPort[] }
  | {
      resolved: false;
      /** The targetPort: no container declares a port of that name with the protocol of the Service port. */
      name: string;
      protocol: Protocol;
      /** Declared under that name, with another protocol. */
      otherProtocols: readonly Protocol[];
      /** `"9376"`: a number in quotes is a name, and no port can be named so. */
      digits: boolean;
    };

type WithSpec = { spec?: Pick<NonNullable<Pod['spec']>, 'containers' | 'initContainers'> };

const isSidecar = (container: Container): boolean => container.restartPolicy === 'Always';

const portsOf = (container: Container, sidecar: boolean): DeclaredPort[] =>
  (container.ports ?? []).map(({ name, containerPort, protocol }) => ({
    container: container.name,
    ...(name ? { name } : {}),
    containerPort,
    protocol: protocolOf(protocol),
    sidecar,
  }));

/** The protocol of a port; Kubernetes reads a missing one as TCP. */
export const protocolOf = (protocol: string | null | undefined): Protocol => (protocol || 'TCP') as Protocol;

/** Every port that a pod, or a pod template, declares: containers first, then sidecars. Other init containers do not count. */
export function declaredPorts({ spec }: WithSpec): DeclaredPort[] {
  return [
    ...(spec?.containers ?? []).flatMap((container) => portsOf(container, false)),
    ...(spec?.initContainers ?? []).filter(isSidecar).flatMap((container) => portsOf(container, true)),
  ];
}

/** A Service port as findings and recordings name it: `80/TCP`. */
export const portKey = ({ port, protocol }: Pick<ServicePort, 'port' | 'protocol'>): string =>
  `${port}/${protocolOf(protocol)}`;

/** The targetPort, or the port itself where it was left out (API default). A string is the name of a container port. */
export const targetPortOf = ({ port, targetPort }: ServicePort): number | string => targetPort || port;

/**
 * Resolves the targetPort of a Service port on one pod, as the EndpointSlice controller does: a number is itself,
 * a name is the first port of that name and of the same protocol.
 * Source: k8s.io/endpointslice, FindPort.
 */
export function resolveTargetPort(servicePort: ServicePort, pod: WithSpec): ResolvedPort {
  const target = targetPortOf(servicePort);
  const protocol = protocolOf(servicePort.protocol);
  const declared = declaredPorts(pod);
  if (typeof target === 'number') {
    const declaredBy = declared.filter((port) => port.containerPort === target && port.protocol === protocol);
    return { resolved: true, port: target, declaredBy };
  }
  return resolveName(target, protocol, declared);
}

/** The number to dial on this pod for a Service port; undefined when the pod declares no port of that name. */
export function podPortOf(pod: WithSpec, servicePort: ServicePort): number | undefined {
  const target = resolveTargetPort(servicePort, pod);
  return target.resolved ? target.port : undefined;
}

function resolveName(name: string, protocol: Protocol, declared: readonly DeclaredPort[]): ResolvedPort {
  const named = declared.filter((port) => port.name === name);
  const declaredBy = named.filter((port) => port.protocol === protocol);
  const [first] = declaredBy;
  if (first) return { resolved: true, port: first.containerPort, name, declaredBy };
  const otherProtocols = [...new Set(named.map((port) => port.protocol))];
  return { resolved: false, name, protocol, otherProtocols, digits: /^\d+$/.test(name) };
}

/**
 * The ports of a Service that a person means by `80`, `80/UDP` or `http`. Several where TCP and UDP share a number.
 * None: the Service has no such port.
 */
export function findServicePorts(service: Service, wanted: string | number): ServicePort[] {
  const [port = '', protocol] = String(wanted).split('/');
  return (service.spec?.ports ?? []).filter(
    (candidate) =>
      (candidate.name === port || String(candidate.port) === port) &&
      (protocol === undefined || protocolOf(candidate.protocol) === protocol.toUpperCase()),
  );
}

export interface EndpointPort {
  /** Name of the Service port; '' for an unnamed one. */
  name: string;
  port: number;
  protocol: Protocol;
}

/**
 * The ports that the EndpointSlice controller yields for a pod. A Service port whose name the pod does not declare is
 * left out, without a word: the pod then sits in a slice without that port.
 */
export function endpointPorts(service: Service, pod: WithSpec): EndpointPort[] {
  return (service.spec?.ports ?? []).flatMap((servicePort) => {
    const port = podPortOf(pod, servicePort);
    return port === undefined
      ? []
      : [{ name: servicePort.name ?? '', port, protocol: protocolOf(servicePort.protocol) }];
  });
}
