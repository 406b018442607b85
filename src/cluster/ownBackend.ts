import type { Obstacle } from '../model/fact.ts';
import type { Labels, Service } from '../model/kubernetes.ts';
import { printLabels, serviceSelects } from '../model/selector.ts';
import { PROBE_LABELS } from './probeManifest.ts';

/** Why no pod may be created: with the labels that it was given the Service would select it, and send it requests. */
export function joinsService({ spec, metadata }: Service, labels: Labels | undefined): Obstacle | undefined {
  if (!serviceSelects(spec?.selector, { ...labels, ...PROBE_LABELS })) return undefined;
  const message = `labels ${printLabels(labels)} would make the probe pod a backend of ${metadata?.name}: it is not created`;
  return { kind: 'no-probe', reason: 'other', message };
}
