import type { Pod } from './kubernetes.ts';
import type { Attempt } from './probe.ts';

/** Containers that a service mesh puts into a pod to take its connections. */
const PROXIES: ReadonlySet<string> = new Set(['istio-proxy', 'linkerd-proxy', 'kuma-sidecar', 'consul-dataplane']);

/**
 * Set by istio-cni once the connections of a pod go through the proxy of its node.
 * https://istio.io/latest/docs/ambient/usage/verify-mtls-enabled/
 */
const AMBIENT = 'ambient.istio.io/redirection';

/**
 * The mesh proxy of a pod: a container of it, or in ambient mode that of the node. It accepts every connection itself,
 * so that an open one proves nothing, and it resets those of clients outside the mesh where mutual TLS is strict.
 */
export const meshProxyOf = ({ metadata, spec }: Pod): string | undefined =>
  [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].find(({ name }) => PROXIES.has(name))?.name ??
  (metadata?.annotations?.[AMBIENT] === 'enabled' ? 'ztunnel' : undefined);

/** Words of a mesh proxy that refuses a request by itself: the application never saw it. Source: Envoy, rbac_filter.cc */
export const isMeshRefusal = ({ httpStatus, body }: Attempt): boolean =>
  httpStatus === 403 && /^RBAC: access denied/.test(body ?? '');

/** Words of a proxy that found nobody behind it. Source: Envoy, router.cc; Linkerd answers 502 or 504 in its own words. */
export const isProxyFailure = ({ httpStatus, body }: Attempt): boolean =>
  (httpStatus === 503 && /^(upstream connect error|no healthy upstream)/.test(body ?? '')) ||
  (httpStatus === 502 && /^(client error \(Connect\)|connect timed out|failed to connect)/i.test(body ?? ''));

/** A connection that was opened and on which nothing was heard: what took it may be a proxy alone. */
export const isMerelyOpen = ({ outcome }: Attempt): boolean => outcome === 'opened' || outcome === 'closed';
