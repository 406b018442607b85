/** Kubernetes objects for tests, with as little said as a test needs. Namespace `shop` unless told otherwise. */
import type { Container, Labels, Pod, Service, ServicePort } from '../../src/model/kubernetes.ts';
import { ago } from './facts.ts';
import type { FakeObject } from './fakeCluster.ts';

export const HOUR = 3600;

export type Made<T> = T & FakeObject;

export interface Meta {
  name: string;
  namespace?: string;
  labels?: Labels;
  /** Age in seconds; an hour unless told otherwise. */
  age?: number;
  deletedAgo?: number;
  annotations?: Record<string, string>;
  finalizers?: string[];
}

export const metaOf = ({
  name,
  namespace = 'shop',
  labels,
  age = HOUR,
  deletedAgo,
  annotations,
  finalizers,
}: Meta) => ({
  name,
  namespace,
  uid: `uid-${namespace}-${name}`,
  creationTimestamp: ago(age),
  ...(labels && { labels }),
  ...(annotations && { annotations }),
  ...(finalizers && { finalizers }),
  ...(deletedAgo !== undefined && { deletionTimestamp: ago(deletedAgo) }),
});

export interface ServiceLike extends Partial<Meta> {
  selector?: Labels;
  ports?: ServicePort[];
  spec?: Partial<NonNullable<Service['spec']>>;
  status?: Service['status'];
}

/** Service `web` at 10.96.0.10, port 80 to 8080, selecting app=web. */
export const service = ({
  selector = { app: 'web' },
  ports,
  spec,
  status,
  ...meta
}: ServiceLike = {}): Made<Service> => ({
  kind: 'Service',
  metadata: metaOf({ name: 'web', ...meta }),
  spec: {
    type: 'ClusterIP',
    clusterIP: '10.96.0.10',
    clusterIPs: ['10.96.0.10'],
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
    ports: ports ?? [{ port: 80, targetPort: 8080, protocol: 'TCP' }],
    ...(Object.keys(selector).length > 0 && { selector }),
    ...spec,
  },
  status: status ?? { loadBalancer: {} },
});

export interface PodLike extends Partial<Meta> {
  ip?: string;
  node?: string;
  ready?: boolean;
  /** Seconds since its Ready condition changed; 600 unless told otherwise. */
  readySince?: number;
  phase?: string;
  /** Declared ports of its one container. */
  ports?: NonNullable<Container['ports']>;
  /** Its Deployment; `null` for a pod without owner. Its name up to the last two dashes unless told otherwise. */
  deployment?: string | null;
  owner?: { kind: string; name: string };
  spec?: Partial<NonNullable<Pod['spec']>>;
  status?: Partial<NonNullable<Pod['status']>>;
}

const HASH = '6c5d8b7f9';

/** Pod `web-6c5d8b7f9-aaaaa` of Deployment `web`, Ready at 10.244.0.5 on node1, with labels app=web, declaring 8080. */
export function pod(like: PodLike = {}): Made<Pod> {
  const {
    ip = '10.244.0.5',
    node = 'node1',
    ready = true,
    phase = 'Running',
    readySince = 600,
    spec,
    status,
    ...rest
  } = like;
  const name = rest.name ?? `web-${HASH}-aaaaa`;
  const { labels = { app: 'web' }, ports = [{ containerPort: 8080, protocol: 'TCP' }] } = rest;
  const owner = ownerOf(like, name);
  return {
    kind: 'Pod',
    metadata: {
      ...metaOf({
        ...rest,
        name,
        labels: owner?.kind === 'ReplicaSet' ? { ...labels, 'pod-template-hash': HASH } : labels,
      }),
      ...(owner && { ownerReferences: [{ apiVersion: 'apps/v1', controller: true, uid: 'owner', ...owner }] }),
    },
    spec: { containers: [{ name: 'app', image: 'app:1', ports }], ...(node && { nodeName: node }), ...spec },
    status: {
      phase,
      ...(ip && { podIP: ip, podIPs: [{ ip }] }),
      hostIP: '172.30.0.11',
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: ago(readySince) }],
      ...status,
    },
  };
}

function ownerOf({ deployment, owner }: PodLike, name: string): { kind: string; name: string } | undefined {
  if (owner || deployment === null) return owner;
  return { kind: 'ReplicaSet', name: `${deployment ?? name.split('-').slice(0, -2).join('-')}-${HASH}` };
}
