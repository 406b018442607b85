import { type Node, type PodSpec, selects } from '../objects.ts';

/** Whether a pod may run on a node: nodeSelector, and the affinity that is required. */
export function fits({ nodeSelector = {}, affinity }: PodSpec, { metadata, spec }: Node): boolean {
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return (
    !spec.unschedulable &&
    selects({ matchLabels: nodeSelector }, metadata.labels) &&
    (terms === undefined || terms.some(({ matchExpressions = [] }) => selects({ matchExpressions }, metadata.labels)))
  );
}
