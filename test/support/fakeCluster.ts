import type { Cluster, ForwardResult, ListQuery, ObjectRef } from '../../src/model/cluster.ts';
import { type Fact, known, type Obstacle, unknown } from '../../src/model/fact.ts';
import type { Labels, Metadata, Page } from '../../src/model/kubernetes.ts';

/** Any Kubernetes object: what a test says is in the cluster. */
export type FakeObject = Metadata & {
  kind: string;
  involvedObject?: { kind?: string | undefined; name?: string | undefined };
};

export interface FakeCluster {
  objects?: readonly FakeObject[];
  /** What is answered by 403, as `list pods` or `get namespaces`. */
  forbidden?: readonly string[];
  /** Any other trouble, by the same words. */
  obstacles?: Readonly<Record<string, Obstacle>>;
  /** Answers of `raw`, by path. */
  raw?: Readonly<Record<string, unknown>>;
  /** What a port-forward meets, by `POD:PORT`. */
  forwards?: Readonly<Record<string, ForwardResult['outcome'] | ForwardResult>>;
  /** What a command prints, by `POD PROGRAM ARGUMENTS` or `POD PROGRAM`; anything else cannot be run. */
  execs?: Readonly<Record<string, string>>;
  /** Logs by `POD/CONTAINER`, and `POD/CONTAINER previous`. */
  logs?: Readonly<Record<string, string>>;
}

/** A cluster whose API holds these objects. It remembers what was asked of it. */
export function fakeCluster(world: FakeCluster): Cluster & { asked: string[] } {
  const asked: string[] = [];
  const objects = world.objects ?? [];
  const trouble = (verb: string, resource: string, namespace: string | undefined): Obstacle | undefined => {
    asked.push(`${verb} ${resource}`);
    const other = world.obstacles?.[`${verb} ${resource}`];
    if (other || !world.forbidden?.includes(`${verb} ${resource}`)) return other;
    const message = `${resource} is forbidden: User "test" cannot ${verb} resource "${resource}"`;
    return { kind: 'forbidden', verb, resource, message, ...(namespace !== undefined && { namespace }) };
  };
  const answer = <T>(obstacle: Obstacle | undefined, value: () => T): Fact<T> =>
    obstacle ? unknown(obstacle) : known(value());
  const untold = async () => unknown({ kind: 'not-applicable', reason: 'the fake cluster cannot' });
  const cluster: Cluster & { asked: string[] } = {
    context: 'test',
    server: 'https://test.invalid',
    namespace: 'default',
    requests: [],
    asked,
    raw: async <T>(path: string) => answer(trouble('get', path, undefined), () => (world.raw?.[path] ?? null) as T),
    get: async <T>(ref: ObjectRef) =>
      answer(
        trouble('get', ref.plural, ref.namespace),
        () => (objects.find((object) => isThat(object, ref)) ?? null) as T | null,
      ),
    list: async <T>(query: ListQuery) =>
      answer(
        trouble('list', query.plural, query.namespace),
        (): Page<T> => ({ items: listed(objects, query), more: false }),
      ),
    log: async (pod, { container, previous }) =>
      answer(
        trouble('get', 'pods/log', pod.namespace),
        () => world.logs?.[`${pod.name}/${container}${previous ? ' previous' : ''}`] ?? null,
      ),
    exec: async (pod, { argv }) => {
      const stdout = world.execs?.[`${pod.name} ${argv.join(' ')}`] ?? world.execs?.[`${pod.name} ${argv[0]}`];
      if (stdout === undefined) return unknown({ kind: 'no-probe', reason: 'no-tool', message: `no ${argv[0]}` });
      return known({ exitCode: 0, stdout, stderr: '', truncated: false, durationMs: 80 });
    },
    forward: async (pod, { port }) => {
      const met = world.forwards?.[`${pod.name}:${port}`] ?? 'refused';
      return answer(trouble('create', 'pods/portforward', pod.namespace), () =>
        typeof met === 'string' ? { outcome: met, received: '' } : met,
      );
    },
    create: untold,
    patch: untold,
    delete: untold,
    within: () => cluster,
    close: () => undefined,
  };
  return cluster;
}

/** `EndpointSlice` is served as `endpointslices`, `NetworkPolicy` as `networkpolicies`. */
const pluralOf = (kind: string): string => {
  const word = kind.toLowerCase();
  if (word.endsWith('s')) return word === 'endpoints' ? word : `${word}es`;
  return word.endsWith('y') ? `${word.slice(0, -1)}ies` : `${word}s`;
};

const isThat = ({ kind, metadata }: FakeObject, { plural, namespace, name }: ObjectRef): boolean =>
  pluralOf(kind) === plural &&
  metadata?.name === name &&
  (namespace === undefined || metadata?.namespace === namespace);

function listed<T>(objects: readonly FakeObject[], query: ListQuery): T[] {
  const found = objects.filter(
    ({ kind, metadata, involvedObject }) =>
      pluralOf(kind) === query.plural &&
      (query.namespace === undefined || metadata?.namespace === query.namespace) &&
      wears(metadata?.labels ?? {}, query.labelSelector) &&
      isNamed(metadata?.name, query.fieldSelector) &&
      isAbout(involvedObject, query.fieldSelector),
  );
  return (query.metadataOnly ? found.map(({ metadata }) => ({ metadata })) : found) as T[];
}

/** Equality-based selectors only: `a=b,c=d`. */
const wears = (labels: Labels, selector: string | undefined): boolean =>
  (selector?.split(',') ?? []).every((term) => {
    const [key = '', value] = term.split('=');
    return labels[key] === value;
  });

const isNamed = (name: string | undefined, fieldSelector: string | undefined): boolean =>
  fieldSelector === undefined ||
  !fieldSelector.startsWith('metadata.name=') ||
  fieldSelector === `metadata.name=${name}`;

/** Of an event: `involvedObject.kind=Service,involvedObject.name=web`. */
const isAbout = (object: FakeObject['involvedObject'], fieldSelector: string | undefined): boolean =>
  !fieldSelector?.startsWith('involvedObject.') ||
  fieldSelector === `involvedObject.kind=${object?.kind},involvedObject.name=${object?.name}`;
