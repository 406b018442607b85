import {
  type ContainerSpec,
  type Endpoint,
  type EndpointSlice,
  type Pod,
  type Service,
  type ServicePort,
  selects,
} from '../objects.ts';
import { isFinished, isReady } from './pods.ts';
import { controllerOf, ownerReference } from './store.ts';
import type { World } from './world.ts';

const MANAGER = 'endpointslice-controller.k8s.io';

/** Keeps the slices of Services with a selector: pkg/controller/endpointslice. One slice for each set of ports that pods have. */
export function endpointSlices(world: World): void {
  for (const service of world.store.list<Service>('Service')) {
    const { metadata, spec } = service;
    if (!spec.selector || spec.type === 'ExternalName' || metadata.deletionTimestamp) continue;
    const pods = world.store
      .list<Pod>('Pod', metadata.namespace)
      .filter((pod) => selects({ matchLabels: spec.selector! }, pod.metadata.labels));
    const groups = new Map<string, Endpoint[]>();
    for (const pod of pods.filter((one) => one.status.podIP && !isFinished(one))) {
      const found = (spec.ports ?? []).flatMap((port) => resolved(pod, port));
      // an empty list is stored as null
      const ports = JSON.stringify(found.length > 0 ? found : null);
      groups.set(ports, [...(groups.get(ports) ?? []), endpoint(service, pod)]);
    }
    write(world, service, groups);
  }
}

/** A port by name is looked up in the pod, and has to be of the same protocol. */
function resolved(
  pod: Pod,
  { name = '', targetPort, protocol }: ServicePort,
): { name: string; port: number; protocol: string }[] {
  const declared = pod.spec.containers.flatMap(({ ports }: ContainerSpec) => ports ?? []);
  const port =
    typeof targetPort === 'number'
      ? targetPort
      : declared.find((one) => one.name === targetPort && one.protocol === protocol)?.containerPort;
  return port === undefined ? [] : [{ name, port, protocol }];
}

function endpoint({ metadata, spec }: Service, pod: Pod): Endpoint {
  const { name, namespace = 'default', uid, deletionTimestamp } = pod.metadata;
  const serving = isReady(pod);
  const terminating = deletionTimestamp !== undefined;
  return {
    addresses: [pod.status.podIP ?? ''],
    conditions: { ready: spec.publishNotReadyAddresses ? true : serving && !terminating, serving, terminating },
    ...(pod.spec.hostname && pod.spec.subdomain === metadata.name && { hostname: pod.spec.hostname }),
    nodeName: pod.spec.nodeName ?? '',
    targetRef: { kind: 'Pod', namespace, name, uid },
  };
}

function write(world: World, service: Service, groups: Map<string, Endpoint[]>): void {
  const { store } = world;
  const { metadata } = service;
  if (groups.size === 0) groups.set('null', []);
  const own = store
    .list<EndpointSlice>('EndpointSlice', metadata.namespace)
    .filter((slice) => controllerOf(slice)?.uid === metadata.uid);
  const free = own.filter((slice) => !groups.has(JSON.stringify(slice.ports)));
  for (const [ports, endpoints] of groups) {
    const slice = own.find((one) => JSON.stringify(one.ports) === ports) ?? free.shift() ?? create(world, service);
    const content = {
      ports: JSON.parse(ports) as EndpointSlice['ports'],
      endpoints: endpoints.length > 0 ? endpoints : null,
    };
    if (JSON.stringify(content) === JSON.stringify({ ports: slice.ports, endpoints: slice.endpoints })) continue;
    Object.assign(slice, content);
    store.touch(slice);
  }
  for (const slice of free) store.remove(slice);
}

function create(world: World, service: Service): EndpointSlice {
  const { name, namespace = 'default', labels } = service.metadata;
  return world.store.add<EndpointSlice>({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${name}-${world.suffix(5)}`,
      namespace,
      generateName: `${name}-`,
      labels: {
        ...labels,
        'endpointslice.kubernetes.io/managed-by': MANAGER,
        'kubernetes.io/service-name': name,
        ...(service.spec.clusterIP === 'None' && { 'service.kubernetes.io/headless': '' }),
      },
      ownerReferences: [ownerReference(service)],
    },
    addressType: 'IPv4',
    ports: null,
    endpoints: null,
  });
}
