import type { Pod } from './kubernetes.ts';
import type { Attempt } from './probe.ts';

/** Containers that a service mesh puts into a pod to take its connections. */
const PROXIES: ReadonlySet<string> = new Set(['istio-proxy', 'linkerd-proxy', 'kuma-sidecar', 'consul-dataplane']);

/**
 * The mesh proxy of a pod, by container name. It accepts every connection itself, so that an open one proves nothing,
 * and it resets those of clients outside the mesh where mutual TLS is strict.
 */
export const meshProxyOf = ({ spec }: Pod): string | undefined =>
  [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].find(({ name }) => PROXIES.has(name))?.name;

/** Words of a mesh proxy that refuses a request by itself: the application never saw it. Source: Envoy, rbac_filter.cc */
export const isMeshRefusal = ({ httpStatus, body }: Attempt): boolean =>
  httpStatus === 403 && /^RBAC: access denied/.test(body ?? '');
