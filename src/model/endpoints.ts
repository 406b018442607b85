import { isIP } from 'node:net';
import { groupBy } from './group.ts';
import type { Endpoint, EndpointSlice, Service, ServicePort } from './kubernetes.ts';
import { protocolOf } from './ports.ts';

/** An address and port behind a Service port, as kube-proxy reads it from an EndpointSlice. */
export interface SliceEndpoint {
  address: string;
  port: number;
  /** Name of the slice. */
  slice: string;
  node?: string;
  zone?: string;
  ready: boolean;
  serving: boolean;
  terminating: boolean;
  forZones: readonly string[];
  forNodes: readonly string[];
  targetRef?: { kind: string; name: string; uid: string };
}

/** Why kube-proxy takes nothing, or less, from a slice. */
export type IgnoredReason =
  /** It carries the label service.kubernetes.io/headless. */
  | 'headless-label'
  /** It carries the label service.kubernetes.io/service-proxy-name: another proxy's. */
  | 'other-proxy-label'
  /** addressType FQDN. */
  | 'address-type'
  /** addressType is not among the Service's ipFamilies. */
  | 'family'
  /** `ports` is empty, though it has endpoints. */
  | 'no-ports'
  /** None of its ports has the name of the Service port. */
  | 'port-name'
  /** A port of that name has another protocol. */
  | 'protocol'
  /** The port has no name at all (null), or no number. */
  | 'port-incomplete'
  /** The address is of another family than the slice, or is none. */
  | 'address';

export interface IgnoredSlice {
  slice: string;
  reason: IgnoredReason;
  /** The names of its ports, where these do not fit. */
  portNames?: readonly string[];
}

export interface PortEndpoints {
  /** In the order of slices and endpoints; each address and port once. */
  endpoints: readonly SliceEndpoint[];
  /** Further entries for an address and port that is in `endpoints` already. Which of them kube-proxy heeds is chance. */
  duplicates: readonly SliceEndpoint[];
  ignored: readonly IgnoredSlice[];
}

/**
 * The endpoints of one Service port, ready or not, from the slices of the Service (those labelled with its name).
 * Source: pkg/proxy/endpointslicecache.go; the labels: cmd/kube-proxy/app/server.go.
 */
export function endpointsOf(service: Service, port: ServicePort, slices: readonly EndpointSlice[]): PortEndpoints {
  const found = slices.map((slice) => fromSlice(service, port, slice));
  const all = found.flatMap(({ endpoints }) => endpoints);
  const firstOf = new Map([...all].reverse().map((endpoint) => [`${endpoint.address} ${endpoint.port}`, endpoint]));
  const [endpoints, duplicates] = partition(all, (e) => firstOf.get(`${e.address} ${e.port}`) === e);
  return { endpoints, duplicates, ignored: found.flatMap(({ ignored }) => ignored) };
}

function fromSlice(service: Service, port: ServicePort, slice: EndpointSlice): Omit<PortEndpoints, 'duplicates'> {
  const name = slice.metadata?.name ?? '';
  const reason = wholeSliceIgnored(service, slice);
  if (reason) return { endpoints: [], ignored: [{ slice: name, reason }] };
  const match = matchPort(port, slice);
  if (match.port === undefined)
    return { endpoints: [], ignored: match.ignored.map((why) => ({ slice: name, ...why })) };
  const family = slice.addressType === 'IPv6' ? 6 : 4;
  const [usable, odd] = partition(slice.endpoints ?? [], ({ addresses }) => isIP(addresses?.[0] ?? '') === family);
  return {
    endpoints: usable.map((endpoint) => read(endpoint, match.port, name)),
    ignored: odd.length > 0 ? [{ slice: name, reason: 'address' }] : [],
  };
}

function wholeSliceIgnored({ spec }: Service, { metadata, addressType }: EndpointSlice): IgnoredReason | undefined {
  const labels = metadata?.labels ?? {};
  if (Object.hasOwn(labels, 'service.kubernetes.io/headless') && spec?.clusterIP !== 'None') return 'headless-label';
  if (Object.hasOwn(labels, 'service.kubernetes.io/service-proxy-name')) return 'other-proxy-label';
  if (addressType !== 'IPv4' && addressType !== 'IPv6') return 'address-type';
  const families = spec?.ipFamilies ?? [];
  return families.length > 0 && !families.includes(addressType) ? 'family' : undefined;
}

