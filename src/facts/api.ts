/** Questions to the API server: reads only, each one request. */
import type { ListQuery, Resource } from '../model/cluster.ts';
import type {
  ConfigMap,
  DaemonSet,
  Deployment,
  EndpointSlice,
  Event,
  Ingress,
  Metadata,
  Namespace,
  NetworkPolicy,
  Node,
  Page,
  Pod,
  Service,
  StatefulSet,
} from '../model/kubernetes.ts';
import type { Target } from '../model/target.ts';
import type { Question } from './facts.ts';
import { RESOURCES } from './resources.ts';

type Selection = Omit<ListQuery, keyof Resource>;

const nameOf = (resource: Resource) => (resource.group ? `${resource.plural}.${resource.group}` : resource.plural);

/** One object, `null` when there is none of that name. */
const object = <T>(resource: Resource, namespace: string | undefined, name: string): Question<T | null> => ({
  key: `get ${nameOf(resource)} ${namespace ?? ''}/${name}`,
  ask: ({ cluster }) => cluster.get<T>({ ...resource, name, ...(namespace !== undefined && { namespace }) }),
});

/** How much of a list is read does not make it another question. */
const keyOf = (resource: Resource, { limit: _, ...selection }: Selection): string =>
  `list ${nameOf(resource)} ${JSON.stringify(selection, Object.keys(selection).sort())}`;

/** One page of a list; without `namespace`, of all namespaces. */
export const page = <T>(resource: Resource, selection: Selection): Question<Page<T>> => ({
  key: keyOf(resource, selection),
  ask: ({ cluster }) => cluster.list<T>({ ...resource, ...selection }),
});

export interface Version {
  gitVersion: string;
  major: string;
  minor: string;
}

export const serverVersion: Question<Version> = {
  key: 'version',
  ask: ({ cluster }) => cluster.raw<Version>('/version'),
};

/** Names of the API groups that the server serves: tells which CRDs may exist, by one request. */
export const apiGroups: Question<{ groups: { name: string }[] }> = {
  key: 'apis',
  ask: ({ cluster }) => cluster.raw('/apis'),
};

export const namespaceNamed = (name: string) => object<Namespace>(RESOURCES.namespaces, undefined, name);
export const namespaces = page<Namespace>(RESOURCES.namespaces, {});
export const serviceOf = ({ namespace, service }: Target) => object<Service>(RESOURCES.services, namespace, service);
/** Metadata of the Services of a namespace (one page of 500): enough to find a near name. */
export const serviceNamesIn = (namespace: string) =>
  page<Metadata>(RESOURCES.services, { namespace, metadataOnly: true });
/** The Services of a namespace, whole: asked where their names are not enough. */
export const servicesIn = (namespace: string) => page<Service>(RESOURCES.services, { namespace });
/** Services of that name in every namespace. */
export const servicesNamed = (name: string) =>
  page<Service>(RESOURCES.services, { fieldSelector: `metadata.name=${name}` });
/** Services with that cluster IP, in every namespace; older API servers cannot be asked so. */
export const servicesAt = (address: string) =>
  page<Service>(RESOURCES.services, { fieldSelector: `spec.clusterIP=${address}` });
export const slicesOf = ({ namespace, service }: Target) =>
  page<EndpointSlice>(RESOURCES.endpointSlices, { namespace, labelSelector: `kubernetes.io/service-name=${service}` });
/** Every slice of the namespace: asked only when a Service without selector has none of its own. */
export const slicesIn = (namespace: string) => page<EndpointSlice>(RESOURCES.endpointSlices, { namespace });
/** The v1 Endpoints object of a Service: only mirrored into slices under conditions, and read by nobody else. */
export const endpointsObject = (namespace: string, name: string) =>
  object<Metadata & { subsets?: unknown[] }>(RESOURCES.endpoints, namespace, name);
/** Small objects, of which a single one can decide: more of them at once than of others. */
export const policiesIn = (namespace: string) =>
  page<NetworkPolicy>(RESOURCES.networkPolicies, { namespace, limit: 2000 });
export const podNamed = (namespace: string, name: string) => object<Pod>(RESOURCES.pods, namespace, name);
export const podsLabelled = (namespace: string | undefined, labelSelector: string) =>
  page<Pod>(RESOURCES.pods, { ...(namespace !== undefined && { namespace }), labelSelector, limit: 1000 });
/** Metadata of the pods of a namespace (one page of 500): enough to find a near miss. */
export const podNamesIn = (namespace: string) => page<Metadata>(RESOURCES.pods, { namespace, metadataOnly: true });
/** Metadata of the pods with these labels in every namespace: enough to find a Service that is in the wrong one. */
export const podNamesLabelled = (labelSelector: string) =>
  page<Metadata>(RESOURCES.pods, { labelSelector, metadataOnly: true });
/** The pods of a namespace, whole: asked where metadata is not enough. */
export const podsIn = (namespace: string) => page<Pod>(RESOURCES.pods, { namespace });
export const deploymentsIn = (namespace: string) => page<Deployment>(RESOURCES.deployments, { namespace });
export const statefulSetsIn = (namespace: string) => page<StatefulSet>(RESOURCES.statefulSets, { namespace });
export const daemonSetsIn = (namespace: string) => page<DaemonSet>(RESOURCES.daemonSets, { namespace });
const WORKLOADS = {
  deployment: { kind: 'Deployment', resource: RESOURCES.deployments },
  statefulset: { kind: 'StatefulSet', resource: RESOURCES.statefulSets },
  daemonset: { kind: 'DaemonSet', resource: RESOURCES.daemonSets },
} as const;
/** A workload by its kind, in any case, with the kind as it is written; undefined for other kinds. */
export function workloadNamed(namespace: string, kind: string, name: string) {
  const known = WORKLOADS[kind.toLowerCase() as keyof typeof WORKLOADS];
  return known && { kind: known.kind, question: object<Metadata>(known.resource, namespace, name) };
}
export const eventsIn = (namespace: string) => page<Event>(RESOURCES.events, { namespace });
/** Events about one object. https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/ */
export const eventsAbout = (namespace: string, kind: string, name: string) =>
  page<Event>(RESOURCES.events, {
    namespace,
    fieldSelector: `involvedObject.kind=${kind},involvedObject.name=${name}`,
  });
export const ingressesIn = (namespace: string) => page<Ingress>(RESOURCES.ingresses, { namespace });
/** The ranges that cluster IPs are taken from; served since Kubernetes 1.33. */
export const serviceRanges = page<{ spec?: { cidrs?: string[] } }>(RESOURCES.serviceCidrs, {});
export const nodes = page<Node>(RESOURCES.nodes, {});
export const nodeNamed = (name: string) => object<Node>(RESOURCES.nodes, undefined, name);
export const configMapNamed = (namespace: string, name: string) =>
  object<ConfigMap>(RESOURCES.configMaps, namespace, name);

/** Last lines of a container's log; `null` when there is none. */
export const logOf = (
  namespace: string,
  pod: string,
  container: string,
  options: { previous?: boolean; tailLines?: number; timestamps?: boolean } = {},
): Question<string | null> => ({
  key: `log ${namespace}/${pod}/${container} ${options.previous ? 'previous' : 'current'} ${options.tailLines ?? 50}`,
  ask: ({ cluster }) => cluster.log({ namespace, name: pod }, { tailLines: 50, ...options, container }),
});
