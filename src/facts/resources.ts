import type { Resource } from '../model/cluster.ts';

const core = (plural: string): Resource => ({ group: '', version: 'v1', plural });
const apps = (plural: string): Resource => ({ group: 'apps', version: 'v1', plural });
const networking = (plural: string): Resource => ({ group: 'networking.k8s.io', version: 'v1', plural });

/** The kinds that svc-debug reads. */
export const RESOURCES = {
  services: core('services'),
  pods: core('pods'),
  namespaces: core('namespaces'),
  nodes: core('nodes'),
  events: core('events'),
  configMaps: core('configmaps'),
  /** Their metadata only. */
  secrets: core('secrets'),
  endpoints: core('endpoints'),
  endpointSlices: { group: 'discovery.k8s.io', version: 'v1', plural: 'endpointslices' },
  networkPolicies: networking('networkpolicies'),
  ingresses: networking('ingresses'),
  serviceCidrs: networking('servicecidrs'),
  deployments: apps('deployments'),
  statefulSets: apps('statefulsets'),
  daemonSets: apps('daemonsets'),
} as const satisfies Record<string, Resource>;
