interface Pods {
  pods: readonly string[];
}

/** `Pod a`, or `3 pods (a, b, ...)`. */
export const named = ({ pods }: Pods): string => {
  const [first = 'none', ...rest] = pods;
  return rest.length === 0
    ? `Pod ${first}`
    : `${pods.length} pods (${pods.slice(0, 3).join(', ')}${pods.length > 3 ? ', ...' : ''})`;
};

/** The form of a verb that fits the number of pods. */
export const verb = ({ pods }: Pods, singular: string, plural: string): string =>
  pods.length === 1 ? singular : plural;
