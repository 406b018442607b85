import type { ObjectRef, Resource } from '../model/cluster.ts';

/** What a Role must allow for a request to be answered. */
export interface Access {
  verb: string;
  /** With subresource, as in `pods/exec`; the path itself where no resource is asked for. */
  resource: string;
  group: string;
  namespace?: string;
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

type QueryValue = string | number | readonly string[] | undefined;

/** One request to the API server. */
export interface Ask {
  method: Method;
  /** A GET that does something, as exec does: it is not repeated. */
  acts?: true;
  /** Absolute, without query. */
  path: string;
  query?: Record<string, QueryValue>;
  body?: unknown;
  contentType?: string;
  accept?: string;
  /** For a list: what to keep of each item. They come apart from the body. */
  eachItem?: (item: unknown) => unknown;
  access: Access;
}

type Place = Resource & Partial<Pick<ObjectRef, 'namespace' | 'name' | 'subresource'>>;

/** By way of UTF-8, which has no half of a surrogate pair: encodeURIComponent throws for one, and a cluster may send one. */
const encoded = (part: string): string => encodeURIComponent(Buffer.from(part).toString());

/** `/api/v1/...` or `/apis/GROUP/VERSION/...`: https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris */
export function pathOf({ group, version, plural, namespace, name, subresource }: Place): string {
  const start = group === '' ? ['api', version] : ['apis', group, version];
  const inNamespace = namespace === undefined ? [] : ['namespaces', namespace];
  const rest = [name, subresource].filter((part) => part !== undefined);
  return `/${[...start, ...inNamespace, plural, ...rest].map(encoded).join('/')}`;
}

/** What RBAC calls a request for `place`. */
export function accessTo(verb: string, { group, plural, namespace, subresource }: Place): Access {
  const resource = subresource === undefined ? plural : `${plural}/${subresource}`;
  return { verb, resource, group, ...(namespace !== undefined && { namespace }) };
}

/** The request as a person would name it, for messages. */
export const named = ({ method, path }: Ask): string => `${method} ${path}`;

/** Path and query, as they stand in the request line. */
export function targetOf({ path, query = {} }: Ask): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    for (const one of [value].flat()) if (one !== undefined) search.append(key, String(one));
  }
  return search.size === 0 ? path : `${path}${path.includes('?') ? '&' : '?'}${search}`;
}
