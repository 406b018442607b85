/** Slices, workloads and what stands around them, for tests. Namespace `shop` unless told otherwise. */
import type {
  Container,
  Deployment,
  EndpointSlice,
  Ingress,
  Labels,
  Namespace,
  Pod,
} from '../../src/model/kubernetes.ts';
import { ago } from './facts.ts';
import { HOUR, type Made, type Meta, metaOf } from './objects.ts';

export interface SliceLike extends Partial<Meta> {
  service?: string;
  managedBy?: string | null;
  addressType?: string;
  ports?: EndpointSlice['ports'] | null;
  endpoints?: EndpointSlice['endpoints'];
}

/** The controller's slice of Service `web`, port 8080, with these endpoints. */
export const slice = ({
  service: of = 'web',
  managedBy = 'endpointslice-controller.k8s.io',
  addressType = 'IPv4',
  ports,
  endpoints,
  ...meta
}: SliceLike = {}): Made<EndpointSlice> => ({
  kind: 'EndpointSlice',
  metadata: metaOf({
    name: `${of}-abcde`,
    labels: {
      ...(of && { 'kubernetes.io/service-name': of }),
      ...(managedBy && { 'endpointslice.kubernetes.io/managed-by': managedBy }),
    },
    ...meta,
  }),
  addressType,
  ports: ports === null ? [] : (ports ?? [{ name: '', port: 8080, protocol: 'TCP' }]),
  endpoints: endpoints ?? [],
});

/** The endpoint that the controller makes of a pod. */
export function endpoint({ metadata, spec, status }: Pod): NonNullable<EndpointSlice['endpoints']>[number] {
  const ready = status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
  const terminating = metadata?.deletionTimestamp !== undefined;
  return {
    addresses: [status?.podIP ?? ''],
    conditions: { ready: ready && !terminating, serving: ready, terminating },
    ...(spec?.nodeName !== undefined && { nodeName: spec.nodeName }),
    targetRef: {
      kind: 'Pod',
      name: metadata?.name ?? '',
      namespace: metadata?.namespace ?? '',
      uid: metadata?.uid ?? '',
    },
  };
}

export interface WorkloadLike extends Partial<Meta> {
  kind?: 'Deployment' | 'StatefulSet' | 'DaemonSet';
  podLabels?: Labels;
  replicas?: number;
  containers?: Container[];
  ports?: NonNullable<Container['ports']>;
}

/** Deployment `web` with pods labelled app=web that declare 8080. */
export const workload = ({
  kind = 'Deployment',
  podLabels = { app: 'web' },
  replicas = 1,
  containers,
  ports,
  ...meta
}: WorkloadLike = {}): Made<Deployment> => ({
  kind,
  metadata: metaOf({ name: 'web', ...meta }),
  spec: {
    replicas,
    selector: { matchLabels: podLabels },
    template: {
      metadata: { labels: podLabels },
      spec: {
        containers: containers ?? [
          { name: 'app', image: 'app:1', ports: ports ?? [{ containerPort: 8080, protocol: 'TCP' }] },
        ],
      },
    },
  },
  status: {},
});

export const namespace = (name = 'shop', more: Partial<Namespace> = {}): Made<Namespace> => ({
  kind: 'Namespace',
  metadata: { name, creationTimestamp: ago(HOUR) },
  status: { phase: 'Active' },
  ...more,
});

/** An Ingress that sends every path to one Service port. */
export const ingress = (name: string, to: string, port: { number?: number; name?: string }): Made<Ingress> => ({
  kind: 'Ingress',
  metadata: metaOf({ name }),
  spec: {
    rules: [
      {
        host: 'shop.example.com',
        http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: to, port } } }] },
      },
    ],
  },
});
