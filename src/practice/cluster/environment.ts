import type { Files, Volume } from '../machine/files.ts';
import type { ConfigMap, ContainerSpec, EnvVar, KubeObject, Pod, Service, Volume as VolumeSpec } from '../objects.ts';
import type { World } from './world.ts';

/** What a container may not start without. */
export class Missing extends Error {}

interface Secret extends KubeObject {
  data?: Record<string, string>;
  stringData?: Record<string, string>;
}

const decoded = ({ data = {}, stringData = {} }: Secret): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('latin1')]),
  ),
  ...stringData,
});

function contentOf(
  { store }: World,
  kind: 'ConfigMap' | 'Secret',
  namespace: string,
  name: string,
  optional: boolean,
): Record<string, string> {
  const found = store.get(kind, namespace, name);
  if (!found && !optional) throw new Missing(`${kind.toLowerCase()} "${name}" not found`);
  if (!found) return {};
  return kind === 'Secret' ? decoded(found as Secret) : ((found as ConfigMap).data ?? {});
}

function variableOf(world: World, pod: Pod, { value, valueFrom }: EnvVar): string | undefined {
  const { namespace = 'default' } = pod.metadata;
  const reference = valueFrom?.secretKeyRef ?? valueFrom?.configMapKeyRef;
  if (reference) {
    const kind = valueFrom?.secretKeyRef ? 'Secret' : 'ConfigMap';
    const content = contentOf(world, kind, namespace, reference.name, reference.optional ?? false);
    const found = content[reference.key];
    if (found === undefined && !reference.optional)
      throw new Missing(`couldn't find key ${reference.key} in ${kind} ${namespace}/${reference.name}`);
    return found;
  }
  switch (valueFrom?.fieldRef?.fieldPath) {
    case undefined:
      return value ?? '';
    case 'spec.nodeName':
      return pod.spec.nodeName;
    case 'status.podIP':
      return pod.status.podIP;
    case 'metadata.name':
      return pod.metadata.name;
    default:
      return namespace;
  }
}

/** The environment of a container. @throws Missing */
export function environmentOf(
  world: World,
  pod: Pod,
  { env = [], envFrom = [] }: ContainerSpec,
): Record<string, string> {
  const { namespace = 'default', name } = pod.metadata;
  const all: Record<string, string> = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOSTNAME: pod.spec.hostname ?? name,
    HOME: '/root',
    KUBERNETES_SERVICE_HOST: '10.96.0.1',
    KUBERNETES_SERVICE_PORT: '443',
  };
  for (const { configMapRef, secretRef, prefix = '' } of envFrom) {
    const [kind, reference] = configMapRef ? (['ConfigMap', configMapRef] as const) : (['Secret', secretRef] as const);
    if (!reference) continue;
    const content = contentOf(world, kind, namespace, reference.name, reference.optional ?? false);
    for (const [key, value] of Object.entries(content)) all[prefix + key] = value;
  }
  for (const variable of env) {
    const value = variableOf(world, pod, variable);
    if (value !== undefined) all[variable.name] = expanded(value, all);
  }
  return all;
}

/** `$(NAME)` in a command, argument or variable. */
export const expanded = (text: string, env: Record<string, string>): string =>
  text.replace(/\$\((\w+)\)/g, (whole, name: string) => env[name] ?? whole);

/** Fills a volume from its ConfigMap or Secret. @throws Missing */
export function fillVolume(world: World, { metadata }: Pod, { configMap, secret }: VolumeSpec, volume: Volume): void {
  const { namespace = 'default' } = metadata;
  if (!configMap && !secret) return;
  const content = configMap
    ? contentOf(world, 'ConfigMap', namespace, configMap.name, configMap.optional ?? false)
    : contentOf(world, 'Secret', namespace, secret?.secretName ?? '', secret?.optional ?? false);
  volume.clear();
  const items = configMap?.items ?? Object.keys(content).map((key) => ({ key, path: key }));
  for (const { key, path } of items) volume.set(`/${path}`, content[key] ?? '');
}

/** The resolver of the nodes, outside of the cluster. */
export const OUTSIDE_RESOLVER = '172.30.0.1';

/** https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-dns-policy */
function resolvConf(world: World, { metadata, spec }: Pod): string {
  const namespace = metadata.namespace ?? 'default';
  const byCluster =
    spec.dnsPolicy === 'ClusterFirstWithHostNet' || (spec.dnsPolicy === 'ClusterFirst' && !spec.hostNetwork);
  const dns = world.store.get<Service>('Service', 'kube-system', 'kube-dns')?.spec.clusterIP ?? '10.96.0.10';
  const base = byCluster
    ? {
        servers: [dns],
        search: [`${namespace}.svc.cluster.local`, 'svc.cluster.local', 'cluster.local'],
        options: ['ndots:5'],
      }
    : { servers: spec.dnsPolicy === 'None' ? [] : [OUTSIDE_RESOLVER], search: [], options: [] };
  const { nameservers = [], searches = [], options = [] } = spec.dnsConfig ?? {};
  const own = options.map(({ name, value }) => (value === undefined ? name : `${name}:${value}`));
  const kept = base.options.filter((option) => !own.some((other) => other.split(':')[0] === option.split(':')[0]));
  const search = [...new Set([...base.search, ...searches])];
  return [
    ...(search.length > 0 ? [`search ${search.join(' ')}`] : []),
    ...[...new Set([...base.servers, ...nameservers])].map((server) => `nameserver ${server}`),
    ...(kept.length + own.length > 0 ? [`options ${[...kept, ...own].join(' ')}`] : []),
    '',
  ].join('\n');
}

/** What the kubelet puts into every container, and what the kernel shows. */
export function systemFiles(world: World, pod: Pod, files: Files): void {
  const { hostAliases = [], hostname } = pod.spec;
  const name = hostname ?? pod.metadata.name;
  const aliases = hostAliases.map(({ ip, hostnames }) => `${ip}\t${hostnames.join('\t')}\n`).join('');
  files.write('/etc/hostname', `${name}\n`);
  files.write('/etc/resolv.conf', resolvConf(world, pod));
  files.write(
    '/etc/hosts',
    `# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n${pod.status.podIP}\t${name}\n${aliases}`,
  );
}
