import { setTimeout as pause } from 'node:timers/promises';
import type { Stage } from './stage.ts';
import { Unplayable } from './stage.ts';

const CLIENT_READY_WITHIN_MS = 120_000;
const SETTLED_WITHIN_MS = 75_000;
const LOOK_EVERY_MS = 2_000;
/** So long nothing may change before it counts as settled: endpoints, rules and policies follow the pods. */
const QUIET_MS = 4_000;
/** ... where something is not ready, that may yet become so. */
const UNREADY_QUIET_MS = 14_000;

interface Waiting {
  state?: { waiting?: { reason?: string } };
  ready?: boolean;
  restartCount?: number;
}

interface Pod {
  metadata: { name: string; namespace: string };
  status?: {
    phase?: string;
    conditions?: { type: string; status: string }[];
    containerStatuses?: Waiting[];
    initContainerStatuses?: Waiting[];
  };
}

/** Waits until the client is ready and nothing changes any more. The client's pod. @throws Unplayable */
export async function settle(stage: Stage): Promise<string> {
  const started = Date.now();
  let [seen, since] = ['', started];
  while (!stage.signal.aborted) {
    const pods = await podsOf(stage);
    const now = pods.map(signature).sort().join('\n');
    if (now !== seen) [seen, since] = [now, Date.now()];
    const [client, waited, quiet] = [readyClient(stage, pods), Date.now() - started, Date.now() - since];
    if (client !== undefined && (quiet >= quietFor(pods) || waited > SETTLED_WITHIN_MS)) return client;
    if (waited > CLIENT_READY_WITHIN_MS) throw new Unplayable('the client did not get ready');
    await pause(LOOK_EVERY_MS);
  }
  throw new Unplayable('cancelled');
}

const quietFor = (pods: readonly Pod[]): number => (pods.every(isReady) ? QUIET_MS : UNREADY_QUIET_MS);

/** One request for all: a poll must not be what the machine is busy with. */
async function podsOf({ cluster, namespaces, signal }: Stage): Promise<Pod[]> {
  const { exit, stdout } = await cluster.kubectl('get pods --all-namespaces -o json', { signal });
  const items = exit === 0 ? (JSON.parse(stdout) as { items: Pod[] }).items : [];
  return items.filter(({ metadata }) => namespaces.includes(metadata.namespace));
}

const isReady = ({ status }: Pod): boolean =>
  status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;

/** What would change if something still happened. A container that keeps failing counts as one that has settled. */
function signature(pod: Pod): string {
  const { initContainerStatuses = [], containerStatuses = [], phase = '' } = pod.status ?? {};
  const states = [...initContainerStatuses, ...containerStatuses].map(({ state, ready, restartCount = 0 }) => {
    if (restartCount >= 2 && !ready) return 'crashing';
    const reason = state?.waiting?.reason ?? '';
    return `${ready}${/ImagePull|InvalidImage/.test(reason) ? 'pull' : reason}${restartCount}`;
  });
  return [pod.metadata.namespace, pod.metadata.name, phase, isReady(pod), ...states].join(' ');
}

const readyClient = ({ drawn, clientNamespace }: Stage, pods: readonly Pod[]): string | undefined =>
  pods
    .filter(
      ({ metadata }) => metadata.namespace === clientNamespace && metadata.name.startsWith(`${drawn.scene.client}-`),
    )
    .filter(isReady)
    .map(({ metadata }) => metadata.name)
    .sort()[0];
