import { setTimeout as pause } from 'node:timers/promises';
import { OBJECTS } from './objects.ts';
import { type Relay, startRelay } from './relay.ts';
import { ask, must, type Upstream, upstreamOf } from './upstream.ts';
import { userWith } from './users.ts';

/** The Services that svc-debug is asked about, and the way to them that fails. */
export interface Stage {
  upstream: Upstream;
  relay: Relay;
  namespace: string;
  /** The administrator's. */
  kubeconfig: string;
  /** Of a user who may do everything. */
  token: string;
  /** Numbers of the run are drawn from it. */
  seed: number;
  /** The short form. */
  bounded: boolean;
  clear(): Promise<void>;
}

interface Pod {
  metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  spec: { activeDeadlineSeconds?: number };
  status?: {
    phase?: string;
    startTime?: string;
    conditions?: { type: string; status: string }[];
    containerStatuses?: { restartCount: number; state?: { running?: object } }[];
  };
}

export type { Pod };

export const podsOf = async ({ upstream, namespace }: Pick<Stage, 'upstream' | 'namespace'>): Promise<Pod[]> =>
  (await must<{ items: Pod[] }>(upstream, 'GET', `/api/v1/namespaces/${namespace}/pods`)).items;

/** Asks until it is so; throws when it does not come to be. */
export async function until(what: string, limitMs: number, isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + limitMs; !(await isSo()); ) {
    if (Date.now() > end) throw new Error(`never came true: ${what}`);
    await pause(500);
  }
}

interface Posted {
  apiVersion: string;
  kind: string;
}

/** What has another field manager is not offered to be changed. */
const BY_HAND = 'kubectl-create';

const collectionOf = ({ apiVersion, kind }: Posted, namespace: string): string => {
  const plural = kind === 'NetworkPolicy' ? 'networkpolicies' : `${kind.toLowerCase()}s`;
  return `${apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`}/namespaces/${namespace}/${plural}`;
};

const isReady = ({ status }: Pod) =>
  status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');

async function settled(stage: Pick<Stage, 'upstream' | 'namespace'>): Promise<boolean> {
  const pods = await podsOf(stage);
  const of = (app: string) => pods.filter(({ metadata }) => metadata.labels?.app === app);
  const crashed = of('crashes').some(({ status }) => (status?.containerStatuses?.[0]?.restartCount ?? 0) >= 2);
  return crashed && of('web').length === 2 && [...of('web'), ...of('client')].every(isReady);
}

/** Waits until DNS, proxies and the Services of the stage are well again. */
export const untilWell = (stage: Pick<Stage, 'upstream' | 'namespace'>): Promise<void> =>
  until('a cluster that is well', 60_000, async () => {
    const system = await podsOf({ ...stage, namespace: 'kube-system' });
    return system.every(isReady) && (await settled(stage));
  });

/** Makes a namespace with its Services and waits until they are as they shall be. */
export async function raise(kubeconfig: string, seed: number, bounded: boolean): Promise<Stage> {
  const upstream = await upstreamOf(kubeconfig);
  const namespace = `hardening-${process.pid}`;
  const relay = await startRelay(upstream);
  const clear = async () => {
    relay.close();
    await ask(upstream, 'DELETE', `/api/v1/namespaces/${namespace}`);
    const ours = `labelSelector=${encodeURIComponent(`hardening=${namespace}`)}`;
    for (const kind of ['clusterroles', 'clusterrolebindings'])
      await ask(upstream, 'DELETE', `/apis/rbac.authorization.k8s.io/v1/${kind}?${ours}`);
    for (const kind of ['roles', 'rolebindings'])
      await ask(upstream, 'DELETE', `/apis/rbac.authorization.k8s.io/v1/namespaces/kube-system/${kind}?${ours}`);
    upstream.agent.destroy();
  };
  const stage: Stage = { upstream, relay, namespace, kubeconfig, token: '', seed, bounded, clear };
  try {
    await must(upstream, 'POST', '/api/v1/namespaces', { metadata: { name: namespace } });
    const account = `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
    await until('a service account', 30_000, async () => (await ask(upstream, 'GET', account)).status === 200);
    for (const object of OBJECTS)
      await must(upstream, 'POST', `${collectionOf(object as Posted, namespace)}?fieldManager=${BY_HAND}`, object);
    await until('the Services of the stage', 120_000, () => settled(stage));
    const { token } = await userWith(stage, 'all-mighty', [{ verb: '*', group: '*', resource: '*' }]);
    return { ...stage, token };
  } catch (error) {
    await clear();
    throw error;
  }
}
