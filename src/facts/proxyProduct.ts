/** Who proxies Services on a node: kube-proxy in one of its forms, or something in its place. */
import { type Fact, known, valueOr } from '../model/fact.ts';
import type { DaemonSet, Metadata, Node, Page } from '../model/kubernetes.ts';
import { configMapNamed, nodeNamed, page } from './api.ts';
import type { Facts, Question } from './facts.ts';
import { isStatic, kubeProxyOn, kubeProxyPods, SYSTEM, systemDaemonSets } from './kubeProxyPods.ts';
import { RESOURCES } from './resources.ts';

/** Products that do themselves what kube-proxy does elsewhere. */
export type Replacement =
  | 'cilium'
  | 'gke-dataplane-v2'
  | 'calico-ebpf'
  | 'kube-router'
  | 'ovn-kubernetes'
  | 'antrea'
  | 'windows';

/** Distributions in which kube-proxy is a part of the node's agent, and no pod. */
export type Agent = 'k3s' | 'microk8s' | 'eks-auto';

export type ProxyProduct =
  | { form: 'daemonset' | 'static-pod' }
  | { form: 'in-agent'; agent: Agent }
  | { form: 'replaced'; by: Replacement; namespace: string; name: string }
  /** Nothing recognisable runs as a pod: it may be a process of the node, and managed by the provider. */
  | { form: 'hidden' };

/** DaemonSets of products, by name; Cilium and Calico are asked for their settings beside. */
const DAEMON_SETS: readonly (readonly [RegExp, Replacement])[] = [
  [/^anetd$/, 'gke-dataplane-v2'],
  [/^cilium$/, 'cilium'],
  [/^kube-router$/, 'kube-router'],
  [/^ovnkube-node/, 'ovn-kubernetes'],
  [/^ovn-?kube/, 'ovn-kubernetes'],
  [/^antrea-agent$/, 'antrea'],
  [/^calico-node$/, 'calico-ebpf'],
];

/** Names of the DaemonSets of all namespaces; where that is barred, those of kube-system. */
const allDaemonSets = page<Metadata>(RESOURCES.daemonSets, { metadataOnly: true });

export const proxyProductOn = (node: string | undefined): Question<ProxyProduct> => ({
  key: `proxy of Services on ${node ?? 'the nodes'}`,
  ask: async ({ facts }): Promise<Fact<ProxyProduct>> => {
    const here = node === undefined ? known(null) : await facts.ask(kubeProxyOn(node));
    const pods = await facts.ask(kubeProxyPods);
    if (!pods.known) return pods;
    const pod = valueOr(here, null) ?? pods.value.items[0];
    return known(pod ? { form: isStatic(pod) ? 'static-pod' : 'daemonset' } : await withoutPods(facts, node));
  },
});

/** No kube-proxy pod anywhere: something else does it, or it should be there. */
async function withoutPods(facts: Facts, node: string | undefined): Promise<ProxyProduct> {
  const [own, found] = await Promise.all([
    facts.ask(systemDaemonSets),
    node === undefined ? known(null) : facts.ask(nodeNamed(node)),
  ]);
  const here = valueOr(found, null);
  if (here?.status?.nodeInfo?.operatingSystem === 'windows')
    return { form: 'replaced', by: 'windows', namespace: '', name: here.metadata?.name ?? '' };
  const daemonSet = valueOr(own, undefined)?.items.find(({ metadata }) => metadata?.name === 'kube-proxy');
  const replaced = await replacement(facts, own);
  if (replaced && (!daemonSet || !wantsPods(daemonSet))) return replaced;
  if (daemonSet) return { form: 'daemonset' };
  const agent = agentOf(here);
  if (agent) return { form: 'in-agent', agent };
  // what it is configured with outlives a DaemonSet that somebody deleted
  const config = valueOr(await facts.ask(configMapNamed(SYSTEM, 'kube-proxy')), null);
  return { form: config ? 'daemonset' : 'hidden' };
}

const wantsPods = ({ status }: DaemonSet): boolean => (status?.desiredNumberScheduled ?? 1) > 0;

async function replacement(facts: Facts, own: Fact<Page<DaemonSet>>): Promise<ProxyProduct | undefined> {
  const all = await facts.ask(allDaemonSets);
  const items: readonly Metadata[] = valueOr(all, undefined)?.items ?? valueOr(own, undefined)?.items ?? [];
  for (const [pattern, by] of DAEMON_SETS) {
    const found = items.find(({ metadata }) => pattern.test(metadata?.name ?? ''));
    if (!found) continue;
    const { namespace = SYSTEM, name = '' } = found.metadata ?? {};
    if (await replaces(facts, by, namespace)) return { form: 'replaced', by, namespace, name };
  }
  return undefined;
}

/** Cilium and Calico can leave Services to kube-proxy. Where the setting cannot be read, a missing kube-proxy tells. */
async function replaces(facts: Facts, by: Replacement, namespace: string): Promise<boolean> {
  if (by === 'cilium') {
    const config = valueOr(await facts.ask(configMapNamed(namespace, 'cilium-config')), null);
    // https://docs.cilium.io/en/stable/network/kubernetes/kubeproxy-free/
    return config?.data?.['kube-proxy-replacement'] !== 'false';
  }
  if (by !== 'calico-ebpf') return true;
  const felix = await facts.ask(felixConfiguration);
  return !felix.known || felix.value?.spec?.bpfEnabled === true;
}

/** https://docs.tigera.io/calico/latest/operations/ebpf/enabling-ebpf */
const felixConfiguration: Question<{ spec?: { bpfEnabled?: boolean } } | null> = {
  key: 'get felixconfigurations.crd.projectcalico.org /default',
  ask: ({ cluster }) =>
    cluster.get({ group: 'crd.projectcalico.org', version: 'v1', plural: 'felixconfigurations', name: 'default' }),
};

/** By the version that the kubelet gives itself, and labels that distributions set. */
function agentOf(node: Node | null): Agent | undefined {
  const version = node?.status?.nodeInfo?.kubeletVersion ?? '';
  const labels = node?.metadata?.labels ?? {};
  if (version.includes('+k3s')) return 'k3s';
  if (labels['microk8s.io/cluster'] !== undefined) return 'microk8s';
  return labels['eks.amazonaws.com/compute-type'] === 'auto' ? 'eks-auto' : undefined;
}
