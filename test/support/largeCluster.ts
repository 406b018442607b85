import { type Answer, type ApiServer, failure, json, type Seen } from './apiServer.ts';
import type { FakeObject } from './fakeCluster.ts';

interface Kind {
  folder: string;
  plural: string;
  count: number;
  make(index: number): FakeObject;
}

const SHOP = '/namespaces/shop';
const MANAGED = Array.from({ length: 40 }, (_, i) => [`f:field-${i}`, { '.': {}, 'f:nested-value': {} }]);

/** As heavy as the objects of a real cluster: most of it is managedFields. */
const metaOf = (name: string, labels: Record<string, string>, owner?: string) => ({
  name,
  namespace: 'shop',
  uid: `uid-${name}`,
  creationTimestamp: '2026-01-01T00:00:00Z',
  labels: { ...labels, 'app.kubernetes.io/part-of': 'shop', 'pod-template-hash': '5d9c7b8f6d' },
  ...(owner && {
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: owner, uid: owner, controller: true }],
  }),
  managedFields: [{ manager: 'kube-controller-manager', operation: 'Update', fieldsV1: Object.fromEntries(MANAGED) }],
});

const addressOf = (index: number): string => `10.244.${Math.floor(index / 250)}.${(index % 250) + 2}`;

const ENVIRONMENT = Array.from({ length: 30 }, (_, i) => ({ name: `SETTING_${i}`, value: `the value number ${i}` }));

const podOf = (index: number, app: string, ready: boolean): FakeObject =>
  ({
    kind: 'Pod',
    metadata: metaOf(`${app}-${index}`, { app }, `${app}-5d9c7b8f6d`),
    spec: {
      nodeName: `node-${index % 50}`,
      containers: [{ name: 'c', image: 'registry.example/shop:1', ports: [{ containerPort: 8080 }], env: ENVIRONMENT }],
    },
    status: {
      phase: 'Running',
      podIP: addressOf(index),
      podIPs: [{ ip: addressOf(index) }],
      startTime: '2026-01-01T00:00:00Z',
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: '2026-01-01T00:00:00Z' }],
      containerStatuses: [
        {
          name: 'c',
          image: 'i',
          imageID: '',
          ready,
          restartCount: 0,
          state: { running: { startedAt: '2026-01-01T00:00:00Z' } },
        },
      ],
    },
  }) as FakeObject;

const serviceOf = (name: string, selector: Record<string, string>): FakeObject =>
  ({
    kind: 'Service',
    metadata: metaOf(name, {}),
    spec: {
      type: 'ClusterIP',
      clusterIP: '10.96.0.10',
      clusterIPs: ['10.96.0.10'],
      selector,
      ports: [{ port: 80, targetPort: 8080, protocol: 'TCP' }],
    },
  }) as FakeObject;

const policyOf = (index: number): FakeObject =>
  ({
    kind: 'NetworkPolicy',
    metadata: metaOf(`policy-${index}`, {}),
    spec: { podSelector: { matchLabels: { app: `app-${index}` } }, policyTypes: ['Ingress'], ingress: [{}] },
  }) as FakeObject;

export interface LargeOptions {
  pods: number;
  services: number;
  policies: number;
  /** Pods behind Service `web`. */
  endpoints: number;
  /** The last one of so many of them is not ready. */
  unreadyIn: number;
}

export const isUnready = (index: number, { unreadyIn }: LargeOptions): boolean => index % unreadyIn === unreadyIn - 1;

/** Slices of at most 100 endpoints, as the controller makes them. */
function slicesOf(service: string, options: LargeOptions): FakeObject[] {
  const { endpoints } = options;
  return Array.from({ length: Math.ceil(endpoints / 100) }, (_, slice) => ({
    kind: 'EndpointSlice',
    metadata: {
      ...metaOf(`${service}-${slice}`, {}),
      labels: {
        'kubernetes.io/service-name': service,
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      },
    },
    addressType: 'IPv4',
    ports: [{ name: '', port: 8080, protocol: 'TCP' }],
    endpoints: Array.from({ length: Math.min(100, endpoints - slice * 100) }, (_, i) => {
      const index = slice * 100 + i;
      const ready = !isUnready(index, options);
      return {
        addresses: [addressOf(index)],
        conditions: { ready, serving: ready, terminating: false },
        nodeName: `node-${index % 50}`,
        targetRef: { kind: 'Pod', name: `web-${index}`, namespace: 'shop' },
      };
    }),
  })) as FakeObject[];
}

