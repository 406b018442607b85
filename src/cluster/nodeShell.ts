import type { Cluster } from '../model/cluster.ts';
import type { Fact } from '../model/fact.ts';
import type { Pod } from '../model/kubernetes.ts';
import type { NodeQuery } from '../model/nodeShell.ts';
import type { Vantage } from '../model/probe.ts';
import { PROBE_CONTAINER, type ProbePodSettings, probePodManifest } from './probeManifest.ts';

/** Where pods that look at nodes are created: the namespace that Pod Security leaves open to them in most clusters. */
export const NODE_NAMESPACE = 'kube-system';
export const NODE_LIFE_SECONDS = 60;
const HOST = '/host';

/**
 * A pod on the node's own network that sees its files, read-only. Privileged, since reading the packet filter takes
 * CAP_NET_ADMIN and the node's own programs lie where SELinux and AppArmor let no other container. Labels, deadline and
 * everything else as for a probe pod, so that whoever cleans up finds it.
 */
export function nodePodManifest(name: string, settings: ProbePodSettings): Pod {
  const { metadata, spec, ...pod } = probePodManifest(name, settings);
  const { securityContext: _, containers = [], ...rest } = spec ?? {};
  return {
    ...pod,
    metadata: { ...metadata, labels: { ...metadata?.labels, 'svc-debug/node-shell': 'true' } },
    spec: {
      ...rest,
      hostNetwork: true,
      dnsPolicy: 'Default',
      volumes: [{ name: 'host', hostPath: { path: '/' } }],
      containers: containers.map((container) => ({
        ...container,
        // the rules of thousands of Services pass through its memory
        resources: { requests: { cpu: '25m', memory: '32Mi' }, limits: { cpu: '1', memory: '512Mi' } },
        securityContext: { privileged: true, readOnlyRootFilesystem: true },
        volumeMounts: [{ name: 'host', mountPath: HOST, readOnly: true }],
      })),
    },
  };
}

/** Runs one program in such a pod; the node's own programs by way of its root directory. */
const runInShell = (cluster: Cluster, { namespace, pod }: Vantage, { argv, on, ...limits }: NodeQuery) =>
  cluster.exec(
    { namespace, name: pod },
    { ...limits, container: PROBE_CONTAINER, argv: on === 'host' ? ['chroot', HOST, ...argv] : argv },
  );

/** One pod for each node, created when it is first asked for. */
export function shells(start: (node: string) => Promise<Fact<Vantage>>, cluster: Cluster) {
  const started = new Map<string, Promise<Fact<Vantage>>>();
  return async (node: string, query: NodeQuery) => {
    const pod = started.get(node) ?? start(node);
    started.set(node, pod);
    const vantage = await pod;
    return vantage.known ? runInShell(cluster, vantage.value, query) : vantage;
  };
}
