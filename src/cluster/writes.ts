import type { Cluster, ObjectRef, PatchQuery, Resource } from '../model/cluster.ts';
import { known } from '../model/fact.ts';
import { answer, asJson, type Caller, isMissing } from './answers.ts';
import { type Ask, accessTo, pathOf } from './ask.ts';
import type { Reply } from './exchange.ts';

const FIELD_MANAGER = 'svc-debug';

type NamespacedResource = Resource & { namespace?: string };

const writeQuery = (dryRun: boolean | undefined) => ({
  fieldManager: FIELD_MANAGER,
  dryRun: dryRun ? 'All' : undefined,
});

function createAsk(place: NamespacedResource, body: unknown, dryRun: boolean | undefined): Ask {
  const { namespace, ...resource } = place;
  const within = namespace === undefined ? resource : { ...resource, namespace };
  return { method: 'POST', path: pathOf(within), query: writeQuery(dryRun), body, access: accessTo('create', within) };
}

const patchAsk = (ref: ObjectRef, { body, type, dryRun }: PatchQuery): Ask => ({
  method: 'PATCH',
  path: pathOf(ref),
  query: writeQuery(dryRun),
  body,
  contentType: `application/${type}`,
  access: accessTo('patch', ref),
});

function deleteAsk(ref: ObjectRef, { uid, gracePeriodSeconds }: { uid?: string; gracePeriodSeconds?: number }): Ask {
  const body = {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
    ...(uid !== undefined && { preconditions: { uid } }),
  };
  return { method: 'DELETE', path: pathOf(ref), body, access: accessTo('delete', ref) };
}

export const writes = (caller: Caller): Pick<Cluster, 'create' | 'patch' | 'delete'> => ({
  create: <T>(resource: NamespacedResource, body: unknown, options: { dryRun?: boolean } = {}) =>
    answer<T>(caller, createAsk(resource, body, options.dryRun), asJson),

  patch: <T>(ref: ObjectRef, patch: PatchQuery) => answer<T>(caller, patchAsk(ref, patch), asJson),

  delete: (ref, options = {}) => {
    // 409: an object of that name is there, and it is another one.
    const gone = (reply: Reply) =>
      isMissing(reply) || (options.uid !== undefined && reply.status === 409) ? known(false) : undefined;
    return answer<boolean>(caller, deleteAsk(ref, options), () => known(true), gone);
  },
});
