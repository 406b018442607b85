import { kubectl } from '../../model/command.ts';
import type { Service } from '../../model/kubernetes.ts';

/**
 * A label on any Service makes a healthy kube-proxy write its rules anew: in iptables mode it does not notice by itself
 * that a chain was flushed.
 */
export function syncCommands({ metadata }: Service) {
  const name = metadata?.name ?? '';
  return [
    {
      id: 'sync' as const,
      commands: [
        kubectl(metadata?.namespace, 'label', 'service', name, 'svc-debug/sync=now', '--overwrite'),
        kubectl(metadata?.namespace, 'label', 'service', name, 'svc-debug/sync-'),
      ],
    },
  ];
}

export const restart = (pod: string) => ({
  id: 'restart' as const,
  commands: [kubectl('kube-system', 'delete', 'pod', pod)],
});
