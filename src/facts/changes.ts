/** What changed around a cause: when, what, and by which manager. Nothing but reads, and mostly of what was read already. */
import { type Change, lastChange, lastRestart, newestFirst } from '../model/change.ts';
import { type Fact, valueOr } from '../model/fact.ts';
import type { Finding, Link } from '../model/finding.ts';
import type { Metadata, Node, Page, Pod } from '../model/kubernetes.ts';
import { workloadOf } from '../model/workload.ts';
import { configMapNamed, nodeNamed, page, policiesIn, serviceOf, slicesOf, workloadNamed } from './api.ts';
import { COREFILE, dnsServer } from './dnsServer.ts';
import type { Facts } from './facts.ts';
import { SYSTEM } from './kubeProxyPods.ts';
import { meantPods } from './meant.ts';
import { RESOURCES } from './resources.ts';

type Source = (facts: Facts, cause: Finding) => Promise<(Change | undefined)[]>;

/** Of so many pods or workloads the changes are looked up. */
const MOST = 3;

/** What a broken link has to do with; of a link that is not here nothing is told. */
const SOURCES: Partial<Record<Link, readonly Source[]>> = {
  policy: [policies],
  'dns-policy': [policies],
  'dns-server': [dns],
  'dns-answer': [dns, service],
  name: [dns, service],
  client: [dns],
  creation: [workloads],
  process: [workloads, restarts, settings],
  readiness: [workloads, restarts, settings],
  listener: [workloads, restarts, settings],
  'pod-address': [workloads, restarts, settings],
  spec: [service, workloads],
  'target-port': [service, workloads],
  'service-address': [service],
  'traffic-policy': [service],
  selection: [service, workloads, slices],
  endpoints: [service, workloads, slices],
  'cluster-ip': [service],
  'node-proxy': [proxy, node],
  'node-rules': [proxy, node],
  'node-network': [node],
  forwarding: [proxy, node],
};

/** The newest first; empty where nothing tells. */
export async function changesAround(facts: Facts, causes: readonly Finding[]): Promise<Change[]> {
  const asked = causes.flatMap((cause) => (SOURCES[cause.breaks] ?? []).map((source) => source(facts, cause)));
  const found = (await Promise.all(asked)).flat().flatMap((change) => change ?? []);
  return newestFirst(found);
}

const nameIn = ({ target }: Facts, kind: string, { metadata }: Metadata): string => {
  const { namespace, name = '' } = metadata ?? {};
  return namespace && namespace !== target.namespace ? `${kind}/${namespace}/${name}` : `${kind}/${name}`;
};

const changeOf = (facts: Facts, kind: string, object: Metadata | null | undefined): Change | undefined =>
  object ? lastChange(nameIn(facts, kind, object), object) : undefined;

const itemsOf = <T>(list: Fact<Page<T>>): T[] => valueOr<{ items: T[] }, { items: T[] }>(list, { items: [] }).items;

async function service(facts: Facts): Promise<(Change | undefined)[]> {
  return [changeOf(facts, 'Service', valueOr(await facts.ask(serviceOf(facts.target)), undefined))];
}

/** Slices that somebody keeps by hand; those of the controller change whenever a pod does. */
async function slices(facts: Facts): Promise<(Change | undefined)[]> {
  const found = itemsOf(await facts.ask(slicesOf(facts.target)));
  return found
    .filter(({ metadata }) => !/controller/.test(metadata?.labels?.['endpointslice.kubernetes.io/managed-by'] ?? ''))
    .map((slice) => changeOf(facts, 'EndpointSlice', slice));
}

async function policies(facts: Facts, { params }: Finding): Promise<(Change | undefined)[]> {
  const named = 'policies' in params ? params.policies.map((policy) => policy.split('/').at(-1)) : [];
  const places = await Promise.all(facts.probers.map((prober) => prober.vantage()));
  const homes = [facts.target.namespace, ...places.flatMap((place) => (place.known ? place.value.namespace : []))];
  const lists = await Promise.all([...new Set(homes)].map((home) => facts.ask(policiesIn(home))));
  return lists
    .flatMap(itemsOf)
    .filter(({ metadata }) => named.includes(metadata?.name ?? ''))
    .map((policy) => changeOf(facts, 'NetworkPolicy', policy));
}

/** The pods that a cause names, else all of the Service. */
async function podsOf(facts: Facts, { params, subject }: Finding): Promise<Pod[]> {
  const all = itemsOf(await facts.ask(meantPods(facts.target)));
  const named = subject.backend ? [subject.backend] : 'pods' in params && Array.isArray(params.pods) ? params.pods : [];
  const meant = all.filter(({ metadata }) => named.includes(metadata?.name ?? ''));
  return meant.length > 0 ? meant : all;
}

