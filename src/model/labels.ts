import type { Labels } from './kubernetes.ts';

/** Labels that controllers put on single pods or revisions: they change with every rollout and identify no application. */
const VOLATILE = new Set([
  'pod-template-hash',
  'rollouts-pod-template-hash',
  'controller-revision-hash',
  'pod-template-generation',
  'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index',
  'controller-uid',
  'job-name',
  'batch.kubernetes.io/controller-uid',
  'batch.kubernetes.io/job-name',
  'batch.kubernetes.io/job-completion-index',
]);

export const isVolatileLabel = (key: string): boolean => VOLATILE.has(key);

/** The labels that survive a rollout. */
export const stableLabels = (labels: Labels): Labels =>
  Object.fromEntries(Object.entries(labels).filter(([key]) => !VOLATILE.has(key)));

/** The labels that all of them carry with the same value. Of nothing: none. */
export function commonLabels(all: readonly Labels[]): Labels {
  const [first = {}, ...rest] = all;
  return Object.fromEntries(
    Object.entries(first).filter(([key, value]) => rest.every((other) => other[key] === value)),
  );
}
