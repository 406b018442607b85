import type { Asked } from './relay.ts';
import type { Right } from './users.ts';
import type { Act } from './walk.ts';

interface Place {
  group: string;
  plural: string;
  namespace?: string;
  name?: string;
  subresource?: string;
}

/** What a URL of the API is about; undefined where it is about no resource, as `/version`. */
function placeOf(url: string): Place | undefined {
  const { pathname } = new URL(url, 'https://any');
  const found =
    /^\/(?:api\/v1|apis\/([^/]+)\/[^/]+)(?:\/namespaces\/([^/]+)(?=\/))?\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(
      pathname,
    );
  if (!found) return undefined;
  const [, group = '', namespace, plural = '', name, subresource] = found;
  return {
    group,
    plural,
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
    ...(subresource !== undefined && { subresource }),
  };
}

const VERBS: Record<string, string> = { POST: 'create', PATCH: 'patch', PUT: 'update', DELETE: 'delete' };

/** The right that a request takes; of objects that no namespace has, everywhere. */
export function rightOf({ method, url }: Asked): Right | undefined {
  const place = placeOf(url);
  if (!place) return undefined;
  const { group, plural, namespace, name, subresource } = place;
  const verb = VERBS[method] ?? (name === undefined ? 'list' : 'get');
  const resource = subresource === undefined ? plural : `${plural}/${subresource}`;
  return { verb, group, resource, ...(namespace !== undefined && { namespace }) };
}

/** A new object has no name in its URL. */
const nameIn = (body: string): string =>
  body === '' ? '' : ((JSON.parse(body) as { metadata?: { name?: string } }).metadata?.name ?? '');

const STREAMS: Record<string, string> = { exec: 'exec', portforward: 'port-forward', attach: 'attach' };
/** Answered and forgotten: https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access */
const REVIEW = /\/selfsubject(access|rules)reviews?(\?|$)/;

/** What a request does beside reading; undefined: it reads. */
export function actOf({ method, url, body }: Asked): Act | undefined {
  const place = placeOf(url);
  const streamed = STREAMS[place?.subresource ?? ''];
  if (REVIEW.test(url) || (method === 'GET' && !streamed) || method === 'HEAD') return undefined;
  const { plural = url, namespace = '', name = nameIn(body), subresource } = place ?? {};
  if (streamed) return { verb: streamed, resource: plural, namespace, name };
  const resource = subresource === undefined ? plural : `${plural}/${subresource}`;
  return { verb: VERBS[method] ?? method, resource, namespace, name };
}