/** What made the pods, or what the cause itself names as `Deployment/web`. */
async function workloads(facts: Facts, cause: Finding): Promise<(Change | undefined)[]> {
  const made = (await podsOf(facts, cause)).map(workloadOf).map(({ kind, name }) => `${kind}/${name}`);
  const said = 'workload' in cause.params && cause.params.workload ? [cause.params.workload] : [];
  const names = [...new Set([...made, ...said].map((name) => name.toLowerCase()))].slice(0, MOST);
  return Promise.all(
    names.map(async (ref) => {
      const [kind = '', name = ''] = ref.split('/');
      const read = workloadNamed(facts.target.namespace, kind, name);
      return read && changeOf(facts, read.kind, valueOr(await facts.ask(read.question), undefined));
    }),
  );
}

async function restarts(facts: Facts, cause: Finding): Promise<(Change | undefined)[]> {
  const pods = (await podsOf(facts, cause)).slice(0, MOST);
  return pods.map((pod) => lastRestart(nameIn(facts, 'Pod', pod), pod));
}

/** ConfigMaps and Secrets that the pods refer to: their metadata alone is read, never what is in them. */
async function settings(facts: Facts, cause: Finding): Promise<(Change | undefined)[]> {
  const [pod] = await podsOf(facts, cause);
  const { configMaps, secrets } = referred(pod);
  const read = async (kind: string, plural: 'configMaps' | 'secrets', names: readonly string[]) => {
    if (names.length === 0) return [];
    const query = page<Metadata>(RESOURCES[plural], { namespace: facts.target.namespace, metadataOnly: true });
    const found = itemsOf(await facts.ask(query)).filter(({ metadata }) => names.includes(metadata?.name ?? ''));
    return found.map((object) => changeOf(facts, kind, object));
  };
  const both = [read('ConfigMap', 'configMaps', configMaps), read('Secret', 'secrets', secrets)];
  return (await Promise.all(both)).flat();
}

/** The one that every namespace has, and that no workload is changed by. */
const ROOT_CA = 'kube-root-ca.crt';

function referred(pod: Pod | undefined): { configMaps: string[]; secrets: string[] } {
  const containers = [...(pod?.spec?.containers ?? []), ...(pod?.spec?.initContainers ?? [])];
  const sources = containers.flatMap(({ envFrom = [], env = [] }) => [
    ...envFrom.map(({ configMapRef, secretRef }) => ({ configMap: configMapRef, secret: secretRef })),
    ...env.map(({ valueFrom }) => ({ configMap: valueFrom?.configMapKeyRef, secret: valueFrom?.secretKeyRef })),
  ]);
  const volumes = pod?.spec?.volumes ?? [];
  return {
    configMaps: [...sources.map(({ configMap }) => configMap?.name), ...volumes.map(({ configMap }) => configMap?.name)]
      .flatMap((name) => name ?? [])
      .filter((name) => name !== ROOT_CA),
    secrets: [...sources.map(({ secret }) => secret?.name), ...volumes.map(({ secret }) => secret?.secretName)].flatMap(
      (name) => name ?? [],
    ),
  };
}

/** The configuration of the DNS server, and what keeps its pods. */
async function dns(facts: Facts): Promise<(Change | undefined)[]> {
  const { target, pods } = await dnsServer(facts);
  const [maker] = pods.map(workloadOf);
  const { kind, name } = maker ?? { kind: 'Deployment', name: COREFILE.name };
  const [read, corefile] = [
    workloadNamed(target.namespace, kind, name),
    valueOr(await facts.ask(configMapNamed(target.namespace, COREFILE.name)), undefined),
  ];
  const made = read && changeOf(facts, read.kind, valueOr(await facts.ask(read.question), undefined));
  return [changeOf(facts, 'ConfigMap', corefile), made];
}

async function proxy(facts: Facts): Promise<(Change | undefined)[]> {
  return [changeOf(facts, 'ConfigMap', valueOr(await facts.ask(configMapNamed(SYSTEM, 'kube-proxy')), undefined))];
}

/** When the node became ready or stopped being so. */
async function node(facts: Facts, { subject }: Finding): Promise<(Change | undefined)[]> {
  if (!subject.node) return [];
  const found = valueOr<Node | null, null>(await facts.ask(nodeNamed(subject.node)), null);
  const ready = found?.status?.conditions?.find(({ type }) => type === 'Ready');
  if (!found || !ready?.lastTransitionTime) return [];
  const detail = `Ready is ${ready.status}`;
  const object = nameIn(facts, 'Node', found);
  return [{ what: 'condition', object, at: ready.lastTransitionTime, by: '', fields: [], detail }];
}