/**
 * A namespace `shop` of that size: Service `web` selects `endpoints` of its pods, `typo` none of them. Lists come in pages,
 * by label, and as metadata alone where that is asked for, as an API server gives them.
 */
export function serveLarge(server: ApiServer, options: LargeOptions): void {
  const { pods, services, policies, endpoints } = options;
  const kinds: Kind[] = [
    {
      folder: '/api/v1',
      plural: 'pods',
      count: pods,
      make: (i) => (i < endpoints ? podOf(i, 'web', !isUnready(i, options)) : podOf(i, `app-${i % 200}`, true)),
    },
    {
      folder: '/api/v1',
      plural: 'services',
      count: services,
      make: (i) =>
        i === 0
          ? serviceOf('web', { app: 'web' })
          : i === 1
            ? serviceOf('typo', { app: 'wbe' })
            : serviceOf(`service-${i}`, { app: `app-${i % 200}` }),
    },
    { folder: '/apis/networking.k8s.io/v1', plural: 'networkpolicies', count: policies, make: policyOf },
  ];
  server.on('GET', '/version', json({ major: '1', minor: '34', gitVersion: 'v1.34.4' }));
  server.on('GET', '/apis', json({ kind: 'APIGroupList', groups: [] }));
  server.on('GET', '/api/v1/namespaces/shop', json({ kind: 'Namespace', metadata: { name: 'shop' } }));
  for (const kind of kinds) serveKind(server, kind);
  for (const path of ['web', 'typo']) {
    const service = kinds[1]!.make(path === 'web' ? 0 : 1);
    server.on('GET', `/api/v1${SHOP}/services/${path}`, json(service));
  }
  const slices = slicesOf('web', options);
  server.on('GET', `/apis/discovery.k8s.io/v1${SHOP}/endpointslices`, pageOf(slices));
  for (const path of ['/api/v1/nodes', '/api/v1/namespaces/shop/events']) server.on('GET', path, pageOf([]));
  server.on('POST', `/api/v1${SHOP}/pods`, failure(403, 'Forbidden', FORBIDDEN));
}

const FORBIDDEN = 'pods is forbidden: User "eve" cannot create resource "pods" in API group "" in the namespace "shop"';

function serveKind(server: ApiServer, { folder, plural, count, make }: Kind): void {
  const objects = Array.from({ length: count }, (_, i) => make(i));
  for (const place of [SHOP, '']) server.on('GET', `${folder}${place}/${plural}`, pageOf(objects));
}

const pageOf =
  (objects: readonly FakeObject[]): Answer =>
  (response, seen) => {
    const found = objects.filter((object) => isWanted(object, seen));
    const limit = Number(seen.query.get('limit') ?? found.length);
    const isPartial = String(seen.headers.accept).includes('PartialObjectMetadataList');
    const items = found.slice(0, limit).map((object) => (isPartial ? { metadata: object.metadata } : object));
    const left = found.length - items.length;
    const metadata = left > 0 ? { continue: 'next', remainingItemCount: left } : {};
    json({ kind: isPartial ? 'PartialObjectMetadataList' : 'List', metadata, items })(response, seen);
  };

function isWanted({ metadata }: FakeObject, { query }: Seen): boolean {
  const terms = (query.get('labelSelector') ?? '').split(',').filter(Boolean);
  const name = query.get('fieldSelector')?.replace('metadata.name=', '');
  return (
    terms.every((term) => {
      const [key = '', value] = term.split('=');
      return metadata?.labels?.[key] === value;
    }) &&
    (name === undefined || !query.get('fieldSelector')?.startsWith('metadata.name=') || metadata?.name === name)
  );
}
