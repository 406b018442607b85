import type { Labels } from './kubernetes.ts';
import { differencesOf, type LabelDifference } from './labelDifference.ts';
import { stableLabels } from './labels.ts';
import { nearNames } from './nearNames.ts';
import { serviceSelects } from './selector.ts';
import type { LabelledGroup } from './workload.ts';

/** A workload whose pods the selector of a Service nearly selects. */
export interface NearMiss {
  group: LabelledGroup;
  /** What keeps the selector from its pods; empty when only the namespace does. */
  differences: readonly LabelDifference[];
  otherNamespace: boolean;
  /** Smaller is nearer; 0 would be a match. Only for comparing. */
  cost: number;
  /** The change that makes the selector match; absent in another namespace, where no selector can. */
  change?: SelectorChange;
}

/** The smallest change of the selector that selects the pods of the group. */
interface SelectorChange {
  /** The whole selector afterwards; never empty. */
  selector: Labels;
  /** As a merge patch of `spec.selector`: null removes a key. */
  patch: Record<string, string | null>;
  /** Further workloads of the namespace that the changed selector selects as well. */
  alsoSelects: readonly LabelledGroup[];
}

export interface NearMissQuestion {
  selector: Labels;
  namespace: string;
  /** A workload of the same or a near name is the likelier one. */
  service: string;
  /** Of any namespace; what the selector does select is left out. */
  groups: readonly LabelledGroup[];
}

const OTHER_NAMESPACE = 2;
const NAMED_LIKE_SERVICE = 3;
/** The price of a label that has another value altogether. */
const UNRELATED = 6;

/** The workloads that a selector nearly selects, nearest first; with equal distance the one with more pods. */
export function nearMisses(question: NearMissQuestion): NearMiss[] {
  return question.groups
    .flatMap((group) => nearMiss(question, group) ?? [])
    .sort(
      (a, b) => a.cost - b.cost || b.group.pods - a.group.pods || compare(a.group.workload.name, b.group.workload.name),
    );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function nearMiss(question: NearMissQuestion, group: LabelledGroup): NearMiss | undefined {
  const otherNamespace = group.namespace !== question.namespace;
  const differences = differencesOf(question.selector, group);
  if (differences.length === 0 && !otherNamespace) return undefined;
  const named = isNamedLike(group, question.service);
  if (!isNear(question.selector, differences, named)) return undefined;
  const price = differences.reduce((sum, difference) => sum + priceOf(difference), 0);
  const cost = Math.max(0.5, price - (named ? NAMED_LIKE_SERVICE : 0)) + (otherNamespace ? OTHER_NAMESPACE : 0);
  const near = { group, differences, otherNamespace, cost };
  const change = otherNamespace ? undefined : changeFor(question, near);
  return change ? { ...near, change } : near;
}

const isNamedLike = ({ workload }: LabelledGroup, service: string): boolean =>
  workload.name === service || nearNames(service, [workload.name]).length > 0;

/** Something must speak for it: the name of the Service, a label that fits, or that every difference is a slip. */
function isNear(selector: Labels, differences: readonly LabelDifference[], named: boolean): boolean {
  const strange = differences.filter(({ kind }) => kind === 'unrelated' || kind === 'missing').length;
  const fitting = Object.keys(selector).length - differences.length;
  return named || strange === 0 || fitting + differences.length - strange >= strange;
}

function priceOf(difference: LabelDifference): number {
  switch (difference.kind) {
    case 'case':
    case 'on-workload':
      return 1;
    case 'spelling':
      return 1 + difference.distance;
    case 'key':
      return 2.25;
    case 'part':
      return 2.5;
    case 'missing':
      return 3;
    case 'unrelated':
      return UNRELATED;
  }
}

function changeFor(
  { selector, groups, namespace }: NearMissQuestion,
  near: Omit<NearMiss, 'change'>,
): SelectorChange | undefined {
  const patch = patchFor(selector, near);
  const changed = applyPatch(selector, patch);
  if (Object.keys(changed).length === 0) return undefined;
  const alsoSelects = groups.filter(
    (other) => other !== near.group && other.namespace === namespace && serviceSelects(changed, other.labels),
  );
  return { selector: changed, patch, alsoSelects };
}

function patchFor(selector: Labels, { group, differences }: Omit<NearMiss, 'change'>): Record<string, string | null> {
  const patch = Object.fromEntries(differences.flatMap(patchOf));
  if (Object.keys(applyPatch(selector, patch)).length > 0) return patch;
  // Nothing of the selector would be left, and an empty one selects nothing: the pods' own labels instead.
  return { ...patch, ...stableLabels(group.labels) };
}

function patchOf(difference: LabelDifference): [string, string | null][] {
  switch (difference.kind) {
    case 'missing':
    case 'on-workload':
      return [[difference.key, null]];
    case 'key':
      return [
        [difference.key, null],
        [difference.foundKey, difference.found],
      ];
    default:
      return [[difference.key, difference.found]];
  }
}

function applyPatch(selector: Labels, patch: Record<string, string | null>): Labels {
  const entries = Object.entries({ ...selector, ...patch });
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== null));
}
