import type { Observations } from '../../model/finding.ts';

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

/** What sets pods apart: `sets it apart: node node2; image app=shop:2; started 3m ago, the others 9d ago`. */
export function apart({
  pods,
  node,
  zone,
  revision,
  family,
  images,
  labels,
  ages,
}: Observations['pods.apart']): string {
  const [own, others] = ages;
  const said = [
    ...(node ? [`node ${node}`] : []),
    ...(zone ? [`zone ${zone}`] : []),
    ...(revision ? [`revision ${revision}`] : []),
    ...images.map((image) => `image ${image}`),
    ...(family ? [`only ${family}`] : []),
    ...labels.map((label) => `label ${label}`),
    ...(own && others ? [`created ${own} ago, the others ${others} ago`] : []),
  ];
  return `sets ${pods.length === 1 ? 'it' : 'them'} apart: ${said.join('; ')}`;
}
