import { isTold } from '../model/change.ts';
import type { Cluster, ListQuery, LogQuery, ObjectRef, PodRef } from '../model/cluster.ts';
import { type Fact, known, mapFact } from '../model/fact.ts';
import type { Metadata, Page } from '../model/kubernetes.ts';
import { answer, asJson, type Caller, isMissing } from './answers.ts';
import { type Ask, accessTo, pathOf } from './ask.ts';
import type { Reply } from './exchange.ts';
import { statusOf } from './obstacles.ts';

const PAGE_SIZE = 500;
const LOG_BYTES = 1 << 20;
/** https://kubernetes.io/docs/reference/using-api/api-concepts/#alternate-representations-of-resources */
const METADATA_ONLY = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

interface RawList<T> {
  items?: T[] | null;
  metadata?: { continue?: string; remainingItemCount?: number };
}

const pageOf = <T>({ items, metadata }: RawList<T>): Page<T> => ({
  items: items ?? [],
  more: Boolean(metadata?.continue) || (metadata?.remainingItemCount ?? 0) > 0,
});

/** Health endpoints and the like answer in plain text. */
const asJsonOrText = <T>(reply: Reply): Fact<T> =>
  /^text\/plain/.test(reply.headers['content-type'] ?? '') ? known(reply.body as T) : asJson(reply);

/** What controllers own of an object is the larger part of it, and nothing is told of it. */
function withoutUntold(item: unknown): unknown {
  const { metadata } = item as Metadata;
  const fields = metadata?.managedFields;
  if (metadata && Array.isArray(fields)) metadata.managedFields = fields.filter((entry) => entry && isTold(entry));
  return item;
}

/** Items that were taken out while the list came in; else they stand in the body. */
const asList = <T>(reply: Reply): Fact<RawList<T>> =>
  mapFact(asJson<RawList<T>>(reply), (list) => (reply.items?.length ? { ...list, items: reply.items as T[] } : list));

function listAsk({ limit = PAGE_SIZE, labelSelector, fieldSelector, metadataOnly, ...place }: ListQuery): Ask {
  return {
    method: 'GET',
    path: pathOf(place),
    query: { limit, labelSelector, fieldSelector },
    access: accessTo('list', place),
    eachItem: withoutUntold,
    ...(metadataOnly && { accept: METADATA_ONLY }),
  };
}

function logAsk(pod: PodRef, { container, tailLines, previous, timestamps }: LogQuery): Ask {
  const place = { group: '', version: 'v1', plural: 'pods', ...pod, subresource: 'log' };
  const flags = { previous: previous ? 'true' : undefined, timestamps: timestamps ? 'true' : undefined };
  const query = { container, tailLines, ...flags, limitBytes: LOG_BYTES };
  return { method: 'GET', path: pathOf(place), query, accept: '*/*', access: accessTo('get', place) };
}

/** The replies that mean: there is no log. A container that has not started yet has an empty one. */
function absentLog(reply: Reply): Fact<string | null> | undefined {
  if (isMissing(reply)) return known(null);
  const message = reply.status === 400 ? (statusOf(reply.body)?.message ?? '') : '';
  if (/previous terminated container .* not found/.test(message)) return known(null);
  return /is waiting to start/.test(message) ? known('') : undefined;
}

export const reads = (caller: Caller): Pick<Cluster, 'raw' | 'get' | 'list' | 'log'> => ({
  raw: <T>(path: string) => {
    const absolute = path.startsWith('/') ? path : `/${path}`;
    const ask: Ask = { method: 'GET', path: absolute, access: { verb: 'get', resource: absolute, group: '' } };
    return answer<T>(caller, ask, asJsonOrText);
  },

  get: <T>(ref: ObjectRef) => {
    const ask: Ask = { method: 'GET', path: pathOf(ref), access: accessTo('get', ref) };
    return answer<T | null>(caller, ask, asJson, (reply) => (isMissing(reply) ? known(null) : undefined));
  },

  list: async <T>(query: ListQuery) => {
    const none = (reply: Reply) => (isMissing(reply) ? known<RawList<T>>({}) : undefined);
    return mapFact(await answer<RawList<T>>(caller, listAsk(query), asList<T>, none), pageOf);
  },

  log: (pod, query) => answer<string | null>(caller, logAsk(pod, query), ({ body }) => known(body), absentLog),
});
