/** Which pods proxy Services, and on which nodes. */
import { known, mapFact } from '../model/fact.ts';
import type { DaemonSet, Page, Pod } from '../model/kubernetes.ts';
import { daemonSetsIn, page, podsLabelled } from './api.ts';
import type { Question } from './facts.ts';
import { RESOURCES } from './resources.ts';

export const SYSTEM = 'kube-system';

export const systemDaemonSets: Question<Page<DaemonSet>> = daemonSetsIn(SYSTEM);

/** What runs on one node in kube-system: one request, however many nodes there are. */
const systemPodsOn = (node: string): Question<Page<Pod>> =>
  page(RESOURCES.pods, { namespace: SYSTEM, fieldSelector: `spec.nodeName=${node}` });

/** Labels of kubeadm and most distributions; of the static pods of GKE, kops and RKE2. */
const isKubeProxy = ({ metadata }: Pod): boolean => {
  const { 'k8s-app': app, component } = metadata?.labels ?? {};
  return app === 'kube-proxy' || component === 'kube-proxy' || /^kube-proxy-/.test(metadata?.name ?? '');
};

const isOver = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

/** kube-proxy as a DaemonSet, a page of it: on a small cluster all there is, by one request. */
export const kubeProxyPods: Question<Page<Pod>> = podsLabelled(SYSTEM, 'k8s-app=kube-proxy');

/** The kube-proxy pod of a node, the one that stays where one is replaced; `null` when none is there. */
export const kubeProxyOn = (node: string): Question<Pod | null> => ({
  key: `kube-proxy on ${node}`,
  ask: async ({ facts }) => {
    const usual = await facts.ask(kubeProxyPods);
    if (!usual.known) return usual;
    const found = on(node, usual.value.items);
    const { items, more } = usual.value;
    if (found || (items.length > 0 && !more)) return known(found);
    return mapFact(await facts.ask(systemPodsOn(node)), (all) => on(node, all.items));
  },
});

function on(node: string, pods: readonly Pod[]): Pod | null {
  const here = pods.filter((pod) => pod.spec?.nodeName === node && isKubeProxy(pod) && !isOver(pod));
  return here.find(({ metadata }) => metadata?.deletionTimestamp === undefined) ?? here[0] ?? null;
}

/** Whether a pod is made by the kubelet of its node from a file there, and not by a DaemonSet. */
export const isStatic = ({ metadata }: Pod): boolean =>
  metadata?.annotations?.['kubernetes.io/config.source'] === 'file' ||
  metadata?.annotations?.['kubernetes.io/config.mirror'] !== undefined ||
  (metadata?.ownerReferences ?? []).some(({ kind }) => kind === 'Node');
