import type { EndpointSlice, KubeObject, Service } from '../objects.ts';
import { controllerOf } from './store.ts';
import type { World } from './world.ts';

const MANAGED = { 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' };

type Endpoints = KubeObject & { subsets?: unknown };

/** The older form of what the slices of a Service with a selector say: pkg/controller/endpoint. */
export function endpoints({ store }: World): void {
  const services = store.list<Service>('Service').filter(({ spec }) => spec.selector && spec.type !== 'ExternalName');
  for (const old of store.list<Endpoints>('Endpoints')) {
    const isWanted = services.some(({ metadata }) => isSame(metadata, old.metadata));
    if (!isWanted) store.remove(old);
  }
  for (const { metadata } of services) {
    const { name, namespace = 'default', labels } = metadata;
    const slices = store
      .list<EndpointSlice>('EndpointSlice', namespace)
      .filter((slice) => controllerOf(slice)?.uid === metadata.uid);
    const subsets = slices.flatMap(subsetOf);
    const own = store.get<Endpoints>('Endpoints', namespace, name);
    const content = subsets.length > 0 ? { subsets } : {};
    if (own && JSON.stringify(own.subsets ?? []) === JSON.stringify(subsets)) continue;
    const head = {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name, namespace, labels: { ...labels, ...MANAGED } },
    };
    if (own) store.replace({ ...head, metadata: own.metadata, ...content } as Endpoints);
    else store.add({ ...head, ...content });
  }
}

const isSame = (one: KubeObject['metadata'], other: KubeObject['metadata']): boolean =>
  one.name === other.name && one.namespace === other.namespace;

function subsetOf({ endpoints: all, ports }: EndpointSlice): unknown[] {
  const staying = (all ?? []).filter(({ conditions }) => !conditions?.terminating);
  const addresses = (ready: boolean) =>
    staying
      .filter(({ conditions }) => (conditions?.ready ?? true) === ready)
      .map(({ addresses: [ip], nodeName, targetRef }) => ({ ip, nodeName, targetRef }));
  const [ready, waiting] = [addresses(true), addresses(false)];
  if (staying.length === 0) return [];
  return [
    { ...(ready.length > 0 && { addresses: ready }), ...(waiting.length > 0 && { notReadyAddresses: waiting }), ports },
  ];
}
