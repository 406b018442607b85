/** When an object was last changed, and by whom: managedFields tell, without any audit log. Pure. */
import type { Metadata, ObjectMeta, Pod } from './kubernetes.ts';

/** One thing that happened to an object that a cause has to do with. */
export interface Change {
  /** `created` and `changed`: by somebody. `restarted`: a container of a pod ended. `condition`: one of a node turned. */
  what: 'created' | 'changed' | 'restarted' | 'condition';
  /** As `Service/web`; `ConfigMap/kube-system/coredns` where it is of another namespace than the target. */
  object: string;
  /** RFC 3339. */
  at: string;
  /** Manager of the fields, as `kubectl-edit` or `argocd-controller`; '' where nothing says. */
  by: string;
  /** What it wrote, as `spec.selector`; empty where that is too much to tell. */
  fields: readonly string[];
  /** Revision of a Deployment; why a container ended; the condition of a node. */
  detail: string;
}

/** They write what others told them to: no change of heart. */
const CONTROLLERS: ReadonlySet<string> = new Set([
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'cloud-controller-manager',
]);
/** Where an entry owns more, it is a manifest as a whole that was applied. */
const MOST_FIELDS = 3;
/** Managed fields and creation carry whole seconds of the same request, at times of two. */
const SAME_MS = 2000;

type Entry = NonNullable<ObjectMeta['managedFields']>[number];

/** Whether a person or a tool wrote it. Of what controllers write nothing is told. */
export const isTold = ({ manager, subresource }: Entry): boolean =>
  subresource !== 'status' && !CONTROLLERS.has(manager ?? '');

/**
 * The last change of an object that a person or a tool made; undefined where nothing tells. Status does not count.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 */
export function lastChange(object: string, { metadata }: Metadata): Change | undefined {
  const created = Date.parse(metadata?.creationTimestamp ?? '');
  const written = (metadata?.managedFields ?? [])
    .filter((entry) => entry.time && isTold(entry))
    .sort((a, b) => Date.parse(b.time ?? '') - Date.parse(a.time ?? ''));
  const [last] = written;
  if (!last) return metadata?.creationTimestamp ? birth(object, metadata.creationTimestamp) : undefined;
  const at = last.time ?? '';
  const detail = metadata?.annotations?.[REVISION] ?? '';
  if (Math.abs(Date.parse(at) - created) <= SAME_MS) return { ...birth(object, at), by: last.manager ?? '', detail };
  return { what: 'changed', object, at, by: last.manager ?? '', fields: fieldsOf(last), detail };
}

/** Set by the Deployment controller. https://kubernetes.io/docs/reference/labels-annotations-taints/ */
const REVISION = 'deployment.kubernetes.io/revision';

const birth = (object: string, at: string): Change => ({
  what: 'created',
  object,
  at,
  by: '',
  fields: [],
  detail: '',
});

function fieldsOf({ fieldsV1 }: Entry): string[] {
  const paths = leaves(fieldsV1, []).map((path) => path.replace(/^spec\.template\.spec\./, ''));
  return paths.length > MOST_FIELDS ? [] : paths;
}

/** `{"f:spec": {"f:selector": {}}}` is `spec.selector`; what is owned as a whole (`.`) is not told part by part. */
function leaves(owned: unknown, path: readonly string[]): string[] {
  const entries = Object.entries((owned ?? {}) as Record<string, unknown>);
  const isWhole = entries.length === 0 || entries.some(([key]) => key === '.');
  if (isWhole) return path.length > 0 ? [path.join('.').replaceAll('.[', '[')] : [];
  return entries.flatMap(([key, value]) => leaves(value, [...path, nameOf(key)]));
}

/** `f:ports`, or `k:{"name":"app"}` of a list that has keys, or `v:"x"` of a set. */
function nameOf(key: string): string {
  if (key.startsWith('f:')) return key.slice(2);
  const words = [...key.matchAll(/[:{,]("?)([^",:{}]+)\1(?=[,}]|$)/g)].map(([, , word]) => word);
  return `[${words.join(',')}]`;
}

/** The last time that a container of the pod ended, where it was started again. */
export function lastRestart(object: string, { status }: Pod): Change | undefined {
  const ends = (status?.containerStatuses ?? []).flatMap(({ name, restartCount, lastState }) => {
    const ended = lastState?.terminated;
    return ended?.finishedAt && restartCount > 0 ? [{ name, restartCount, ...ended, at: ended.finishedAt }] : [];
  });
  const [last] = ends.sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  if (!last) return undefined;
  const detail = `${last.name}: ${last.reason ?? 'ended'}, exit code ${last.exitCode}`;
  return { what: 'restarted', object, at: last.at, by: '', fields: [], detail };
}

/** The same object is told of once for each kind of change; the newest comes first. */
export function newestFirst(changes: readonly Change[]): Change[] {
  const found = new Map(changes.map((change) => [`${change.object} ${change.what}`, change]));
  return [...found.values()].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
}
