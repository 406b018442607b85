import type { Cluster } from '../model/cluster.ts';
import type { Fact } from '../model/fact.ts';

type Memory = Map<string, Promise<Fact<unknown>>>;

/**
 * The same cluster, which reads nothing twice: a walk that follows upon another asks only for what is new.
 * What could not be read is asked again, and whatever is not a read goes through.
 */
export function remembering(cluster: Cluster, memory: Memory = new Map()): Cluster {
  const once = <T>(key: unknown[], read: () => Promise<Fact<T>>): Promise<Fact<T>> => {
    const name = JSON.stringify(key);
    const before = memory.get(name) as Promise<Fact<T>> | undefined;
    if (before) return before;
    const asked = read();
    memory.set(name, asked);
    asked.then(
      ({ known }) => known || memory.delete(name),
      () => memory.delete(name),
    );
    return asked;
  };
  return {
    context: cluster.context,
    server: cluster.server,
    namespace: cluster.namespace,
    requests: cluster.requests,
    raw: (path) => once(['raw', path], () => cluster.raw(path)),
    get: (ref) => once(['get', ref], () => cluster.get(ref)),
    list: (query) => once(['list', query], () => cluster.list(query)),
    log: (pod, query) => once(['log', pod, query], () => cluster.log(pod, query)),
    exec: (pod, query) => cluster.exec(pod, query),
    forward: (pod, query) => cluster.forward(pod, query),
    create: (resource, body, options) => cluster.create(resource, body, options),
    patch: (ref, patch) => cluster.patch(ref, patch),
    delete: (ref, options) => cluster.delete(ref, options),
    within: (signal) => remembering(cluster.within(signal), memory),
    close: () => cluster.close(),
  };
}
