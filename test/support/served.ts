import { type ApiServer, json } from './apiServer.ts';
import type { FakeObject } from './fakeCluster.ts';

/** Kinds that an API server always serves, also where there is none of them. */
const KINDS: Record<string, { group: string; plural: string; cluster?: true }> = {
  Service: { group: 'api/v1', plural: 'services' },
  Pod: { group: 'api/v1', plural: 'pods' },
  Event: { group: 'api/v1', plural: 'events' },
  Namespace: { group: 'api/v1', plural: 'namespaces', cluster: true },
  Node: { group: 'api/v1', plural: 'nodes', cluster: true },
  ConfigMap: { group: 'api/v1', plural: 'configmaps' },
  EndpointSlice: { group: 'apis/discovery.k8s.io/v1', plural: 'endpointslices' },
  NetworkPolicy: { group: 'apis/networking.k8s.io/v1', plural: 'networkpolicies' },
  Ingress: { group: 'apis/networking.k8s.io/v1', plural: 'ingresses' },
  Deployment: { group: 'apis/apps/v1', plural: 'deployments' },
  StatefulSet: { group: 'apis/apps/v1', plural: 'statefulsets' },
  DaemonSet: { group: 'apis/apps/v1', plural: 'daemonsets' },
  ReplicaSet: { group: 'apis/apps/v1', plural: 'replicasets' },
};

/** Lets the server answer reads of these objects: each by its name, and lists by namespace, equality of labels and name. */
export function serveObjects(server: ApiServer, objects: readonly FakeObject[]): void {
  server.on('GET', '/version', json({ major: '1', minor: '34', gitVersion: 'v1.34.4' }));
  server.on('GET', '/apis', json({ kind: 'APIGroupList', groups: [] }));
  const namespaces = new Set(objects.flatMap(({ metadata }) => metadata?.namespace ?? []));
  for (const [kind, { group, plural, cluster }] of Object.entries(KINDS)) {
    const own = objects.filter((object) => object.kind === kind);
    serveList(server, `/${group}/${plural}`, own);
    for (const namespace of cluster ? [] : [...namespaces, 'kube-system', 'default']) {
      const inside = own.filter(({ metadata }) => metadata?.namespace === namespace);
      serveList(server, `/${group}/namespaces/${namespace}/${plural}`, inside);
    }
    for (const object of own) {
      const { name = '', namespace } = object.metadata ?? {};
      const folder = cluster ? `/${group}/${plural}` : `/${group}/namespaces/${namespace}/${plural}`;
      server.on('GET', `${folder}/${name}`, json(object));
    }
  }
}

function serveList(server: ApiServer, path: string, objects: readonly FakeObject[]): void {
  server.on('GET', path, (response, seen) => {
    const items = objects.filter(
      ({ metadata }) =>
        wears(metadata?.labels, seen.query.get('labelSelector')) &&
        isNamed(metadata?.name, seen.query.get('fieldSelector')),
    );
    json({ kind: 'List', metadata: {}, items })(response, seen);
  });
}

const wears = (labels: Record<string, string> = {}, selector: string | null): boolean =>
  (selector ?? '')
    .split(',')
    .filter(Boolean)
    .every((term) => {
      const [key = '', value] = term.split('=');
      return value === undefined ? key in labels : labels[key] === value;
    });

const isNamed = (name: string | undefined, selector: string | null): boolean =>
  !selector?.startsWith('metadata.name=') || selector === `metadata.name=${name}`;
