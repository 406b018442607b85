import type { Cluster } from '../model/cluster.ts';
import { type Fact, known, type Obstacle, unknown } from '../model/fact.ts';
import type { Pod } from '../model/kubernetes.ts';
import type { ProbeAnswers, Vantage } from '../model/probe.ts';
import { askFrom } from './probeRun.ts';

const PODS = { group: '', version: 'v1', plural: 'pods' } as const;

/** Tools of which one is needed to open a connection. */
const CONNECTS = ['nc', 'curl', 'wget', 'bash'];

/** A pod that somebody else runs, as a place to ask from. */
export interface ClientPod {
  pod: Pod;
  /** Undefined: its shell and tools do. Else why a pod of ours must ask in its place. */
  unfit: Obstacle | undefined;
}

/** Looks at a pod: whether it runs, and whether it has a shell and a tool to ask with (one exec). */
export async function inspectClient(cluster: Cluster, namespace: string, name: string): Promise<Fact<ClientPod>> {
  const found = await cluster.get<Pod>({ ...PODS, namespace, name });
  if (!found.known) return found;
  const pod = found.value;
  if (pod === null)
    return unknown({ kind: 'no-probe', reason: 'not-running', message: `there is no pod ${namespace}/${name}` });
  if (!isRunning(pod)) {
    const phase = pod.metadata?.deletionTimestamp === undefined ? (pod.status?.phase ?? 'Unknown') : 'Terminating';
    const message = `pod ${namespace}/${name} is ${phase}`;
    return known({ pod, unfit: { kind: 'no-probe', reason: 'not-running', message } });
  }
  return known({ pod, unfit: unfitness(await askFrom(cluster, vantageOf(pod), []), name) });
}

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
export function vantageOf({ metadata, spec, status }: Pod): Vantage {
  const { name = '', namespace = '', labels = {}, annotations = {} } = metadata ?? {};
  const running = (status?.containerStatuses ?? [])
    .filter(({ state }) => state?.running)
    .map((container) => container.name);
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
