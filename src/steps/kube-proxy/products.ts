/** Who proxies instead of kube-proxy, and which of its commands shows what it does with Services. */
import type { Agent, ProxyProduct, Replacement } from '../../facts/proxyProduct.ts';
import { type Command, kubectl } from '../../model/command.ts';
import type { Observation } from '../../model/finding.ts';
import type { Target } from '../../model/target.ts';
import { onNode } from './remedies.ts';

interface Found {
  namespace: string;
  name: string;
  target: Target;
}

const inside = ({ namespace, name }: Found, ...argv: string[]): Command =>
  kubectl(namespace, 'exec', `daemonset/${name}`, ...argv);

const COMMANDS: Record<Replacement, (found: Found) => Command> = {
  cilium: (found) => inside(found, '-c', 'cilium-agent', '--', 'cilium-dbg', 'service', 'list'),
  'gke-dataplane-v2': (found) => inside(found, '-c', 'cilium-agent', '--', 'cilium', 'service', 'list'),
  'calico-ebpf': (found) => inside(found, '-c', 'calico-node', '--', 'calico-node', '-bpf', 'nat', 'dump'),
  'kube-router': (found) => inside(found, '--', 'ipvsadm', '-ln'),
  'ovn-kubernetes': (found) => inside(found, '-c', 'nbdb', '--', 'ovn-nbctl', 'lb-list'),
  antrea: ({ target, ...found }) =>
    inside(
      { ...found, target },
      '-c',
      'antrea-agent',
      '--',
      'antctl',
      'get',
      'ovsflows',
      '-S',
      target.service,
      '-n',
      target.namespace,
    ),
  windows: () => ['hnsdiag', 'list', 'loadbalancers'],
};

export const replacedBy = (
  { by, namespace, name }: Extract<ProxyProduct, { form: 'replaced' }>,
  target: Target,
): Observation => ({
  what: 'kube-proxy.replaced',
  params: { product: by },
  command: COMMANDS[by]({ namespace, name, target }),
});

const UNITS: Record<Agent, string> = {
  k3s: 'k3s',
  microk8s: 'snap.microk8s.daemon-kubelite',
  'eks-auto': 'kube-proxy',
};

/** `k3s` is `k3s-agent` on nodes that are no servers: the pattern takes both. */
export const journalOf = (agent: Agent, node: string): Command =>
  onNode(node, '', 'journalctl', '-u', agent === 'k3s' ? 'k3s*' : UNITS[agent], '-n', '50');

export const inAgent = (agent: Agent, node: string): Observation => ({
  what: 'kube-proxy.in-agent',
  params: { agent },
  command: journalOf(agent, node),
});
