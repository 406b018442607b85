import { refusal } from '../cluster/admission.ts';
import { setDefaults } from '../cluster/defaults.ts';
import { apiVersionOf, type Resource } from '../cluster/resources.ts';
import type { NewObject } from '../cluster/store.ts';
import type { World } from '../cluster/world.ts';
import type { KubeObject, Pod, PodSpec } from '../objects.ts';
import { ApiError, notFound, notSimulated } from './errors.ts';
import { patched } from './patch.ts';
import { validate } from './validate.ts';

export interface Place {
  resource: Resource;
  namespace: string | undefined;
  name: string;
}

export interface WriteOptions {
  /** Whom managedFields name. */
  manager: string;
  dryRun?: boolean;
  /** `status`: only that is changed, and otherwise never. */
  subresource?: string | undefined;
}

/** @throws ApiError */
export function read(world: World, { resource, namespace, name }: Place): KubeObject {
  const found = world.store.get(resource.kind, namespace, name);
  if (!found) throw notFound(resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`, name);
  return found;
}

/** @throws ApiError */
export function create(
  world: World,
  resource: Resource,
  namespace: string | undefined,
  body: unknown,
  options: WriteOptions,
): KubeObject {
  const object = prepared(world, resource, namespace, body);
  const { name } = object.metadata;
  if (world.store.get(resource.kind, namespace, name)) {
    throw new ApiError(409, 'AlreadyExists', `${resource.plural} "${name}" already exists`, {
      name,
      kind: resource.plural,
    });
  }
  const why = resource.kind === 'Pod' ? refusal(world, object as unknown as Pod) : undefined;
  if (why !== undefined) throw new ApiError(403, 'Forbidden', why, { name, kind: 'pods' });
  return options.dryRun ? trial(world, object) : world.store.add(object, options.manager);
}

/** The object as it would be stored: in its namespace, named, checked, and with its defaults. @throws ApiError */
function prepared(world: World, resource: Resource, namespace: string | undefined, body: unknown): NewObject {
  const given = structuredClone(body) as NewObject;
  if (given?.kind !== resource.kind) {
    const must = `the object provided is unrecognized (must be of type ${resource.kind})`;
    throw new ApiError(400, 'BadRequest', must);
  }
  if (given.kind === 'Endpoints') throw notSimulated('Endpoints written by hand: write an EndpointSlice');
  given.metadata ??= { name: '' };
  if (resource.namespaced) checkNamespace(world, given, namespace ?? 'default');
  const { metadata } = given;
  if (!metadata.name && metadata.generateName) metadata.name = metadata.generateName + world.suffix(5);
  const status = resource.kind === 'Pod' ? { status: { phase: 'Pending' } } : {};
  const object: NewObject = { ...given, apiVersion: apiVersionOf(resource), ...status };
  validate(object as unknown as KubeObject);
  setDefaults(world, object as unknown as KubeObject);
  return object;
}

function trial({ store }: World, object: NewObject): KubeObject {
  const metadata = { uid: '00000000-0000-0000-0000-000000000000', creationTimestamp: store.time() };
  return { ...object, metadata: { ...object.metadata, ...metadata } } as unknown as KubeObject;
}

function checkNamespace({ store }: World, { metadata }: NewObject, namespace: string): void {
  if (metadata.namespace !== undefined && metadata.namespace !== namespace) {
    throw new ApiError(
      400,
      'BadRequest',
      `the namespace of the provided object does not match the namespace sent on the request`,
    );
  }
  metadata.namespace = namespace;
  const home = store.get('Namespace', undefined, namespace);
  if (!home) throw notFound('namespaces', namespace);
  if (!home.metadata.deletionTimestamp) return;
  throw new ApiError(
    403,
    'Forbidden',
    `unable to create new content in namespace ${namespace} because it is being terminated`,
  );
}

/** Puts new content in the place of an object. @throws ApiError */
export function update(world: World, before: Specified, body: unknown, options: WriteOptions): KubeObject {
  const { manager, dryRun, subresource } = options;
  const given = structuredClone(body) as Specified;
  const after: Specified = subresource === 'status' ? { ...structuredClone(before), status: given.status } : given;
  if (subresource !== 'status' && before.status !== undefined) after.status = structuredClone(before.status);
  checkVersion(before, after);
  const { uid, creationTimestamp, deletionTimestamp, name, namespace, generation = 1 } = before.metadata;
  Object.assign(after, { kind: before.kind, apiVersion: before.apiVersion });
  const kept = { ...(namespace && { namespace }), ...(deletionTimestamp && { deletionTimestamp }) };
  Object.assign(after.metadata, { uid, creationTimestamp, name, ...kept });
  validate(after);
  setDefaults(world, after);
  const isOther = JSON.stringify(after.spec) !== JSON.stringify(before.spec);
  after.metadata.generation = isOther ? generation + 1 : generation;
  if (dryRun) return after;
  world.store.replace(after, manager);
  // what it says of itself is the kubelet's; its conditions may follow from one that somebody else has set
  world.runtimes.get(uid)?.changed();
  return after;
}

type Specified = KubeObject & { spec?: unknown; status?: unknown };

function checkVersion({ kind, metadata }: KubeObject, after: KubeObject): void {
  const { resourceVersion } = after.metadata;
  if (!resourceVersion || resourceVersion === metadata.resourceVersion) return;
  const text = 'the object has been modified; please apply your changes to the latest version and try again';
  const what = `${kind.toLowerCase()}s "${metadata.name}"`;
  throw new ApiError(409, 'Conflict', `Operation cannot be fulfilled on ${what}: ${text}`);
}

/** @throws ApiError */
export const patch = (world: World, place: Place, body: unknown, type: string, options: WriteOptions): KubeObject => {
  const before = read(world, place);
  return update(world, before, patched(before, body, type), options);
};

export interface DeleteOptions {
  propagationPolicy?: string;
  preconditions?: { uid?: string };
  gracePeriodSeconds?: number;
  dryRun?: boolean;
}

/** @throws ApiError */
export function remove(
  world: World,
  place: Place,
  { propagationPolicy, preconditions, dryRun }: DeleteOptions,
): KubeObject {
  const object = read(world, place);
  const { store } = world;
  const { uid, name } = object.metadata;
  if (preconditions?.uid !== undefined && preconditions.uid !== uid) {
    const text = `Precondition failed: UID in precondition: ${preconditions.uid}, UID in object meta: ${uid}`;
    throw new ApiError(409, 'Conflict', `Operation cannot be fulfilled on ${place.resource.plural} "${name}": ${text}`);
  }
  if (dryRun) return object;
  const owned = ['ReplicaSet', 'Pod', 'EndpointSlice']
    .flatMap((kind) => store.list(kind))
    .filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid));
  if (propagationPolicy === 'Foreground') for (const dependent of owned) store.delete(dependent);
  if (propagationPolicy === 'Orphan') for (const { metadata } of owned) delete metadata.ownerReferences;
  if (object.kind === 'Namespace') object.metadata.deletionTimestamp ??= store.time();
  else store.delete(object);
  store.touch(object);
  return object;
}

/** Adds a container to a pod that runs. @throws ApiError */
export function debug(world: World, place: Place, body: unknown, type: string, options: WriteOptions): KubeObject {
  const before = read(world, place) as Pod;
  const names = new Set((before.spec.ephemeralContainers ?? []).map(({ name }) => name));
  const after = patch(world, place, body, type, options) as Pod;
  const spec: PodSpec = after.spec;
  const added = (spec.ephemeralContainers ?? []).filter(({ name }) => !names.has(name));
  if (!options.dryRun) for (const container of added) world.runtimes.get(after.metadata.uid)?.debug(container);
  return after;
}
