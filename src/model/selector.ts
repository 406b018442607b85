import type { LabelSelector, Labels } from './kubernetes.ts';

type Operator = 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';

/** One condition of a selector; all of them must hold. */
export interface Requirement {
  key: string;
  operator: Operator;
  /** Empty for Exists and DoesNotExist. */
  values: readonly string[];
}

/** A requirement that labels do not meet; `found` is absent where the key is. */
export interface UnmetRequirement extends Requirement {
  found?: string;
}

const OPERATORS: readonly string[] = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

/**
 * The conditions of a label selector, sorted by key as the API machinery does.
 * `undefined` when an operator is none that Kubernetes knows: such a selector is rejected, and selects nothing.
 */
function parse(selector: LabelSelector): Requirement[] | undefined {
  const expressions = selector.matchExpressions ?? [];
  if (!expressions.every(({ operator }) => OPERATORS.includes(operator))) return undefined;
  return [
    ...Object.entries(selector.matchLabels ?? {}).map(([key, value]) => equals(key, value)),
    ...expressions.map(({ key, operator, values }) => ({ key, operator: operator as Operator, values: values ?? [] })),
  ].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

const equals = (key: string, value: string): Requirement => ({ key, operator: 'In', values: [value] });

/** The conditions of a selector; none for an empty one. */
export const requirementsOf = (selector: LabelSelector): Requirement[] => parse(selector) ?? [];

/**
 * Whether labels meet one condition. NotIn holds as well where the key is absent.
 * Source: k8s.io/apimachinery/pkg/labels, Requirement.Matches.
 */
export function meets({ key, operator, values }: Requirement, labels: Labels): boolean {
  const found = Object.hasOwn(labels, key) ? labels[key] : undefined;
  if (operator === 'Exists') return found !== undefined;
  if (operator === 'DoesNotExist') return found === undefined;
  const listed = found !== undefined && values.includes(found);
  return operator === 'In' ? listed : !listed;
}

/**
 * Whether a label selector selects an object with these labels: an empty selector selects everything, a missing one
 * nothing. (The `podSelector` of a NetworkPolicy's spec is different: missing means empty there.)
 * Source: metav1.LabelSelectorAsSelector.
 */
export function selects(selector: LabelSelector | null | undefined, labels: Labels | undefined): boolean {
  if (!selector) return false;
  return parse(selector)?.every((requirement) => meets(requirement, labels ?? {})) ?? false;
}

/** The conditions that these labels do not meet. */
export function unmet(selector: LabelSelector, labels: Labels): UnmetRequirement[] {
  return requirementsOf(selector)
    .filter((requirement) => !meets(requirement, labels))
    .map((requirement) => {
      const found = labels[requirement.key];
      return found === undefined ? requirement : { ...requirement, found };
    });
}

/** Whether a Service has a selector at all. Without one nobody makes EndpointSlices for it. */
export const hasSelector = (selector: Labels | null | undefined): selector is Labels =>
  Object.keys(selector ?? {}).length > 0;

/** Whether the selector of a Service selects a pod with these labels. An empty or missing selector selects nothing. */
export const serviceSelects = (selector: Labels | null | undefined, labels: Labels | undefined): boolean =>
  hasSelector(selector) && Object.entries(selector).every(([key, value]) => labels?.[key] === value);

/** One condition as `kubectl -l` takes it: `a in (b,c)`, `!a`. */
function printRequirement({ key, operator, values }: Requirement): string {
  if (operator === 'Exists') return key;
  if (operator === 'DoesNotExist') return `!${key}`;
  return `${key} ${operator === 'In' ? 'in' : 'notin'} (${[...values].sort().join(',')})`;
}

/** A selector as `kubectl -l` takes it: `a=b,c in (d)`. Empty for one that selects everything. */
export function printSelector(selector: LabelSelector): string {
  const plain = printLabels(selector.matchLabels);
  const expressions = requirementsOf({ matchExpressions: selector.matchExpressions ?? [] }).map(printRequirement);
  return [plain, ...expressions].filter((part) => part !== '').join(',');
}

/** Labels, or the selector of a Service, as `a=b,c=d`, sorted by key. */
export const printLabels = (labels: Labels | null | undefined): string =>
  Object.entries(labels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',');
