import type { Facts } from '../../facts/facts.ts';
import { SYSTEM } from '../../facts/kubeProxyPods.ts';
import { proxyConfig } from '../../facts/proxyMode.ts';
import { type Command, kubectl } from '../../model/command.ts';
import { valueOr } from '../../model/fact.ts';
import type { Service } from '../../model/kubernetes.ts';

/**
 * A label on any Service makes a healthy kube-proxy write its rules anew: in iptables mode it does not notice by itself
 * that a chain was flushed.
 */
export const sync = ({ metadata }: Service) => {
  const name = metadata?.name ?? '';
  return {
    id: 'sync' as const,
    commands: [
      kubectl(metadata?.namespace, 'label', 'service', name, 'svc-debug/sync=now', '--overwrite'),
      kubectl(metadata?.namespace, 'label', 'service', name, 'svc-debug/sync-'),
    ],
  };
};

/** Without its pod it is a part of the node's agent, or not there: nothing that kubectl could restart. */
export const restart = (pod: string) =>
  pod === '' ? [] : [{ id: 'restart' as const, commands: [kubectl(SYSTEM, 'delete', 'pod', pod)] }];

/**
 * In nftables mode a kube-proxy that starts again leaves chains and elements that are there as they are, whatever stands in
 * them: only what is gone is written anew. One that runs does not see that its table is gone until something changes, and
 * tries in vain once before it writes all of it. Source: pkg/proxy/nftables/proxier.go, epChainSkipUpdate, readOrReset and
 * syncProxyRules.
 */
const rewrite = (node: string, pod: string, service: Service, family: 'ip' | 'ip6') => ({
  id: 'rewrite' as const,
  commands: [
    onNode(node, pod, 'nft', 'delete', 'table', family, 'kube-proxy'),
    ...(pod === '' ? [sync(service)] : restart(pod)).flatMap(({ commands }) => commands),
  ],
});

/** What makes kube-proxy write rules that somebody else changed. `louder`: how its log is made to say why it did not. */
export function written<R>(
  place: { node: string; pod: string; service: Service; report: { mode: string }; louder: readonly R[] },
  ip6 = false,
) {
  const { node, pod, service, report } = place;
  if (report.mode === 'nftables') return [rewrite(node, pod, service, ip6 ? 'ip6' : 'ip'), ...place.louder];
  return [sync(service), ...restart(pod), ...place.louder];
}

export const cordon = (node: string) => ({
  id: 'cordon' as const,
  commands: [kubectl(undefined, 'cordon', node)],
});

export const lookAtConfig = {
  id: 'look-at-config' as const,
  commands: [kubectl(SYSTEM, 'get', 'configmap', 'kube-proxy', '-o', 'yaml')],
};

/** What `kubectl apply` wrote last, where somebody changed it since in another way; it counts once kube-proxy starts again. */
const rollBackConfig = (pod: string) => ({
  id: 'roll-back-config' as const,
  commands: [
    [
      ...kubectl(SYSTEM, 'apply', 'view-last-applied', 'configmap', 'kube-proxy', '-o', 'yaml'),
      '|',
      ...kubectl(SYSTEM, 'replace', '-f', '-'),
    ],
    ...restart(pod).flatMap(({ commands }) => commands),
  ],
});

/** Where its configuration stands, and the way back to the one before, where that is known. */
export async function mendConfig(facts: Facts, pod: string) {
  const strayed = valueOr(await facts.ask(proxyConfig), null)?.strayed ?? false;
  return [lookAtConfig, ...(strayed ? [rollBackConfig(pod)] : [])];
}

/** A program on a node: in its kube-proxy pod, where there is one that has it; else with a debug pod of kubectl's. */
export const onNode = (node: string, pod: string, ...argv: string[]): Command =>
  pod === ''
    ? kubectl(
        undefined,
        'debug',
        `node/${node}`,
        '-it',
        '--image=busybox:1.36',
        '--profile=sysadmin',
        '--',
        'chroot',
        '/host',
        ...argv,
      )
    : kubectl(SYSTEM, 'exec', pod, '--', ...argv);