type PortFit = { port: number } | { port?: never; ignored: readonly Omit<IgnoredSlice, 'slice'>[] };

const unfit = (reason: IgnoredReason, portNames?: readonly string[]): PortFit => ({
  ignored: [portNames ? { reason, portNames } : { reason }],
});

/** By name and protocol. A slice without endpoints and ports is the placeholder of the controller, and nothing to mention. */
function matchPort(servicePort: ServicePort, slice: EndpointSlice): PortFit {
  const ports = slice.ports ?? [];
  if (ports.length === 0) return (slice.endpoints ?? []).length === 0 ? { ignored: [] } : unfit('no-ports');
  const named = ports.filter((port) => port.name === (servicePort.name ?? ''));
  const fitting = named.find((port) => protocolOf(port.protocol) === protocolOf(servicePort.protocol));
  if (fitting?.port) return { port: fitting.port };
  if (fitting || ports.every((port) => typeof port.name !== 'string')) return unfit('port-incomplete');
  if (named.length > 0) return unfit('protocol');
  return unfit(
    'port-name',
    ports.flatMap((port) => port.name ?? []),
  );
}

/** Only the first address counts. A missing `ready` or `serving` means true, a missing `terminating` false. */
function read(
  { addresses, conditions, nodeName, zone, hints, targetRef }: Endpoint,
  port: number,
  slice: string,
): SliceEndpoint {
  return {
    address: addresses[0] ?? '',
    port,
    slice,
    ...(nodeName && { node: nodeName }),
    ...(zone && { zone }),
    ready: conditions?.ready ?? true,
    serving: conditions?.serving ?? true,
    terminating: conditions?.terminating ?? false,
    forZones: (hints?.forZones ?? []).map((hint) => hint.name),
    forNodes: (hints?.forNodes ?? []).map((hint) => hint.name),
    ...(targetRef && {
      targetRef: { kind: targetRef.kind ?? '', name: targetRef.name ?? '', uid: targetRef.uid ?? '' },
    }),
  };
}

/** What a Service port sends requests to, anywhere in the cluster. */
export interface Usable {
  endpoints: readonly SliceEndpoint[];
  /** None is ready; those that shut down and still serve stand in. */
  fallback: boolean;
}

/** Ready endpoints; where there is none, those that terminate and still serve (KEP-1669, GA in 1.28). */
export function usable(endpoints: readonly SliceEndpoint[]): Usable {
  const ready = endpoints.filter((endpoint) => endpoint.ready);
  if (ready.length > 0) return { endpoints: ready, fallback: false };
  const serving = endpoints.filter(({ serving, terminating }) => serving && terminating);
  return { endpoints: serving, fallback: serving.length > 0 };
}

function partition<T>(items: readonly T[], fits: (item: T) => boolean): [T[], T[]] {
  return [items.filter(fits), items.filter((item) => !fits(item))];
}

/** The `managed-by` of slices that nobody manages: made by hand. */
export const UNMANAGED = '';
/** Of the slices that the EndpointSlice controller makes. */
export const ENDPOINT_SLICE_CONTROLLER = 'endpointslice-controller.k8s.io';
/** Of the slices that are copied from a hand-made Endpoints object. */
export const MIRRORING_CONTROLLER = 'endpointslicemirroring-controller.k8s.io';

/** Slices by who manages them. Several managers for one Service: a forgotten slice adds dead addresses. */
export const slicesByManager = (slices: readonly EndpointSlice[]): Map<string, EndpointSlice[]> =>
  groupBy(slices, managerOf);

const managerOf = ({ metadata }: EndpointSlice): string =>
  metadata?.labels?.['endpointslice.kubernetes.io/managed-by'] ?? UNMANAGED;

/** Whether a slice belongs to the Service of that name, and so kube-proxy reads it. */
export const isSliceOf = (slice: EndpointSlice, service: string): boolean =>
  slice.metadata?.labels?.['kubernetes.io/service-name'] === service;
