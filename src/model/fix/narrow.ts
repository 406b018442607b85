/** Which changes svc-debug may make itself, and what they come to. */
import type { RemedyPatch } from '../finding.ts';
import type { Service } from '../kubernetes.ts';

interface Operation {
  op: string;
  path: string;
  value?: unknown;
}

/** What may be changed of a Service: where it leads its requests, and nothing else. */
const NARROW_PATHS = [/^\/spec\/selector(\/[^/]+)?$/, /^\/spec\/ports\/\d+\/(port|targetPort|name)$/];

/** Whether a patch changes no more than selector, port, targetPort or port name of that Service. */
export function isNarrow({ target, type, body }: RemedyPatch, of: { namespace: string; service: string }): boolean {
  const isThat = target.group === '' && target.plural === 'services' && target.name === of.service;
  if (!isThat || target.namespace !== of.namespace) return false;
  return type === 'json-patch+json' ? (body as Operation[]).every(isNarrowStep) : isSelectorOnly(body);
}

const isNarrowStep = ({ op, path }: Operation): boolean =>
  op === 'test' || (['replace', 'add'].includes(op) && NARROW_PATHS.some((narrow) => narrow.test(path)));

function isSelectorOnly(body: unknown): boolean {
  const { spec, ...others } = body as { spec?: Record<string, unknown> };
  return Object.keys(others).length === 0 && Object.keys(spec ?? {}).join() === 'selector';
}

/** The Service as a narrow patch leaves it, without asking the API server. Undefined: the patch does not fit it any more. */
export function patched(service: Service, { type, body }: RemedyPatch): Service | undefined {
  const copy = structuredClone(service);
  if (type === 'json-patch+json') return (body as Operation[]).every((step) => apply(copy, step)) ? copy : undefined;
  const { selector } = (body as { spec: { selector: Record<string, string | null> } }).spec;
  const merged = Object.entries({ ...copy.spec?.selector, ...selector });
  copy.spec = {
    ...copy.spec,
    selector: Object.fromEntries(merged.filter((entry): entry is [string, string] => entry[1] !== null)),
  };
  return copy;
}

/** One operation of RFC 6902, as far as narrow patches have them. False: a test failed, or there is no such place. */
function apply(service: Service, { op, path, value }: Operation): boolean {
  const keys = path
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = keys.pop() ?? '';
  const parent = keys.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], service);
  if (typeof parent !== 'object' || parent === null) return false;
  const place = parent as Record<string, unknown>;
  if (op === 'test') return JSON.stringify(place[last]) === JSON.stringify(value);
  if (op === 'replace' && !(last in place)) return false;
  place[last] = value;
  return true;
}

/**
 * The same patch, refused with 409 where the object was changed since it was read: a resourceVersion in the patch is held
 * against the stored one. https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
 */
export function guarded(patch: RemedyPatch, resourceVersion: string): RemedyPatch {
  if (patch.type === 'json-patch+json') {
    const guard = { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion };
    return { ...patch, body: [guard, ...(patch.body as Operation[])] };
  }
  return { ...patch, body: { ...(patch.body as object), metadata: { resourceVersion } } };
}

/** What the two say of where requests go. */
const aim = ({ spec }: Service): string => JSON.stringify([sorted(spec?.selector), spec?.ports]);

const sorted = (labels: Record<string, string> | undefined) => Object.entries(labels ?? {}).sort();

export const sameAim = (a: Service, b: Service): boolean => aim(a) === aim(b);

/** A Service as people write it: without what the API server keeps in it for itself. */
export function written({ metadata, spec }: Service) {
  const { name, namespace, labels, annotations } = metadata ?? {};
  const { 'kubectl.kubernetes.io/last-applied-configuration': _, ...kept } = annotations ?? {};
  const { selector, ports, ...rest } = spec ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name,
      namespace,
      ...(labels && { labels }),
      ...(Object.keys(kept).length > 0 && { annotations: kept }),
    },
    spec: { ...(selector && { selector }), ...(ports && { ports }), ...rest },
  };
}

/** Whether more is changed than was meant: an admission webhook may add to what was sent. */
export const isBeyond = (result: Service, meant: Service): boolean =>
  JSON.stringify(inOrder(written(result))) !== JSON.stringify(inOrder(written(meant)));

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, inOrder(item)]));
}
