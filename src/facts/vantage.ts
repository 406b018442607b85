import type { Pod } from '../model/kubernetes.ts';
import type { Vantage } from '../model/probe.ts';

/** An existing pod as a vantage point, in the container that `kubectl exec` would take. */
export function vantageIn({ metadata, spec }: Pod): Vantage {
  const [namespace, pod] = [metadata?.namespace ?? 'default', metadata?.name ?? ''];
  const container = metadata?.annotations?.['kubectl.kubernetes.io/default-container'] ?? spec?.containers[0]?.name;
  return {
    id: `pod/${namespace}/${pod}`,
    kind: 'pod',
    namespace,
    pod,
    labels: metadata?.labels ?? {},
    ...(container && { container }),
    ...(spec?.nodeName && { node: spec.nodeName }),
  };
}
