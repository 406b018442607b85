import type { Obstacle } from '../model/fact.ts';
import { type RoleManifest, rolesFor } from '../model/roles.ts';
import { type Block, paragraph } from './layout.ts';
import type { Report, View } from './report.ts';
import { unique } from './words.ts';
import { yamlLines } from './yaml.ts';

/** Whatever stood in the way: of an answer, or of the removal of a pod. */
export const refusedIn = ({ diagnosis, leftovers }: Report): Obstacle[] =>
  [...diagnosis.notChecked, ...leftovers].map(({ obstacle }) => obstacle);

/**
 * The Roles that would allow what was refused, as they are applied; a document each. Only where something is still open:
 * who knows the cause needs no rights. What is left behind is open in any case.
 */
export function roleLines(report: Report, { verbose }: View): string[] {
  const { verdict } = report.diagnosis;
  const open = verbose || verdict === 'inconclusive' || verdict === 'no-access';
  return manifestLines(rolesFor(open ? refusedIn(report) : report.leftovers.map(({ obstacle }) => obstacle)));
}

export const manifestLines = (roles: readonly RoleManifest[]): string[] =>
  roles.flatMap(({ metadata, rules, ...role }, i) => [
    ...(i > 0 ? ['---'] : []),
    ...yamlLines(role),
    `metadata: ${flow(metadata)}`,
    'rules:',
    ...rules.map((rule) => `  - ${flow(rule)}`),
  ]);

/** On one line, so that the ending stays on one screen. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return yamlLines(value).join('');
  const entries = Object.entries(value).map(([key, item]) => `${key}: ${flow(item)}`);
  return `{ ${entries.join(', ')} }`;
}

export function roleBlocks(report: Report, view: View): Block[] {
  const lines = roleLines(report, view);
  if (lines.length === 0) return [];
  const { labels, ending } = view.catalogue.ui;
  const pieces = [paragraph(ending.role), ...lines.map((command) => ({ command }))];
  return [{ label: labels.role, meaning: 'heading', pieces }];
}

export const actedLines = ({ acts }: Report, { catalogue }: View): string[] =>
  unique(acts.map(catalogue.ui.ending.acted));

/** What was done in the cluster, for who has to account for it. */
export function actedBlocks(report: Report, view: View): Block[] {
  const lines = view.verbose ? actedLines(report, view) : [];
  return lines.length === 0
    ? []
    : [{ label: view.catalogue.ui.labels.acted, meaning: 'heading', pieces: lines.map(paragraph) }];
}
