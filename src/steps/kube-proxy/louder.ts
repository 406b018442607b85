/** How the log of a kube-proxy is made to say more, in each form in which it runs. */
import type { Facts } from '../../facts/facts.ts';
import { containerOf } from '../../facts/kubeProxy.ts';
import { isStatic, kubeProxyOn, SYSTEM } from '../../facts/kubeProxyPods.ts';
import { type Agent, type ProxyProduct, proxyProductOn } from '../../facts/proxyProduct.ts';
import { kubectl } from '../../model/command.ts';
import { valueOr } from '../../model/fact.ts';
import type { Remedy } from '../../model/finding.ts';
import type { Pod } from '../../model/kubernetes.ts';
import { journalOf } from './products.ts';
import { onNode } from './remedies.ts';

export type Louder = Remedy<'verbose' | 'verbose-edit' | 'verbose-static' | 'verbose-agent'>;

/** Nothing where it runs nowhere, or where its provider keeps it. */
export async function louder(facts: Facts, node: string): Promise<Louder[]> {
  if (node === '') return [];
  const pod = valueOr(await facts.ask(kubeProxyOn(node)), null);
  if (pod) return [isStatic(pod) ? ofStatic(pod, node) : ofDaemonSet(pod)];
  const product = valueOr(await facts.ask(proxyProductOn(node)), { form: 'hidden' } as ProxyProduct);
  return product.form === 'in-agent' ? ofAgent(product.agent, node) : [];
}

const FLAG = '--v=4';
const SHELL = /(?:^|\/)(?:ba|da|a)?sh$/;

/**
 * The flag counts beside a configuration file as well, and the last one wins. Source: cmd/kube-proxy/app/options.go, Complete.
 * It belongs behind the last word that there is: arguments come after the command.
 */
function ofDaemonSet(pod: Pod): Louder {
  const name = pod.metadata?.ownerReferences?.find(({ kind }) => kind === 'DaemonSet')?.name ?? 'kube-proxy';
  const containers = pod.spec?.containers ?? [];
  const index = Math.max(
    0,
    containers.findIndex((container) => container.name === containerOf(pod)),
  );
  const { command = [], args = [] } = containers[index] ?? {};
  const undo = kubectl(SYSTEM, 'rollout', 'undo', `daemonset/${name}`);
  // a shell takes its line as one word, and an image that says itself what it runs forgets it over arguments
  if (SHELL.test(command[0] ?? args[0] ?? '') || command.length + args.length === 0)
    return { id: 'verbose-edit', commands: [kubectl(SYSTEM, 'edit', `daemonset/${name}`), logs(pod), undo] };
  const path = `/spec/template/spec/containers/${index}/${args.length > 0 ? 'args' : 'command'}/-`;
  const patch = JSON.stringify([{ op: 'add', path, value: FLAG }]);
  return {
    id: 'verbose',
    commands: [kubectl(SYSTEM, 'patch', 'daemonset', name, '--type=json', '-p', patch), logs(pod), undo],
  };
}

/** Of all of them: the pod that says more will have another name. */
function logs({ metadata }: Pod) {
  const [key, value] = Object.entries(metadata?.labels ?? {}).find(([name]) => APP.includes(name)) ?? [];
  const which = key === undefined ? [metadata?.name ?? ''] : ['-l', `${key}=${value}`];
  return kubectl(SYSTEM, 'logs', ...which, '--tail=50', '--prefix');
}
const APP: readonly string[] = ['k8s-app', 'component'];

/** Where kubeadm, kops and GKE keep such files; where RKE2 does. */
const MANIFESTS = ['/etc/kubernetes/manifests', '/var/lib/rancher/rke2/agent/pod-manifests'];

const ofStatic = (pod: Pod, node: string): Louder => ({
  id: 'verbose-static',
  commands: [onNode(node, '', 'grep', '-rlsw', 'kube-proxy', ...MANIFESTS), logs(pod)],
});

/** https://docs.k3s.io/cli/server#customized-flags-for-kubernetes-processes, https://microk8s.io/docs/configuring-services */
const SETTINGS: Partial<Record<Agent, readonly string[]>> = {
  k3s: ['grep', '-ns', 'kube-proxy-arg', '/etc/rancher/k3s/config.yaml'],
  microk8s: ['cat', '/var/snap/microk8s/current/args/kube-proxy'],
};

function ofAgent(agent: Agent, node: string): Louder[] {
  const settings = SETTINGS[agent];
  return settings ? [{ id: 'verbose-agent', commands: [onNode(node, '', ...settings), journalOf(agent, node)] }] : [];
}
