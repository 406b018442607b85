import type { IncomingHttpHeaders } from 'node:http';
import { type Resource, resourceOf } from '../cluster/resources.ts';
import { ApiError } from './errors.ts';

/** A request to the API server, taken apart. */
export interface ApiRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: string;
}

/** What a path of the API stands for. */
export interface Target {
  resource: Resource;
  namespace: string | undefined;
  name: string | undefined;
  subresource: string | undefined;
}

const PATH =
  /^\/(?:api\/(v1)|apis\/([^/]+)\/([^/]+))(?:\/namespaces\/([^/]+)(?=\/))?\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/;

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris. Undefined: no such resource. */
export function targetOf(path: string): Target | undefined {
  const match = PATH.exec(path);
  if (!match) return undefined;
  const [, core, group = '', version = core ?? '', namespace, plural = '', name, subresource] = match.map(
    (part) => part && decodeURIComponent(part),
  );
  // /api/v1/namespaces/NAME/SUBRESOURCE reads like a resource of a namespace
  const resource = resourceOf(group, version, plural);
  return resource && { resource, namespace, name, subresource };
}

const VERBS: Record<string, string> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };

/** The verb that RBAC knows a request by. */
export const verbOf = ({ method }: Pick<ApiRequest, 'method'>, { name }: Target): string =>
  VERBS[method] ?? (name === undefined ? 'list' : 'get');

/** What a user may not do. Absent: everything of its kind. */
export interface Denial {
  verbs?: readonly string[];
  resources?: readonly string[];
  namespaces?: readonly string[];
}

const USER = 'practice';

/** Words as those of RBAC. @throws ApiError */
export function authorize(
  denials: readonly Denial[],
  verb: string,
  { resource, namespace, name, subresource }: Target,
): void {
  const full = subresource === undefined ? resource.plural : `${resource.plural}/${subresource}`;
  const isDenied = denials.some(
    ({ verbs, resources, namespaces }) =>
      (!verbs || verbs.includes(verb)) &&
      (!resources || resources.includes(full)) &&
      (!namespaces || namespaces.includes(namespace ?? '')),
  );
  if (!isDenied) return;
  const what = resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const text = `User "${USER}" cannot ${verb} resource "${full}" in API group "${resource.group}" ${where}`;
  throw new ApiError(403, 'Forbidden', `${what}${name === undefined ? '' : ` "${name}"`} is forbidden: ${text}`, {
    name,
    kind: resource.plural,
  });
}
