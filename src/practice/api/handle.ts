import { load } from 'js-yaml';
import { apiVersionOf } from '../cluster/resources.ts';
import type { World } from '../cluster/world.ts';
import type { KubeObject, Pod, Workload } from '../objects.ts';
import { discovery } from './discovery.ts';
import { ApiError, notFound, notSimulated } from './errors.ts';
import { create, type DeleteOptions, debug, patch, read, remove, update } from './objects.ts';
import { podLog } from './podLog.ts';
import { type ApiRequest, authorize, type Denial, type Target, targetOf, verbOf } from './request.ts';
import { fieldSelector, labelSelector } from './select.ts';

export interface Answer {
  code: number;
  /** Text, or what becomes JSON. */
  body: unknown;
}

/** After a change the cluster gets this long to do what follows from it. */
const AFTER_CHANGE_MS = 15_000;
const MOST_PER_PAGE = 500;
/** What `kubectl create KIND` sends, whatever the server says. */
const PROTOBUF = 'the practice cluster reads JSON and YAML, not protobuf';

/** Answers what is no stream. @throws ApiError */
export async function handle(world: World, denials: readonly Denial[], request: ApiRequest): Promise<Answer> {
  const { path, method } = request;
  if (/^\/(healthz|livez|readyz)/.test(path)) return { code: 200, body: 'ok' };
  const known = method === 'GET' ? discovery(path) : undefined;
  if (known !== undefined) return { code: 200, body: known };
  const target = targetOf(path);
  if (!target) return { code: 404, body: '404 page not found\n' };
  authorize(denials, verbOf(request, target), target);
  if (method === 'GET') {
    await world.catchUp();
    return { code: 200, body: target.name === undefined ? list(world, request, target) : get(world, request, target) };
  }
  const write = WRITES[method];
  if (!write)
    throw new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');
  const isDryRun = request.query.has('dryRun');
  return world.change(isDryRun ? 0 : AFTER_CHANGE_MS, () => write(world, request, target));
}

function get(world: World, { query }: ApiRequest, target: Target): unknown {
  const object = read(world, placeOf(target));
  switch (target.subresource) {
    case undefined:
    case 'status':
      return object;
    case 'scale':
      return scaleOf(object as Workload);
    case 'log':
      return podLog(world, object as Pod, query);
    default:
      throw notSimulated(`${target.resource.plural}/${target.subresource}`);
  }
}

const placeOf = ({ resource, namespace, name = '' }: Target) => ({ resource, namespace, name });

const scaleOf = ({ metadata, spec, status }: Workload) => ({
  kind: 'Scale',
  apiVersion: 'autoscaling/v1',
  metadata,
  spec: { replicas: spec.replicas },
  status: { replicas: status?.replicas ?? 0 },
});

function list(world: World, { query, headers }: ApiRequest, { resource, namespace }: Target): unknown {
  if (['true', '1'].includes(query.get('watch') ?? '')) throw notSimulated('watches');
  const [byLabel, byField] = [
    labelSelector(query.get('labelSelector') ?? ''),
    fieldSelector(query.get('fieldSelector') ?? ''),
  ];
  const found = world.store
    .list(resource.kind, resource.namespaced ? namespace : undefined)
    .filter((object) => byLabel(object.metadata.labels) && byField(object))
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const from = Number(Buffer.from(query.get('continue') ?? '', 'base64').toString() || 0);
  const limit = Number(query.get('limit')) || MOST_PER_PAGE;
  const left = found.length - from - limit;
  const isPartial = headers.accept?.includes('as=PartialObjectMetadataList');
  const items = found.slice(from, from + limit);
  return {
    kind: isPartial ? 'PartialObjectMetadataList' : `${resource.kind}List`,
    apiVersion: isPartial ? 'meta.k8s.io/v1' : apiVersionOf(resource),
    metadata: {
      resourceVersion: world.store.version,
      ...(left > 0 && { continue: Buffer.from(String(from + limit)).toString('base64'), remainingItemCount: left }),
    },
    items: isPartial
      ? items.map(({ metadata }) => ({ kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata }))
      : items,
  };
}

const keyOf = ({ metadata }: KubeObject) => `${metadata.namespace ?? ''}/${metadata.name}`;

type Write = (world: World, request: ApiRequest, target: Target) => Answer;

const optionsOf = ({ query, headers }: ApiRequest) => ({
  manager: query.get('fieldManager') ?? headers['user-agent']?.split('/')[0] ?? 'unknown',
  dryRun: query.has('dryRun'),
});

/** JSON, or the YAML that people send. @throws ApiError */
function parsed({ body, headers }: ApiRequest): unknown {
  const type = headers['content-type'] ?? 'application/json';
  if (type.includes('protobuf'))
    throw new ApiError(415, 'UnsupportedMediaType', `${PROTOBUF}: add --dry-run=client -o yaml | kubectl apply -f -`);
  try {
    return type.includes('yaml') ? load(body) : JSON.parse(body || '{}');
  } catch (error) {
    throw new ApiError(400, 'BadRequest', `the object provided is unrecognized: ${(error as Error).message}`);
  }
}

const WRITES: Record<string, Write> = {
  POST: (world, request, { resource, namespace, subresource, name }) => {
    if (name !== undefined) throw notSimulated(`${resource.plural}/${subresource ?? name}`);
    return { code: 201, body: create(world, resource, namespace, parsed(request), optionsOf(request)) };
  },
  PUT: (world, request, target) => {
    if (target.subresource === 'scale') return scaled(world, request, target);
    if (target.subresource && target.subresource !== 'status')
      throw notSimulated(`${target.resource.plural}/${target.subresource}`);
    const options = { ...optionsOf(request), subresource: target.subresource };
    return { code: 200, body: update(world, read(world, placeOf(target)), parsed(request), options) };
  },
  PATCH: (world, request, target) => {
    const type = (request.headers['content-type'] ?? '').replace(/^application\/|;.*$/g, '');
    if (target.subresource === 'scale') return scaled(world, request, target);
    if (target.name === undefined) throw notFound(target.resource.plural, '');
    const write = target.subresource === 'ephemeralcontainers' ? debug : patch;
    const isApply = type === 'apply-patch+yaml';
    const isThere = world.store.get(target.resource.kind, target.namespace, target.name) !== undefined;
    if (isApply && !isThere)
      return { code: 201, body: create(world, target.resource, target.namespace, parsed(request), optionsOf(request)) };
    const options = { ...optionsOf(request), subresource: target.subresource };
    return { code: 200, body: write(world, placeOf(target), parsed(request), type, options) };
  },
  DELETE: (world, request, target) => {
    if (target.name === undefined) throw notSimulated('the deletion of a whole list');
    const { query } = request;
    const given = parsed(request) as DeleteOptions;
    const propagationPolicy = given.propagationPolicy ?? query.get('propagationPolicy');
    const object = remove(world, placeOf(target), {
      ...given,
      ...(propagationPolicy && { propagationPolicy }),
      dryRun: query.has('dryRun'),
    });
    return { code: 200, body: object };
  },
};

function scaled(world: World, request: ApiRequest, target: Target): Answer {
  const { spec } = parsed(request) as { spec?: { replicas?: number } };
  const after = patch(
    world,
    placeOf(target),
    { spec: { replicas: spec?.replicas ?? 0 } },
    'merge-patch+json',
    optionsOf(request),
  );
  return { code: 200, body: scaleOf(after as Workload) };
}
