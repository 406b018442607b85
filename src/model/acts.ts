/** Something that was done in the cluster, beside reading. */
export interface Act {
  verb: 'create' | 'patch' | 'delete' | 'exec' | 'port-forward';
  /** With its subresource where that was written to, as in `pods/ephemeralcontainers`. */
  resource: string;
  namespace: string;
  name: string;
}

/** A request as it was sent; `creates`: the name that the new object has in its body. */
export interface SentRequest {
  method: string;
  /** Without query. */
  path: string;
  creates?: string;
}

const VERBS: Readonly<Record<string, Act['verb']>> = { POST: 'create', PATCH: 'patch', PUT: 'patch', DELETE: 'delete' };
const STREAMS: Readonly<Record<string, Act['verb']>> = { exec: 'exec', portforward: 'port-forward' };

/** Namespace, kind, name and subresource: https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris */
const PLACE = /^\/(?:api\/[^/]+|apis\/[^/]+\/[^/]+)(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/;

/** Reviews of access are answered and forgotten: nothing is stored. */
const STORES_NOTHING = /^selfsubject\w+$/;

function actOf({ method, path, creates }: SentRequest): Act[] {
  const [, namespace = '', plural = '', name = creates ?? '', subresource] = PLACE.exec(path) ?? [];
  const streamed = subresource === undefined ? undefined : STREAMS[subresource];
  const place = { namespace: decodeURIComponent(namespace), name: decodeURIComponent(name) };
  if (streamed) return [{ verb: streamed, resource: plural, ...place }];
  const verb = VERBS[method];
  if (!verb || STORES_NOTHING.test(plural)) return [];
  return [{ verb, resource: subresource === undefined ? plural : `${plural}/${subresource}`, ...place }];
}

/**
 * What a run did, each thing once, in the order of its first time. Pods that were created go in any case: their removal is
 * among it, although it may come later.
 */
export function actsOf(requests: readonly SentRequest[]): Act[] {
  const acts = requests.flatMap(actOf);
  const removals = acts.flatMap((act) =>
    act.verb === 'create' && act.resource === 'pods' ? [{ ...act, verb: 'delete' as const }] : [],
  );
  const known = new Map([...acts, ...removals].map((act) => [JSON.stringify(act, KEYS), act]));
  return [...known.values()];
}

const KEYS = ['verb', 'resource', 'namespace', 'name'];
