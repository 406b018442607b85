/** A kind of object, as URLs and people name it. */
export interface Resource {
  group: string;
  version: string;
  plural: string;
  kind: string;
  namespaced: boolean;
  shortNames: readonly string[];
}

const of =
  (group: string, version = 'v1') =>
  (kind: string, plural: string, shortNames: readonly string[] = [], namespaced = true): Resource => ({
    group,
    version,
    plural,
    kind,
    namespaced,
    shortNames,
  });

const core = of('');
const apps = of('apps');
const networking = of('networking.k8s.io');

/** What the practice cluster serves. CronJobs, autoscalers and budgets are kept, and nothing follows from them. */
export const RESOURCES: readonly Resource[] = [
  core('Pod', 'pods', ['po']),
  core('Service', 'services', ['svc']),
  core('Namespace', 'namespaces', ['ns'], false),
  core('Node', 'nodes', ['no'], false),
  core('Event', 'events', ['ev']),
  core('ConfigMap', 'configmaps', ['cm']),
  core('Secret', 'secrets'),
  core('Endpoints', 'endpoints', ['ep']),
  core('ResourceQuota', 'resourcequotas', ['quota']),
  core('ServiceAccount', 'serviceaccounts', ['sa']),
  apps('Deployment', 'deployments', ['deploy']),
  apps('ReplicaSet', 'replicasets', ['rs']),
  apps('StatefulSet', 'statefulsets', ['sts']),
  apps('DaemonSet', 'daemonsets', ['ds']),
  of('batch')('Job', 'jobs'),
  of('batch')('CronJob', 'cronjobs', ['cj']),
  of('autoscaling', 'v2')('HorizontalPodAutoscaler', 'horizontalpodautoscalers', ['hpa']),
  of('policy')('PodDisruptionBudget', 'poddisruptionbudgets', ['pdb']),
  of('discovery.k8s.io')('EndpointSlice', 'endpointslices'),
  networking('NetworkPolicy', 'networkpolicies', ['netpol']),
  networking('Ingress', 'ingresses', ['ing']),
  networking('ServiceCIDR', 'servicecidrs', [], false),
];

export const apiVersionOf = ({ group, version }: Resource): string => (group === '' ? version : `${group}/${version}`);

export const resourceOf = (group: string, version: string, plural: string): Resource | undefined =>
  RESOURCES.find((one) => one.group === group && one.version === version && one.plural === plural);

/** By kind, or as it is typed: plural, singular or short, `deployments.apps`. */
export function resourceNamed(name: string): Resource | undefined {
  const [plain = ''] = name.toLowerCase().split('.');
  return RESOURCES.find(
    ({ kind, plural, shortNames }) => plural === plain || kind.toLowerCase() === plain || shortNames.includes(plain),
  );
}

export function resourceOfKind(kind: string): Resource {
  const found = RESOURCES.find((one) => one.kind === kind);
  if (!found) throw new Error(`${kind} is no kind of the practice cluster`);
  return found;
}
