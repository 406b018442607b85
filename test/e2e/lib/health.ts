import type { Cluster } from './cluster.ts';
import { poll, run } from './command.ts';

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
 * Where they do not, kube-proxy is started anew on that node.
 */
export async function well(cluster: Cluster): Promise<boolean> {
  const { signal } = new AbortController();
  await startAnew(cluster, await suspects(cluster));
  for (let repair = 0; repair <= REPAIRS; repair++) {
    if (await poll(RECOVERS_WITHIN_MS, signal, async () => (await deaf(cluster)).length === 0)) return true;
    await startAnew(cluster, await deaf(cluster));
  }
  return false;
}

/** Pods of kube-proxy that found no rules when they started. */
const fresh = new WeakMap<Cluster, Set<string>>();

/** The program that runs something on a node, where a start of kube-proxy there takes care. */
const careful = ({ proxyMode, nodeCommand }: Cluster): string | undefined =>
  proxyMode === 'nftables' ? nodeCommand : undefined;

/**
 * Nodes whose kube-proxy a case has started. In nftables mode one whose image has no /etc/protocols reads the elements that
 * are there with numbers for protocols, takes them for leftovers and removes them, those of the DNS Service too. It does so
 * seconds after its start, when all was well a moment ago. So none may start with rules of the one before.
 */
async function suspects(cluster: Cluster): Promise<string[]> {
  if (careful(cluster) === undefined) return [];
  const [known, here] = [fresh.get(cluster), await proxies(cluster)];
  if (!known) fresh.set(cluster, new Set(here.map(({ pod }) => pod)));
  return known ? here.filter(({ pod }) => !known.has(pod)).map(({ node }) => node) : [];
}

async function startAnew(cluster: Cluster, nodes: readonly string[]): Promise<void> {
  const before = await proxies(cluster);
  for (const node of nodes) {
    await cluster.kubectl(
      `-n kube-system delete pod -l k8s-app=kube-proxy --field-selector=spec.nodeName=${node} --grace-period=1`,
    );
    // before the next one has started, and when the one before writes no more
    const [program, ...words] = careful(cluster)?.split(/\s+/) ?? [];
    if (program) await run(program, [...words, node, 'nft', 'delete', 'table', 'ip', 'kube-proxy']);
  }
  const isBack = async () => {
    const here = await proxies(cluster);
    const isNew = ({ pod }: { pod: string }) => before.every((one) => one.pod !== pod);
    fresh.set(cluster, new Set(here.map(({ pod }) => pod)));
    return nodes.every((node) => here.some((one) => one.node === node && isNew(one)));
  };
  if (nodes.length > 0) await poll(RECOVERS_WITHIN_MS, new AbortController().signal, isBack);
}

async function proxies(cluster: Cluster): Promise<{ pod: string; node: string }[]> {
  const { stdout } = await cluster.kubectl([
    ...'-n kube-system get pods -l k8s-app=kube-proxy -o'.split(' '),
    'jsonpath={range .items[*]}{.metadata.name}:{.spec.nodeName} {end}',
  ]);
  return pairs(stdout).map(([pod, node]) => ({ pod, node }));
}

const pairs = (text: string): [string, string][] =>
  [...text.matchAll(/(\S+):(\S+)/g)].map(([, one, other]) => [one!, other!]);

/** Nodes from whose pods the DNS Service does not answer. */
async function deaf(cluster: Cluster): Promise<string[]> {
  const pods = await cluster.kubectl([
    ...`-n ${NAMESPACE} get pods -l app=asker -o`.split(' '),
    'jsonpath={range .items[*]}{.metadata.name}:{.spec.nodeName} {end}',
  ]);
  const askers = pairs(pods.stdout).map(([pod, node]) => ({ pod, node }));
  const answers = await Promise.all(
    askers.map(({ pod }) =>
      cluster.kubectl(
        `-n ${NAMESPACE} exec ${pod} -- timeout 4 nslookup -type=a kubernetes.default.svc.cluster.local.`,
      ),
    ),
  );
  return askers.filter((_, i) => answers[i]!.exit !== 0).map(({ node }) => node);
}
