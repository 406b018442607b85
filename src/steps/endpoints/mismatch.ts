import { kubectl } from '../../model/command.ts';
import type { Finding, Observation, Remedy } from '../../model/finding.ts';
import type { LabelDifference } from '../../model/labelDifference.ts';
import { isVolatileLabel, stableLabels } from '../../model/labels.ts';
import type { NearMiss } from '../../model/nearMiss.ts';
import { printLabels } from '../../model/selector.ts';
import { type Inspection, selectedNote, severityOf } from './inspection.ts';
import { selectorRemedy } from './remedies.ts';

/** What the labels of a workload's pods lack to be selected: a change of the selector, or of the labels. */
export function mismatch(inspection: Inspection, near: NearMiss): Finding {
  return near.differences.every(({ kind }) => kind === 'on-workload')
    ? onWorkloadOnly(inspection, near)
    : selectorMismatch(inspection, near);
}

const refOf = ({ group: { workload } }: NearMiss): string => `${workload.kind}/${workload.name}`;

function evidenceOf(inspection: Inspection, near: NearMiss): Observation[] {
  const { namespace } = inspection.facts.target;
  const labels = printLabels(stableLabels(near.group.labels));
  const command =
    near.group.workload.kind === 'Pod'
      ? kubectl(namespace, 'get', 'pod', near.group.workload.name, '--show-labels')
      : kubectl(namespace, 'get', 'pods', '--show-labels');
  return [selectedNote(inspection), { what: 'endpoints.labels', params: { workload: refOf(near), labels }, command }];
}

/** What a rollout changes by itself has no place in a selector: such a label is taken out, unless nothing else is left. */
function changeSelector({ facts, service }: Inspection, { change }: NearMiss): Remedy<'change-selector'>[] {
  if (!change) return [];
  const lasting = Object.keys(service.spec?.selector ?? {}).some((key) => !isVolatileLabel(key));
  const entries = Object.entries(change.patch).map(([key, value]) => [key, isVolatileLabel(key) ? null : value]);
  return [selectorRemedy('change-selector', facts.target, lasting ? Object.fromEntries(entries) : change.patch)];
}

/** The labels that the selector asks for, put on the pods: by their template, or on the pod itself where nothing made it. */
function labelPods<R extends string>(id: R, inspection: Inspection, { group, differences }: NearMiss): Remedy<R> {
  const { namespace } = inspection.facts.target;
  const { kind, name } = group.workload;
  const labels = Object.fromEntries(differences.map(({ key, wanted }) => [key, wanted]));
  if (kind === 'Pod') {
    const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
    return { id, commands: [kubectl(namespace, 'label', 'pod', name, ...pairs, '--overwrite')] };
  }
  const body = { spec: { template: { metadata: { labels } } } };
  const resource = `${kind.toLowerCase()}/${name}`;
  return { id, commands: [kubectl(namespace, 'patch', resource, '--type=merge', '-p', JSON.stringify(body))] };
}

function onWorkloadOnly(inspection: Inspection, near: NearMiss): Finding {
  const labels = near.differences.map(({ key, wanted }) => `${key}=${wanted}`).join(',');
  return {
    code: 'endpoints/labels-on-workload-only',
    severity: severityOf(inspection),
    breaks: 'selection',
    subject: {},
    params: { selector: inspection.selector, workload: refOf(near), labels },
    evidence: evidenceOf(inspection, near),
    remedies: [labelPods('label-template', inspection, near), ...changeSelector(inspection, near)],
  };
}

function selectorMismatch(inspection: Inspection, near: NearMiss): Finding {
  const { differences, group, change } = near;
  return {
    code: 'endpoints/selector-mismatch',
    severity: severityOf(inspection),
    breaks: 'selection',
    subject: {},
    params: {
      selector: inspection.selector,
      workload: refOf(near),
      pods: group.pods,
      wanted: differences.map(({ key, wanted }) => `${key}=${wanted}`),
      found: differences.map(foundIn),
      also: (change?.alsoSelects ?? []).map(({ workload }) => `${workload.kind}/${workload.name}`),
    },
    evidence: evidenceOf(inspection, near),
    remedies: [...changeSelector(inspection, near), ...relabel(inspection, near)],
  };
}

const foundIn = (difference: LabelDifference): string => {
  if (!('found' in difference)) return '';
  return `${difference.kind === 'key' ? difference.foundKey : difference.key}=${difference.found}`;
};

/**
 * Pods can be given a label that they lack. To change one that they have is no way out: what made them most often
 * selects by it, and its selector cannot be changed.
 */
function relabel(inspection: Inspection, near: NearMiss): Remedy<'label-pods'>[] {
  const added = near.differences.every(({ kind }) => kind === 'missing' || kind === 'on-workload' || kind === 'key');
  return added ? [labelPods('label-pods', inspection, near)] : [];
}
