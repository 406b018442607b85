import type { ClusterEntry, UserEntry } from './kubeconfigEntries.ts';
import { asGoReadsIt, proxyFor } from './proxy.ts';

/** A server without scheme is one of http, unless something about the cluster speaks of TLS: client-go, `DefaultServerURL`. */
function serverUrl({ server, caData, skipTLSVerify }: ClusterEntry, { certData }: UserEntry): URL | undefined {
  const scheme = caData || certData || skipTLSVerify ? 'https' : 'http';
  const full = server.includes('://') ? server : `${scheme}://${server}`;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  return url && /^https?:$/.test(url.protocol) ? url : undefined;
}

/** Fit to be shown: no user info, no trailing slash. */
export const withoutUserInfo = (url: URL) => `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`;

/**
 * The cluster with a full URL (no user info, no trailing slash) and the proxy that leads to it. Its `proxy-url` wins over
 * the environment.
 */
export function withRoute(
  cluster: ClusterEntry,
  user: UserEntry,
  env: NodeJS.ProcessEnv,
): { cluster: ClusterEntry } | { fault: string } {
  const url = serverUrl(cluster, user);
  if (!url) return { fault: `server of cluster ${cluster.name} is not a URL` };
  const proxy = cluster.proxyUrl ?? proxyFor(url, env);
  if (proxy && !URL.canParse(proxy)) return { fault: `proxy of cluster ${cluster.name} is not a URL` };
  return { cluster: { ...cluster, server: withoutUserInfo(url), ...(proxy && { proxyUrl: asGoReadsIt(proxy) }) } };
}
