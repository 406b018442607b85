import type { Cluster } from './cluster.ts';
import { poll } from './command.ts';

const NAMESPACE = 'e2e-health';
const RECOVERS_WITHIN_MS = 15_000;
const REPAIRS = 4;

/** A pod on every node, to ask from. */
const ASKERS = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'asker', namespace: NAMESPACE },
  spec: {
    selector: { matchLabels: { app: 'asker' } },
    template: {
      metadata: { labels: { app: 'asker' } },
      spec: {
        terminationGracePeriodSeconds: 1,
        containers: [{ name: 'asker', image: 'busybox:1.36', command: ['sleep', '86400'] }],
      },
    },
  },
};

/** Makes ready to ask whether the cluster is well. Asking twice does no harm. */
export async function begin(cluster: Cluster): Promise<void> {
  await cluster.kubectl(['create', 'namespace', NAMESPACE]);
  await cluster.kubectl('apply -f -', { input: JSON.stringify(ASKERS) });
  await cluster.kubectl(`-n ${NAMESPACE} rollout status daemonset/asker --timeout=90s`, { timeoutMs: 100_000 });
}

export const end = (cluster: Cluster): Promise<unknown> =>
  cluster.kubectl(['delete', 'namespace', NAMESPACE, '--wait=false', '--ignore-not-found']);

/**
 * Whether every node's pods reach the cluster's DNS through its Service, which takes kube-proxy, the pod network and CoreDNS.
 * Where they do not, kube-proxy is started anew on that node: in nftables mode with some versions of nft a start loses the
 * elements that were there already, and the next start brings them back.
 */
export async function well(cluster: Cluster): Promise<boolean> {
  const { signal } = new AbortController();
  for (let repair = 0; repair <= REPAIRS; repair++) {
    if (await poll(RECOVERS_WITHIN_MS, signal, async () => (await deaf(cluster)).length === 0)) return true;
    for (const node of await deaf(cluster))
      await cluster.kubectl(`-n kube-system delete pod -l k8s-app=kube-proxy --field-selector=spec.nodeName=${node}`);
  }
  return false;
}

/** Nodes from whose pods the DNS Service does not answer. */
async function deaf(cluster: Cluster): Promise<string[]> {
  const pods = await cluster.kubectl([
    ...`-n ${NAMESPACE} get pods -l app=asker -o`.split(' '),
    'jsonpath={range .items[*]}{.metadata.name}:{.spec.nodeName} {end}',
  ]);
  const askers = [...pods.stdout.matchAll(/(\S+):(\S+)/g)].map(([, pod, node]) => ({ pod: pod!, node: node! }));
  const answers = await Promise.all(
    askers.map(({ pod }) =>
      cluster.kubectl(
        `-n ${NAMESPACE} exec ${pod} -- timeout 4 nslookup -type=a kubernetes.default.svc.cluster.local.`,
      ),
    ),
  );
  return askers.filter((_, i) => answers[i]!.exit !== 0).map(({ node }) => node);
}
