import type { Needs, Values, Variable, Words } from './case.ts';
import { fill, words } from './case.ts';
import type { Result, RunOptions } from './command.ts';
import { run } from './command.ts';

/** The cluster under test: any kubeconfig, asked through kubectl alone. */
export interface Cluster {
  kubeconfig: string;
  proxyMode: string;
  hairpin: boolean;
  /** Schedulable nodes by name. */
  nodes: string[];
  /** Cluster-wide things may be broken. */
  own: boolean;
  /** Program that runs a command on a node: `COMMAND NODE WORD...`. */
  nodeCommand?: string;
  kubectl(line: Words, options?: RunOptions): Promise<Result>;
}

export interface ClusterOptions {
  kubeconfig: string;
  proxyMode?: string;
  hairpin: boolean;
  own: boolean;
  nodeCommand?: string;
}

/** Looks at the cluster once: its nodes, and how kube-proxy works where it was not told. */
export async function connect(options: ClusterOptions): Promise<Cluster> {
  const kubectl: Cluster['kubectl'] = (line, more) =>
    run('kubectl', words(line), { ...more, env: { KUBECONFIG: options.kubeconfig } });
  const nodes = await kubectl([
    'get',
    'nodes',
    '-o',
    'jsonpath={range .items[*]}{.metadata.name}:{.spec.unschedulable} {end}',
  ]);
  if (nodes.exit !== 0) throw new Error(`no cluster: ${nodes.stderr.trim()}`);
  return {
    ...options,
    kubectl,
    nodes: [...nodes.stdout.matchAll(/(\S+):(?= |$)/g)].map(([, name]) => name!).sort(),
    proxyMode: options.proxyMode ?? (await proxyMode(kubectl)),
  };
}

/** https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/: an empty mode is iptables on Linux. */
async function proxyMode(kubectl: Cluster['kubectl']): Promise<string> {
  const map = await kubectl('-n kube-system get configmap kube-proxy --ignore-not-found -o yaml');
  return /^\s*mode: *"?(\w+)/m.exec(map.stdout)?.[1] ?? 'iptables';
}

/** Why a case cannot be played here, or undefined. */
export function unplayable(needs: Needs, cluster: Cluster): string | undefined {
  if (needs.ownCluster && !cluster.own) return 'breaks the whole cluster (--own-cluster allows it)';
  if (needs.nodeAccess && cluster.nodeCommand === undefined) return 'needs a command on a node (--node-command)';
  if (needs.proxyMode && needs.proxyMode !== cluster.proxyMode) return `kube-proxy mode is ${cluster.proxyMode}`;
  if (needs.hairpin !== undefined && needs.hairpin !== cluster.hairpin)
    return `hairpin is ${cluster.hairpin ? 'on' : 'off'}`;
  if ((needs.nodes ?? 1) > cluster.nodes.length) return `needs ${needs.nodes} nodes`;
  return undefined;
}

/** Values that every case may use: the namespace, two nodes, the address of the cluster's DNS Service. */
export async function commonValues(cluster: Cluster, namespace: string): Promise<Values> {
  const dns = await cluster.kubectl(
    '-n kube-system get service -l k8s-app=kube-dns -o jsonpath={.items[0].spec.clusterIP}',
  );
  const [first = '', second = first] = cluster.nodes;
  return { NS: namespace, NODE1: first, NODE2: second, DNS: dns.stdout.trim() };
}

/** Looks up a case's own variables. One that cannot be found keeps its name, and the command that uses it will fail. */
export async function resolve(cluster: Cluster, variables: Record<string, Variable>, values: Values): Promise<Values> {
  const found = { ...values };
  for (const [name, variable] of Object.entries(variables)) {
    const result = await cluster.kubectl(words(lookup(variable, found)).map((word) => fill(word, found)));
    const [value] = result.stdout.trim().split(/\s+/).sort();
    if (value) found[name] = value;
  }
  return found;
}

function lookup(variable: Variable, values: Values): Words {
  if ('read' in variable) return variable.read;
  const node = variable.node === undefined ? [] : [`--field-selector=spec.nodeName=${variable.node}`];
  const names = 'jsonpath={range .items[*]}{.metadata.name} {end}';
  return ['-n', variable.namespace ?? values.NS ?? '', 'get', 'pods', '-l', variable.pod, ...node, '-o', names];
}
