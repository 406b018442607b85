import type { Cluster } from '../model/cluster.ts';
import { type Fact, known, mapFact, type Obstacle, unknown } from '../model/fact.ts';
import type { Deployment, Pod } from '../model/kubernetes.ts';
import type { ProbeAnswers, Vantage } from '../model/probe.ts';
import { printSelector } from '../model/selector.ts';
import type { ProbePodOptions } from './probePod.ts';
import { askFrom } from './probeRun.ts';

/** Where to ask from. */
export type Place =
  | { kind: 'new-pod' }
  | { kind: 'pod'; namespace: string; name: string }
  | { kind: 'deployment'; namespace: string; name: string }
  | { kind: 'node'; name: string };

/** Creates a pod of ours in somebody's place. */
export type StandIn = (where: Pick<ProbePodOptions, 'namespace' | 'dns'> & { node?: string }) => Promise<Fact<Vantage>>;

const PODS = { group: '', version: 'v1', plural: 'pods' } as const;
const DEPLOYMENTS = { group: 'apps', version: 'v1', plural: 'deployments' } as const;

/** Tools of which one is needed to open a connection. */
const CONNECTS = ['nc', 'curl', 'wget', 'bash'];

const notRunning = (message: string): Obstacle => ({ kind: 'no-probe', reason: 'not-running', message });

/**
 * The pod itself, where it runs and has a shell and a tool to ask with (one exec tells). Else a pod of ours in its
 * namespace, on its node and with its DNS settings; without its labels.
 */
export async function clientVantage(
  cluster: Cluster,
  namespace: string,
  name: string,
  standIn: StandIn,
): Promise<Fact<Vantage>> {
  const found = await cluster.get<Pod>({ ...PODS, namespace, name });
  if (!found.known) return found;
  const pod = found.value;
  if (pod === null) return unknown(notRunning(`there is no pod ${namespace}/${name}`));
  const vantage = vantageOf(pod);
  const unfit = isRunning(pod)
    ? unfitness(await askFrom(cluster, vantage, []), name)
    : notRunning(`pod ${name} does not run`);
  if (unfit === undefined) return known(vantage);
  const node = pod.spec?.nodeName;
  if (unfit.kind !== 'no-probe' || !STANDS_IN.includes(unfit.reason) || node === undefined) return unknown(unfit);
  const labels = pod.metadata?.labels ?? {};
  return mapFact(await standIn({ namespace, node, dns: dnsOf(pod) }), (other) => ({
    ...other,
    standsFor: { pod: name, labels },
  }));
}

/** Reasons for which a pod of ours in its place can do what the pod itself cannot. */
const STANDS_IN = ['no-shell', 'no-tool', 'not-running'];

const isRunning = ({ metadata, status }: Pod): boolean =>
  metadata?.deletionTimestamp === undefined &&
  status?.phase === 'Running' &&
  (status.containerStatuses ?? []).some(({ state }) => state?.running !== undefined);

function unfitness(tried: Fact<ProbeAnswers>, name: string): Obstacle | undefined {
  if (!tried.known) return tried.obstacle;
  if (tried.value.tools.some((tool) => CONNECTS.includes(tool))) return undefined;
  return { kind: 'no-probe', reason: 'no-tool', message: `pod ${name} has none of ${CONNECTS.join(', ')}` };
}

/** The pod as a vantage point; in the container that `kubectl exec` would take, if that one runs. */
function vantageOf({ metadata, spec, status }: Pod): Vantage {
  const { name = '', namespace = '', labels = {}, annotations = {} } = metadata ?? {};
  const running = (status?.containerStatuses ?? []).filter(({ state }) => state?.running).map((one) => one.name);
  const usual = annotations['kubectl.kubernetes.io/default-container'] ?? spec?.containers[0]?.name ?? '';
  const container = running.includes(usual) ? usual : running[0];
  return {
    id: `pod/${namespace}/${name}`,
    kind: 'pod',
    namespace,
    pod: name,
    labels,
    ...(container !== undefined && { container }),
    ...(spec?.nodeName !== undefined && { node: spec.nodeName }),
  };
}

/**
 * DNS settings that another pod can take over. On the host's network ClusterFirst means Default:
 * https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-dns-policy
 */
export function dnsOf({ spec }: Pod): NonNullable<ProbePodOptions['dns']> {
  const { dnsPolicy = 'ClusterFirst', dnsConfig, hostNetwork } = spec ?? {};
  const onHost = hostNetwork === true && dnsPolicy === 'ClusterFirst';
  return {
    dnsPolicy: onHost ? 'Default' : dnsPolicy === 'ClusterFirstWithHostNet' ? 'ClusterFirst' : dnsPolicy,
    ...(dnsConfig && { dnsConfig }),
  };
}

/** The name of a pod of a Deployment: one that is ready, else one that runs, else any. */
export async function podOfDeployment(cluster: Cluster, namespace: string, name: string): Promise<Fact<string>> {
  const found = await cluster.get<Deployment>({ ...DEPLOYMENTS, namespace, name });
  if (!found.known) return found;
  if (found.value === null) return unknown(notRunning(`there is no Deployment ${namespace}/${name}`));
  const labelSelector = printSelector(found.value.spec?.selector ?? {});
  const pods = await cluster.list<Pod>({ ...PODS, namespace, labelSelector });
  if (!pods.known) return pods;
  const isReady = ({ status }: Pod) =>
    status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
  const { items } = pods.value;
  const pod = items.find((one) => isRunning(one) && isReady(one)) ?? items.find(isRunning) ?? items[0];
  const chosen = pod?.metadata?.name;
  return chosen === undefined ? unknown(notRunning(`Deployment ${namespace}/${name} has no pod`)) : known(chosen);
}
