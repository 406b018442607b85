import type { Endpoint, EndpointSlice, Protocol, Service, ServicePort } from '../objects.ts';

export interface Destination {
  address: string;
  port: number;
}

/** Where packets to a Service port go: to one of the destinations; refused where there is none; dropped where none is local. */
export interface Lead {
  does: 'forward' | 'reject' | 'drop';
  destinations: Destination[];
}

export interface ServiceRule {
  /** As kube-proxy names it: `namespace/name` or `namespace/name:port`. */
  name: string;
  portName: string;
  address: string;
  port: number;
  protocol: Protocol;
  inside: Lead;
  /** Of the node port. */
  nodePort?: number;
  outside?: Lead;
  affinity: boolean;
}

/** Set by whoever wants another proxy to serve it. */
const OTHER_PROXY = 'service.kubernetes.io/service-proxy-name';

/** The rules that kube-proxy writes on one node. https://kubernetes.io/docs/reference/networking/virtual-ips/ */
export const rulesOn = (node: string, services: readonly Service[], slices: readonly EndpointSlice[]): ServiceRule[] =>
  services
    .filter(isProxied)
    .flatMap((service) => (service.spec.ports ?? []).map((port) => ruleOf(node, service, port, slices)));

const isProxied = ({ metadata, spec }: Service): boolean =>
  spec.type !== 'ExternalName' &&
  spec.clusterIP !== undefined &&
  spec.clusterIP !== 'None' &&
  !metadata.labels?.[OTHER_PROXY];

function ruleOf(node: string, service: Service, port: ServicePort, slices: readonly EndpointSlice[]): ServiceRule {
  const { metadata, spec } = service;
  const name = `${metadata.namespace}/${metadata.name}${port.name ? `:${port.name}` : ''}`;
  const found = endpointsFor(service, port, slices);
  return {
    name,
    portName: port.name ?? '',
    address: spec.clusterIP ?? '',
    port: port.port,
    protocol: port.protocol,
    inside: lead(found, node, spec.internalTrafficPolicy === 'Local'),
    affinity: spec.sessionAffinity === 'ClientIP',
    ...(port.nodePort && {
      nodePort: port.nodePort,
      outside: lead(found, node, spec.externalTrafficPolicy === 'Local'),
    }),
  };
}

interface Found extends Destination {
  node: string | undefined;
  conditions: NonNullable<Endpoint['conditions']>;
}

/** Slices belong to the Service that their label names; ports are paired by name and protocol. */
function endpointsFor(
  { metadata }: Service,
  { name = '', protocol }: ServicePort,
  slices: readonly EndpointSlice[],
): Found[] {
  const own = slices.filter(
    (slice) =>
      slice.metadata.namespace === metadata.namespace &&
      slice.metadata.labels?.['kubernetes.io/service-name'] === metadata.name &&
      slice.addressType === 'IPv4',
  );
  return own.flatMap((slice) =>
    (slice.ports ?? [])
      .filter((port) => (port.name ?? '') === name && (port.protocol ?? 'TCP') === protocol)
      .flatMap(({ port }) =>
        (slice.endpoints ?? []).flatMap(({ addresses, nodeName, conditions = {} }) =>
          port === undefined || addresses[0] === undefined
            ? []
            : [{ address: addresses[0], port, node: nodeName, conditions }],
        ),
      ),
  );
}

/** Ready ones; where there is none, those that still serve while they terminate (KEP-1669). */
function usable(endpoints: readonly Found[]): Found[] {
  const ready = endpoints.filter(({ conditions }) => conditions.ready !== false);
  return ready.length > 0 ? ready : endpoints.filter(({ conditions }) => conditions.serving && conditions.terminating);
}

function lead(endpoints: readonly Found[], node: string, localOnly: boolean): Lead {
  const all = usable(endpoints);
  const near = localOnly ? usable(endpoints.filter((endpoint) => endpoint.node === node)) : all;
  const does = near.length > 0 ? 'forward' : all.length > 0 ? 'drop' : 'reject';
  return { does, destinations: near.map(({ address, port }) => ({ address, port })) };
}
