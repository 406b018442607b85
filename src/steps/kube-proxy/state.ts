/** kube-proxy on the nodes that matter: does it run, and what does it say? */
import type { Facts } from '../../facts/facts.ts';
import { crashed, kubeProxyLogOn, kubeProxyOn, kubeProxyPods } from '../../facts/kubeProxy.ts';
import { kubectl } from '../../model/command.ts';
import { type Obstacle, valueOr } from '../../model/fact.ts';
import type { Finding, Observation, Severity } from '../../model/finding.ts';
import type { Pod } from '../../model/kubernetes.ts';
import { restart } from './remedies.ts';

export interface Seen {
  findings: Finding[];
  observations: Observation[];
  obstacles: Obstacle[];
}

const SYSTEM = 'kube-system';

/** What is known of kube-proxy on one node. `severity`: error where Service traffic from there is known to fail. */
export async function stateOn(facts: Facts, node: string, severity: Severity): Promise<Seen> {
  const [pod, pods] = await Promise.all([facts.ask(kubeProxyOn(node)), facts.ask(kubeProxyPods)]);
  if (!pod.known) return { findings: [], observations: [], obstacles: [pod.obstacle] };
  if (!pod.value || !isRunning(pod.value)) {
    const everywhere = valueOr<{ items: Pod[] }, { items: Pod[] }>(pods, { items: [] }).items;
    const missing =
      pod.value && crashed(pod.value)
        ? await crashFinding(facts, node, pod.value, severity)
        : notRunning(node, everywhere, severity);
    return { findings: [missing], observations: [], obstacles: [] };
  }
  return saidOn(facts, node, pod.value, severity);
}

const nameOf = (pod: Pod): string => pod.metadata?.name ?? '';

const isRunning = ({ status, metadata }: Pod): boolean =>
  metadata?.deletionTimestamp === undefined &&
  (status?.containerStatuses ?? []).some(({ state, ready }) => ready && state?.running !== undefined);

function notRunning(node: string, pods: readonly Pod[], severity: Severity): Finding {
  const look = [
    kubectl(SYSTEM, 'get', 'daemonset', 'kube-proxy'),
    kubectl(SYSTEM, 'get', 'pods', '-l', 'k8s-app=kube-proxy', '-o', 'wide'),
  ];
  const running = pods.filter(isRunning);
  return {
    code: 'kube-proxy/not-running',
    severity,
    breaks: 'node-rules',
    subject: { node },
    params: { node, running: running.length, nodes: pods.length },
    evidence: [],
    remedies: [{ id: 'look-at-daemonset', commands: look }],
  };
}

async function crashFinding(facts: Facts, node: string, pod: Pod, severity: Severity): Promise<Finding> {
  const log = await facts.ask(kubeProxyLogOn(node));
  const line = (log.known && log.value.trouble?.line) || '';
  const restarts = pod.status?.containerStatuses?.[0]?.restartCount ?? 0;
  const logs = kubectl(SYSTEM, 'logs', nameOf(pod), '--previous', '--tail=20');
  return {
    code: 'kube-proxy/crash-loop',
    severity,
    breaks: 'node-rules',
    subject: { node },
    params: { node, pod: nameOf(pod), restarts, line },
    evidence: [{ what: 'kube-proxy.log', params: { pod: nameOf(pod), line }, command: logs }],
    remedies: [
      { id: 'read-logs', commands: [logs] },
      { id: 'look-at-config', commands: [kubectl(SYSTEM, 'get', 'configmap', 'kube-proxy', '-o', 'yaml')] },
    ],
  };
}

async function saidOn(facts: Facts, node: string, pod: Pod, severity: Severity): Promise<Seen> {
  const log = await facts.ask(kubeProxyLogOn(node));
  const name = nameOf(pod);
  const running: Observation = { what: 'kube-proxy.running', params: { node, pod: name } };
  if (!log.known) return { findings: [], observations: [running], obstacles: [log.obstacle] };
  const { trouble } = log.value;
  if (!trouble) return { findings: [], observations: [running], obstacles: [] };
  const logs = kubectl(SYSTEM, 'logs', name, '--tail=20');
  const params = { node, pod: name, line: trouble.line };
  const evidence: Observation[] = [
    { what: 'kube-proxy.log', params: { pod: name, line: trouble.line }, command: logs },
  ];
  const common = { severity, breaks: 'node-rules', subject: { node }, params, evidence } as const;
  const config = kubectl(SYSTEM, 'get', 'configmap', 'kube-proxy', '-o', 'yaml');
  const finding: Finding =
    trouble.kind === 'api-unreachable'
      ? { ...common, code: 'kube-proxy/api-unreachable', remedies: [{ id: 'look-at-config', commands: [config] }] }
      : { ...common, code: 'kube-proxy/sync-failed', remedies: [{ id: 'read-logs', commands: [logs] }, restart(name)] };
  return { findings: [finding], observations: [running], obstacles: [] };
}
