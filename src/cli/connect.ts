import type { Cluster } from '../model/cluster.ts';
import type { Host } from './host.ts';
import { kubeconfigError } from './kubeconfigError.ts';
import type { ClusterOptions } from './options.ts';

export interface Connection {
  cluster: Cluster;
  /** What a kubectl command needs to reach the same cluster. */
  clusterFlags: string[];
  /** Of --namespace, else of the context. */
  namespace: string;
}

/** Reads the kubeconfig and stands ready to ask; nothing is sent yet. @throws UsageError */
export async function connect({ env, home }: Host, options: ClusterOptions): Promise<Connection> {
  const [{ loadKubeconfig }, { connectCluster }] = await Promise.all([
    import('../cluster/kubeconfig.ts'),
    import('../cluster/client.ts'),
  ]);
  const { kubeconfig: file, context } = options;
  const loaded = await loadKubeconfig({ file, context, env, homedir: home });
  if (!loaded.ok) throw kubeconfigError(loaded.problem);
  const flags = loaded.inCluster ? [] : ['--context', loaded.context];
  return {
    cluster: connectCluster(loaded),
    clusterFlags: file === undefined ? flags : ['--kubeconfig', file, ...flags],
    namespace: options.namespace ?? loaded.namespace,
  };
}
