/** What is known of kube-proxy, node by node. */
import { type Fact, known, mapFact, unknown, valueOr } from '../model/fact.ts';
import type { DaemonSet, Page, Pod } from '../model/kubernetes.ts';
import type { ProxyRules } from '../model/proxyRules.ts';
import { parseIptablesSave } from '../parse/iptablesSave.ts';
import { type KubeProxyLog, parseKubeProxyLog } from '../parse/kubeProxyLog.ts';
import { parseNftTable } from '../parse/nftTable.ts';
import { configMapNamed, daemonSetsIn, logOf, podsLabelled } from './api.ts';
import type { Question, World } from './facts.ts';

const NAMESPACE = 'kube-system';
const NFT = ['nft', 'list', 'table', 'ip', 'kube-proxy'] as const;
const RULES_LIMIT_MS = 10_000;
/** Rules of thousands of Services are megabytes. */
const RULES_LIMIT_BYTES = 32 * 1024 * 1024;

export const systemDaemonSets: Question<Page<DaemonSet>> = daemonSetsIn(NAMESPACE);
export const kubeProxyPods: Question<Page<Pod>> = podsLabelled(NAMESPACE, 'k8s-app=kube-proxy');

/** Who proxies Services in this cluster, as its system DaemonSets tell. `hidden`: nothing recognisable runs as one. */
export type ProxyProduct =
  | 'kube-proxy'
  | 'cilium'
  | 'kube-router'
  | 'antrea'
  | 'ovn-kubernetes'
  | 'gke-dataplane-v2'
  | 'hidden';

const REPLACEMENTS: readonly [RegExp, ProxyProduct][] = [
  [/^cilium$/, 'cilium'],
  [/^anetd$/, 'gke-dataplane-v2'],
  [/^kube-router$/, 'kube-router'],
  [/^antrea-agent$/, 'antrea'],
  [/^ovnkube-node/, 'ovn-kubernetes'],
];

export function productOf(daemonSets: readonly DaemonSet[], proxyPods: readonly Pod[]): ProxyProduct {
  const names = daemonSets.map(({ metadata }) => metadata?.name ?? '');
  if (proxyPods.length > 0 || names.includes('kube-proxy')) return 'kube-proxy';
  return REPLACEMENTS.find(([name]) => names.some((candidate) => name.test(candidate)))?.[1] ?? 'hidden';
}

/** The kube-proxy pod of a node; `null` when none runs there. */
export const kubeProxyOn = (node: string): Question<Pod | null> => ({
  key: `kube-proxy on ${node}`,
  ask: async ({ facts }) =>
    mapFact(await facts.ask(kubeProxyPods), ({ items }) => items.find(({ spec }) => spec?.nodeName === node) ?? null),
});

/** Mode that the configuration asks for; `null` when it names none, which means iptables on Linux. */
export const configuredMode: Question<ProxyRules['mode'] | null> = {
  key: 'mode of kube-proxy',
  ask: async ({ facts }) =>
    mapFact(await facts.ask(configMapNamed(NAMESPACE, 'kube-proxy')), (config) => {
      const text = Object.values(config?.data ?? {}).join('\n');
      const mode = /^\s*mode:\s*["']?(iptables|nftables|ipvs)["']?\s*(#.*)?$/m.exec(text)?.[1];
      return (mode as ProxyRules['mode'] | undefined) ?? null;
    }),
};

/** What the kube-proxy of a node last said; when it crashes, what the container before said. */
export const kubeProxyLogOn = (node: string): Question<KubeProxyLog> => ({
  key: `log of kube-proxy on ${node}`,
  ask: async ({ facts }) => {
    const pod = await facts.ask(kubeProxyOn(node));
    if (!pod.known) return pod;
    const name = pod.value?.metadata?.name;
    if (!name) return unknown({ kind: 'not-applicable', reason: `no kube-proxy runs on ${node}` });
    const [current, previous] = await Promise.all([
      facts.ask(logOf(NAMESPACE, name, 'kube-proxy', { tailLines: 100 })),
      crashed(pod.value)
        ? facts.ask(logOf(NAMESPACE, name, 'kube-proxy', { tailLines: 100, previous: true }))
        : known(null),
    ]);
    if (!current.known && !previous.known) return current;
    return known(parseKubeProxyLog(`${valueOr(previous, null) ?? ''}\n${valueOr(current, null) ?? ''}`));
  },
});

export const crashed = (pod: Pod | null): boolean =>
  (pod?.status?.containerStatuses ?? []).some(
    ({ state, restartCount, ready }) =>
      !ready && (state?.waiting?.reason === 'CrashLoopBackOff' || state?.terminated !== undefined || restartCount > 0),
  );

/** The rules on a node, read inside its kube-proxy pod: an argument vector, no shell (its image may have none). */
export const proxyRulesOn = (node: string): Question<ProxyRules> => ({
  key: `rules on ${node}`,
  ask: async (world) => {
    if (!world.facts.consent.nodeChecks) return unknown({ kind: 'not-consented', flag: '--node-checks yes' });
    const pod = await world.facts.ask(kubeProxyOn(node));
    if (!pod.known) return pod;
    if (!pod.value?.metadata?.name) return unknown({ kind: 'not-applicable', reason: `no kube-proxy runs on ${node}` });
    const mode = valueOr(await world.facts.ask(configuredMode), null) ?? 'iptables';
    return rulesIn(world, pod.value.metadata.name, mode);
  },
});

async function rulesIn({ cluster }: World, pod: string, mode: ProxyRules['mode']): Promise<Fact<ProxyRules>> {
  if (mode === 'ipvs')
    return unknown({ kind: 'not-applicable', reason: 'in IPVS mode the rules are read on the node: ipvsadm -ln' });
  const argv = mode === 'nftables' ? NFT : ['iptables-save'];
  const result = await cluster.exec(
    { namespace: NAMESPACE, name: pod },
    { argv, container: 'kube-proxy', timeoutMs: RULES_LIMIT_MS, maxBytes: RULES_LIMIT_BYTES },
  );
  if (!result.known) return result;
  const { exitCode, stdout, stderr, truncated } = result.value;
  if (exitCode !== 0 || truncated) {
    return unknown({
      kind: 'no-probe',
      reason: 'other',
      message: `${argv[0]} in ${pod}: ${truncated ? 'more than can be read' : stderr.slice(0, 200)}`,
    });
  }
  return known(mode === 'nftables' ? parseNftTable(stdout) : parseIptablesSave(stdout));
}

/** The command that shows the rules of a node. */
export const rulesArgv = (mode: ProxyRules['mode']): readonly string[] =>
  mode === 'nftables' ? NFT : ['iptables-save', '-t', 'nat'];
