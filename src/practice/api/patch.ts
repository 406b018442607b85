import { applyPatch, type Operation } from 'rfc6902';
import { ApiError } from './errors.ts';

type Json = unknown;
type Fields = Record<string, Json>;

const isFields = (value: Json): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** RFC 7386. */
export function mergePatch(target: Json, patch: Json): Json {
  if (!isFields(patch)) return patch;
  const merged: Fields = isFields(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}

/** The field that tells the elements of a list apart: `patchMergeKey` of k8s.io/api. Others are replaced as a whole. */
const MERGE_KEYS: Record<string, readonly string[]> = {
  containers: ['name'],
  initContainers: ['name'],
  ephemeralContainers: ['name'],
  env: ['name'],
  volumes: ['name'],
  volumeMounts: ['mountPath'],
  ports: ['containerPort', 'port'],
  hostAliases: ['ip'],
  imagePullSecrets: ['name'],
  ownerReferences: ['uid'],
  conditions: ['type'],
};

/** https://github.com/kubernetes/community/blob/main/contributors/devel/sig-api-machinery/strategic-merge-patch.md */
export function strategicMerge(target: Json, patch: Json, field = ''): Json {
  if (Array.isArray(patch)) return mergeList(Array.isArray(target) ? target : [], patch, field);
  if (!isFields(patch)) return patch;
  const merged: Fields = isFields(target) && patch.$patch !== 'replace' ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$')) continue;
    if (value === null) delete merged[key];
    else merged[key] = strategicMerge(merged[key], value, key);
  }
  return merged;
}

function mergeList(target: readonly Json[], patch: readonly Json[], field: string): Json {
  if (field === 'finalizers') return [...new Set([...target, ...patch])];
  const key = (MERGE_KEYS[field] ?? []).find((candidate) =>
    patch.some((element) => isFields(element) && candidate in element),
  );
  if (key === undefined) return patch.filter((element) => !isFields(element) || element.$patch === undefined);
  const merged = [...target];
  for (const element of patch) {
    if (!isFields(element)) continue;
    const at = merged.findIndex((one) => isFields(one) && one[key] === element[key]);
    if (element.$patch === 'delete') merged.splice(at, at < 0 ? 0 : 1);
    else if (at < 0) merged.push(element);
    else merged[at] = strategicMerge(merged[at], element);
  }
  return merged;
}

/** RFC 6902. @throws ApiError */
function jsonPatch(target: Json, operations: Operation[]): Json {
  const patched = structuredClone(target);
  const [error] = applyPatch(patched, operations).filter((result) => result !== null);
  if (error)
    throw new ApiError(
      422,
      'Invalid',
      `the server rejected our request due to an error in our request: ${error.message}`,
    );
  return patched;
}

/** What an object becomes. `type`: without the `application/` prefix. @throws ApiError */
export function patched(target: Json, patch: Json, type: string): Json {
  switch (type) {
    case 'json-patch+json':
      return jsonPatch(target, patch as Operation[]);
    case 'merge-patch+json':
      return mergePatch(target, patch);
    case 'strategic-merge-patch+json':
    case 'apply-patch+yaml':
      return strategicMerge(target, patch);
    default:
      throw new ApiError(
        415,
        'UnsupportedMediaType',
        `the body of the request was in an unknown format - application/${type}`,
      );
  }
}
