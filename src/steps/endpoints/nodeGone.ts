import { kubectl } from '../../model/command.ts';
import type { Finding } from '../../model/finding.ts';
import type { Pod } from '../../model/kubernetes.ts';
import { type Inspection, nameOf, podsCommand, severityOf } from './inspection.ts';

/**
 * Pods whose Node object was deleted: the EndpointSlice controller leaves them out, ready or not.
 * Source: k8s.io/endpointslice/reconciler.go, "skipping Pod ... Node ... Not Found".
 */
export function nodeGone(inspection: Inspection, orphans: readonly Pod[]): Finding {
  const { facts, backends } = inspection;
  const pods = orphans.map(nameOf);
  const nodes = [...new Set(orphans.flatMap(({ spec }) => spec?.nodeName ?? []))];
  const remove = pods.slice(0, 3).map((pod) => kubectl(facts.target.namespace, 'delete', 'pod', pod));
  return {
    code: 'endpoints/node-gone',
    // the others carry the load
    severity: backends.some(({ ready }) => ready) ? 'warning' : severityOf(inspection),
    breaks: 'selection',
    subject: {},
    params: { pods, nodes },
    evidence: [{ what: 'endpoints.not-listed', params: { pods }, command: podsCommand(inspection) }],
    remedies: [{ id: 'delete-pods', commands: remove }],
  };
}
