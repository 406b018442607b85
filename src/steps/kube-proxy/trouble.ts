/** What the log of a kube-proxy that runs says of its trouble. */
import type { Facts } from '../../facts/facts.ts';
import type { KubeProxyLog } from '../../facts/kubeProxy.ts';
import { SYSTEM } from '../../facts/kubeProxyPods.ts';
import { kubectl } from '../../model/command.ts';
import type { Finding, Observation, Severity } from '../../model/finding.ts';
import { cordon, mendConfig, restart } from './remedies.ts';

/**
 * A success is not logged at the usual verbosity, so that only trouble that comes again is present: a sync is tried every
 * 30 seconds, a watch at least every minute.
 */
const PRESENT_MS = { sync: 75_000, watch: 150_000 };

/** The binding that kubeadm makes: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#other-component-roles */
const BIND = kubectl(
  undefined,
  'create',
  'clusterrolebinding',
  'kube-proxy',
  '--clusterrole=system:node-proxier',
  '--serviceaccount=kube-system:kube-proxy',
);

export async function troubleFinding(
  facts: Facts,
  node: string,
  pod: string,
  { trouble }: KubeProxyLog,
  severity: Severity,
): Promise<Finding | undefined> {
  if (!trouble) return undefined;
  const present = trouble.kind === 'sync-failed' ? PRESENT_MS.sync : PRESENT_MS.watch;
  if (trouble.last !== undefined && facts.now - trouble.last > present) return undefined;
  const logs = kubectl(SYSTEM, 'logs', pod, '--tail=20');
  const since = trouble.since === undefined ? '' : new Date(trouble.since).toISOString().slice(11, 19);
  const params = { node, pod, line: trouble.line, since, times: trouble.times };
  const evidence: Observation[] = [{ what: 'kube-proxy.log', params: { pod, line: trouble.line }, command: logs }];
  const common = { severity, breaks: 'node-proxy', subject: { node }, params, evidence } as const;
  switch (trouble.kind) {
    case 'api-denied':
      return {
        ...common,
        code: 'kube-proxy/api-denied',
        remedies: [
          ...(/is forbidden|cannot (?:list|watch|get)/.test(trouble.line)
            ? [{ id: 'bind-role' as const, commands: [BIND] }]
            : await mendConfig(facts, pod)),
          ...restart(pod),
        ],
      };
    case 'api-unreachable':
      return {
        ...common,
        code: 'kube-proxy/api-unreachable',
        remedies: [...(await mendConfig(facts, pod)), ...restart(pod)],
      };
    case 'node-unknown': {
      const look = kubectl(SYSTEM, 'get', 'pod', pod, '-o', 'jsonpath={.spec.containers[0].command}');
      return { ...common, code: 'kube-proxy/node-unknown', remedies: [{ id: 'look-at-arguments', commands: [look] }] };
    }
    case 'sync-failed':
    case 'cannot-start':
      return {
        ...common,
        code: 'kube-proxy/sync-failed',
        remedies: [{ id: 'read-logs', commands: [logs] }, ...restart(pod), cordon(node)],
      };
  }
}
