import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import path from 'node:path';
import type { ClusterEntry, ContextEntry, UserEntry } from './kubeconfigEntries.ts';

const IN_CLUSTER = 'in-cluster';

export interface Chosen {
  cluster: ClusterEntry;
  user: UserEntry;
  context: ContextEntry;
  /** True for the service account of a pod. */
  inCluster?: boolean;
}

const content = (file: string) => readFile(file, 'utf8').catch(() => undefined);

/**
 * The credentials that a pod is given, or undefined outside of one.
 * Source: client-go, `rest.InClusterConfig` and `clientcmd.inClusterClientConfig`.
 */
export async function inClusterConfig(env: NodeJS.ProcessEnv, directory: string): Promise<Chosen | undefined> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port, POD_NAMESPACE } = env;
  const tokenFile = path.join(directory, 'token');
  if (!host || !port || (await content(tokenFile)) === undefined) return undefined;
  const namespace = POD_NAMESPACE || (await content(path.join(directory, 'namespace')))?.trim();
  const server = `https://${isIPv6(host) ? `[${host}]` : host}:${port}`;
  return {
    cluster: { name: IN_CLUSTER, server, caFile: path.join(directory, 'ca.crt'), skipTLSVerify: false },
    user: { name: IN_CLUSTER, tokenFile },
    context: { name: IN_CLUSTER, cluster: IN_CLUSTER, user: IN_CLUSTER, ...(namespace && { namespace }) },
    inCluster: true,
  };
}
