import { type KubeObject, type LabelSelector, type Labels, selects } from '../objects.ts';
import { ApiError } from './errors.ts';

const TERM = /^(!?)\s*([\w./-]+)\s*(?:(==?|!=)\s*([\w.-]*)|\s(in|notin)\s*\(([^)]*)\))?$/;

/** A label selector as it stands in a URL. @throws ApiError */
export function labelSelector(text: string): (labels: Labels | undefined) => boolean {
  const terms = text.split(/,(?![^(]*\))/).filter((term) => term.trim() !== '');
  const matchExpressions = terms.map((term): NonNullable<LabelSelector['matchExpressions']>[number] => {
    const [whole, not, key = '', sign, value = '', set, values = ''] = TERM.exec(term.trim()) ?? [];
    if (whole === undefined) throw new ApiError(400, 'BadRequest', `unable to parse requirement: found '${term}'`);
    if (sign) return { key, operator: sign === '!=' ? 'NotIn' : 'In', values: [value] };
    if (set)
      return { key, operator: set === 'in' ? 'In' : 'NotIn', values: values.split(',').map((one) => one.trim()) };
    return { key, operator: not ? 'DoesNotExist' : 'Exists' };
  });
  return (labels) => selects({ matchExpressions }, labels);
}

/** The value at a path such as `spec.nodeName`. */
const at = (object: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], object);

/** A field selector: every field that the object has may be asked for. */
export function fieldSelector(text: string): (object: KubeObject) => boolean {
  const terms = text
    .split(',')
    .filter(Boolean)
    .map((term) => /^([\w.]+)\s*(==?|!=)\s*(.*)$/.exec(term) ?? []);
  return (object) =>
    terms.every(([, path = '', sign, value = '']) => (String(at(object, path) ?? '') === value) !== (sign === '!='));
}
