/** kube-proxy on one node: does it run, and what does it say? */
import type { Facts } from '../../facts/facts.ts';
import { containerOf, crashed, kubeProxyHealthOn, kubeProxyLogOn } from '../../facts/kubeProxy.ts';
import { kubeProxyOn, kubeProxyPods, SYSTEM, systemDaemonSets } from '../../facts/kubeProxyPods.ts';
import { proxyConfig, runningMode } from '../../facts/proxyMode.ts';
import { kubectl } from '../../model/command.ts';
import { valueOr } from '../../model/fact.ts';
import type { Finding, Observation, Severity } from '../../model/finding.ts';
import type { Pod } from '../../model/kubernetes.ts';
import { cordon, mendConfig } from './remedies.ts';
import { joined, type Seen, seen } from './seen.ts';
import { troubleFinding } from './trouble.ts';

/** `severity`: error where Service traffic from the node is known to fail, or its rules to be wrong. */
export async function stateOn(facts: Facts, node: string, severity: Severity): Promise<Seen> {
  const pod = await facts.ask(kubeProxyOn(node));
  if (!pod.known) return seen({ obstacles: [pod.obstacle] });
  if (pod.value && crashed(pod.value, facts.now))
    return seen({ findings: [await crashFinding(facts, node, pod.value, severity)] });
  if (!pod.value || !isRunning(pod.value)) return seen({ findings: [await notRunning(facts, node, severity)] });
  return saidOn(facts, node, pod.value, severity);
}

const nameOf = (pod: Pod): string => pod.metadata?.name ?? '';

const isRunning = ({ status, metadata }: Pod): boolean =>
  metadata?.deletionTimestamp === undefined &&
  (status?.containerStatuses ?? []).some(({ state, ready }) => ready && state?.running !== undefined);

async function notRunning(facts: Facts, node: string, severity: Severity): Promise<Finding> {
  const pods = valueOr(await facts.ask(kubeProxyPods), { items: [] as Pod[] }).items;
  const deleted = pods.length === 0 && (await isDeleted(facts));
  const look = [
    kubectl(SYSTEM, 'get', 'daemonset', 'kube-proxy'),
    kubectl(SYSTEM, 'get', 'pods', '-l', 'k8s-app=kube-proxy', '-o', 'wide'),
  ];
  return {
    code: 'kube-proxy/not-running',
    severity,
    breaks: 'node-proxy',
    subject: { node },
    params: { node, running: pods.filter(isRunning).length, nodes: pods.length, deleted },
    evidence: [],
    remedies: deleted
      ? [{ id: 'make-again', commands: [['sudo', 'kubeadm', 'init', 'phase', 'addon', 'kube-proxy']] }, cordon(node)]
      : [{ id: 'look-at-daemonset', commands: look }, cordon(node)],
  };
}

/** Its DaemonSet is no longer there. */
async function isDeleted(facts: Facts): Promise<boolean> {
  const found = await facts.ask(systemDaemonSets);
  return found.known && !found.value.more && !found.value.items.some(({ metadata }) => metadata?.name === 'kube-proxy');
}

async function crashFinding(facts: Facts, node: string, pod: Pod, severity: Severity): Promise<Finding> {
  const log = await facts.ask(kubeProxyLogOn(node));
  const line = (log.known && log.value.trouble?.line) || '';
  const restarts = pod.status?.containerStatuses?.find(({ name }) => name === containerOf(pod))?.restartCount ?? 0;
  const logs = kubectl(SYSTEM, 'logs', nameOf(pod), '--previous', '--tail=20');
  return {
    code: 'kube-proxy/crash-loop',
    severity,
    breaks: 'node-proxy',
    subject: { node },
    params: { node, pod: nameOf(pod), restarts, line },
    evidence: [{ what: 'kube-proxy.log', params: { pod: nameOf(pod), line }, command: logs }],
    remedies: [
      { id: 'read-logs', commands: [logs] },
      ...(await mendConfig(facts, nameOf(pod))),
      { id: 'roll-back', commands: [kubectl(SYSTEM, 'rollout', 'undo', 'daemonset/kube-proxy')] },
    ],
  };
}

async function saidOn(facts: Facts, node: string, pod: Pod, severity: Severity): Promise<Seen> {
  const name = nameOf(pod);
  const [log, config, mode, health] = await Promise.all([
    facts.ask(kubeProxyLogOn(node)),
    facts.ask(proxyConfig),
    facts.ask(runningMode(node)),
    healthOn(facts, node),
  ]);
  const running: Observation = { what: 'kube-proxy.running', params: { node, pod: name } };
  const about = seen({ observations: [running], obstacles: log.known ? [] : [log.obstacle] });
  const trouble = log.known ? await troubleFinding(facts, node, name, log.value, severity) : undefined;
  const asked = valueOr(config, null)?.mode;
  const runs = valueOr(mode, undefined);
  const differs = asked && runs && asked !== runs ? [notInForce(node, name, asked, runs)] : [];
  return joined([about, health, seen({ findings: [...(trouble ? [trouble] : []), ...differs] })]);
}

/** A changed ConfigMap is read when kube-proxy starts the next time, not before. */
const notInForce = (node: string, pod: string, asked: string, runs: string): Finding => ({
  code: 'kube-proxy/mode-not-in-force',
  severity: 'warning',
  breaks: 'node-proxy',
  subject: { node },
  params: { node, pod, asked, runs },
  evidence: [],
  remedies: [{ id: 'restart-all', commands: [kubectl(SYSTEM, 'rollout', 'restart', 'daemonset/kube-proxy')] }],
});

/** Its own word, only where it may be asked. It calls itself healthy for a minute and more while every sync fails. */
export async function healthOn(facts: Facts, node: string): Promise<Seen> {
  if (!facts.consent.nodeChecks) return seen({});
  const health = await facts.ask(kubeProxyHealthOn(node));
  if (!health.known) return seen({});
  const { healthy, lastSync } = health.value;
  const last = Math.max(...Object.values(lastSync), 0);
  const params = { node, lastSync: last > 0 ? new Date(last).toISOString().slice(11, 19) : '' };
  return seen({ observations: [{ what: healthy ? 'kube-proxy.healthy' : 'kube-proxy.unhealthy', params }] });
}
