import { distance } from 'fastest-levenshtein';
import type { Labels } from './kubernetes.ts';
import { isVolatileLabel } from './labels.ts';
import { nearNames } from './nearNames.ts';
import type { LabelledGroup } from './workload.ts';

interface Wanted {
  key: string;
  /** What the selector asks for. */
  wanted: string;
}

interface Value extends Wanted {
  /** What the pods have under that key. */
  found: string;
}

/** How one label of a selector differs from what the pods have. */
export type LabelDifference =
  /** Only upper and lower case differ. */
  | (Value & { kind: 'case' })
  /** A slip of the finger apart. */
  | (Value & { kind: 'spelling'; distance: number })
  /** One is the other with something before or behind it, as a Helm release name: `web`, `prod-web`. */
  | (Value & { kind: 'part' })
  /** Another value altogether. */
  | (Value & { kind: 'unrelated' })
  /** The pods have the value under another key: `app=web` and `run=web`. */
  | (Value & { kind: 'key'; foundKey: string })
  /** The workload itself has the label, its pod template has not. */
  | (Wanted & { kind: 'on-workload' })
  /** The pods have no such label. */
  | (Wanted & { kind: 'missing' });

/** What keeps a selector from selecting a group; nothing when it does select it. */
export const differencesOf = (selector: Labels, group: LabelledGroup): LabelDifference[] =>
  Object.entries(selector).flatMap(([key, wanted]) => differenceOf(key, wanted, selector, group) ?? []);

function differenceOf(
  key: string,
  wanted: string,
  selector: Labels,
  { labels, workloadLabels }: LabelledGroup,
): LabelDifference | undefined {
  const found = labels[key];
  if (found === wanted) return undefined;
  if (found !== undefined) return ofValues(key, wanted, found);
  if (workloadLabels?.[key] === wanted) return { kind: 'on-workload', key, wanted };
  return underOtherKey(key, wanted, selector, labels) ?? { kind: 'missing', key, wanted };
}

function ofValues(key: string, wanted: string, found: string): LabelDifference {
  const value = { key, wanted, found };
  if (wanted.toLowerCase() === found.toLowerCase()) return { kind: 'case', ...value };
  const [near] = nearNames(wanted, [found]);
  if (near?.how === 'spelling') return { kind: 'spelling', ...value, distance: distance(wanted, found) };
  return { kind: near ? 'part' : 'unrelated', ...value };
}

/** The same value under a key that the selector does not use itself; else a near value under a key that means the same. */
function underOtherKey(key: string, wanted: string, selector: Labels, labels: Labels): LabelDifference | undefined {
  const others = Object.entries(labels).filter(([other]) => !Object.hasOwn(selector, other) && !isVolatileLabel(other));
  const same =
    others.find(([, value]) => value === wanted) ??
    others.find(([other, value]) => isAlias(key, other) && isNearValue(wanted, value));
  return same && { kind: 'key', key, wanted, foundKey: same[0], found: same[1] };
}

const isNearValue = (a: string, b: string): boolean =>
  a.toLowerCase() === b.toLowerCase() || nearNames(a, [b]).some(({ how }) => how === 'spelling');

/** Keys under which the name of an application is commonly put; and keys that are a slip apart. */
const NAME_KEYS = [
  'app',
  'app.kubernetes.io/name',
  'k8s-app',
  'name',
  'run',
  'component',
  'app.kubernetes.io/component',
];

const isAlias = (a: string, b: string): boolean =>
  (NAME_KEYS.includes(a) && NAME_KEYS.includes(b)) ||
  a.toLowerCase() === b.toLowerCase() ||
  nearNames(a, [b]).length > 0;
