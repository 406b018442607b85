import type { ContainerSpec, EndpointSlice, KubeObject, PodSpec, Probe, Service, Workload } from '../objects.ts';
import type { World } from './world.ts';

/** Fills in what the API server fills in: https://kubernetes.io/docs/reference/kubernetes-api/ */
export function setDefaults(world: World, object: KubeObject): void {
  switch (object.kind) {
    case 'Service':
      serviceDefaults(world, object as Service);
      break;
    case 'Pod':
      podDefaults((object as unknown as { spec: PodSpec }).spec);
      break;
    case 'Deployment':
    case 'ReplicaSet':
    case 'StatefulSet':
    case 'DaemonSet':
    case 'Job':
      workloadDefaults(object as Workload);
      break;
    case 'EndpointSlice': {
      const slice = object as EndpointSlice;
      if (!slice.endpoints?.length) slice.endpoints = null;
      if (!slice.ports?.length) slice.ports = null;
      break;
    }
    case 'Namespace':
      object.metadata.labels = { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name };
      Object.assign(object, { spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } });
      break;
    default:
  }
}

function serviceDefaults(world: World, { spec }: Service): void {
  spec.type ??= 'ClusterIP';
  spec.sessionAffinity ??= 'None';
  for (const port of spec.ports ?? []) {
    port.protocol ??= 'TCP';
    if (spec.type !== 'ExternalName') port.targetPort ??= port.port;
    if (['NodePort', 'LoadBalancer'].includes(spec.type)) port.nodePort ??= 30_000 + Math.floor(world.random() * 2768);
  }
  if (spec.type === 'ExternalName') return;
  spec.clusterIP ||= freeAddress(world);
  spec.clusterIPs ??= [spec.clusterIP];
  spec.internalTrafficPolicy ??= 'Cluster';
  if (spec.type !== 'ClusterIP') spec.externalTrafficPolicy ??= 'Cluster';
  spec.ipFamilies ??= ['IPv4'];
  spec.ipFamilyPolicy ??= 'SingleStack';
}

function freeAddress(world: World): string {
  const taken = new Set(world.store.list<Service>('Service').map(({ spec }) => spec.clusterIP));
  for (;;) {
    const address = `10.96.${1 + Math.floor(world.random() * 254)}.${1 + Math.floor(world.random() * 254)}`;
    if (!taken.has(address)) return address;
  }
}

function podDefaults(spec: PodSpec): void {
  spec.restartPolicy ??= 'Always';
  spec.dnsPolicy ??= 'ClusterFirst';
  spec.terminationGracePeriodSeconds ??= 30;
  spec.securityContext ??= {};
  for (const container of [
    ...(spec.initContainers ?? []),
    ...(spec.containers ?? []),
    ...(spec.ephemeralContainers ?? []),
  ]) {
    containerDefaults(container);
  }
  Object.assign(spec, { schedulerName: 'default-scheduler', serviceAccountName: 'default', ...spec });
}

function containerDefaults(container: ContainerSpec): void {
  const isLatest = !/:[^/]+$/.test(container.image ?? '') || container.image?.endsWith(':latest');
  container.resources ??= {};
  for (const port of container.ports ?? []) port.protocol ??= 'TCP';
  for (const probe of [container.readinessProbe, container.livenessProbe, container.startupProbe])
    if (probe) probeDefaults(probe);
  Object.assign(container, {
    imagePullPolicy: isLatest ? 'Always' : 'IfNotPresent',
    terminationMessagePath: '/dev/termination-log',
    ...container,
  });
}

function probeDefaults(probe: Probe): void {
  probe.periodSeconds ??= 10;
  probe.timeoutSeconds ??= 1;
  probe.failureThreshold ??= 3;
  probe.successThreshold ??= 1;
  if (probe.httpGet) Object.assign(probe.httpGet, { path: '/', scheme: 'HTTP', ...probe.httpGet });
}

function workloadDefaults({ kind, spec }: Workload): void {
  if (kind !== 'DaemonSet' && kind !== 'Job') spec.replicas ??= 1;
  if (kind === 'Deployment')
    spec.strategy ??= { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } };
  if (kind === 'StatefulSet') spec.podManagementPolicy ??= 'OrderedReady';
  if (kind === 'Job') spec.backoffLimit ??= 6;
  podDefaults(spec.template.spec);
}
