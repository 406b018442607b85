import type { Facts } from '../../facts/facts.ts';
import { printAge, secondsSince } from '../../model/age.ts';
import { kubectl } from '../../model/command.ts';
import type { Finding } from '../../model/finding.ts';
import type { Namespace } from '../../model/kubernetes.ts';

/**
 * A namespace on its way out takes what is in it along, and nothing new can be made in it. `severity`: an error once the
 * Service is gone.
 */
export function terminatingNamespace(
  { now }: Facts,
  namespace: Namespace | null | undefined,
  severity: 'error' | 'warning',
): Finding[] {
  const { metadata, status } = namespace ?? {};
  if (!metadata?.deletionTimestamp && status?.phase !== 'Terminating') return [];
  const name = metadata?.name ?? '';
  const blocking = (status?.conditions ?? []).filter((condition) => condition.status === 'True');
  return [
    {
      code: 'exists/namespace-terminating',
      severity,
      breaks: 'namespace',
      subject: { object: `namespace/${name}` },
      params: {
        namespace: name,
        since: printAge(secondsSince(metadata?.deletionTimestamp, now) ?? 0),
        detail: blocking.flatMap(({ message }) => message ?? []).join('; '),
      },
      evidence: [],
      remedies: [{ id: 'look', commands: [kubectl(undefined, 'get', 'namespace', name, '-o', 'yaml')] }],
    },
  ];
}
