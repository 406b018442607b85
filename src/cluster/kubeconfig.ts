import path from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import { type Chosen, inClusterConfig } from './inCluster.ts';
import { withAuthority, withCertificate } from './keyMaterial.ts';
import type { ClusterEntry, ContextEntry, KubeconfigFile, UserEntry } from './kubeconfigEntries.ts';
import { type FileProblem, readKubeconfigFile } from './kubeconfigFile.ts';
import { withRoute } from './route.ts';

export interface KubeconfigOptions {
  /** Value of --kubeconfig: this file alone, and it must be there. */
  file?: string | undefined;
  /** Value of --context. */
  context?: string | undefined;
  env: NodeJS.ProcessEnv;
  homedir: string;
  /** Where a pod finds its service account. */
  serviceAccount?: string;
}

/** Holds credentials: never print it, never record it. */
export interface LoadedKubeconfig {
  ok: true;
  /** One context, cluster and user; without exec plugin, token file and impersonation, which credentials.ts sees to. */
  kc: KubeConfig;
  context: string;
  /** URL of the API server, without user info. */
  server: string;
  /** Of the context; `default` when it names none. */
  namespace: string;
  /** The files that were read, absolute. Empty in a pod. */
  files: string[];
  /** True for the service account of a pod: no kubeconfig, and `context` is not one that kubectl would know. */
  inCluster: boolean;
  cluster: ClusterEntry;
  user: UserEntry;
  env: NodeJS.ProcessEnv;
}

export type KubeconfigProblem =
  | FileProblem
  /** The file (the first of several) is there and says nothing. */
  | { kind: 'empty'; file: string }
  /** None of the files is there. */
  | { kind: 'no-config'; files: string[] }
  | { kind: 'no-current-context'; files: string[]; contexts: string[] }
  | { kind: 'no-such-context'; context: string; files: string[]; contexts: string[] }
  /** `cluster` is '' when the context names none. */
  | { kind: 'no-such-cluster'; context: string; cluster: string; files: string[]; contexts: string[] }
  | { kind: 'no-such-user'; context: string; user: string; files: string[]; contexts: string[] };

export type KubeconfigResult = LoadedKubeconfig | { ok: false; problem: KubeconfigProblem };

type Choice = { ok: true; chosen: Chosen } | { ok: false; problem: KubeconfigProblem };

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

const failed = (problem: KubeconfigProblem) => ({ ok: false, problem }) as const;

function locations({ file, env, homedir }: KubeconfigOptions): string[] {
  const wanted = file
    ? [file]
    : env.KUBECONFIG
      ? env.KUBECONFIG.split(path.delimiter)
      : [path.join(homedir, '.kube', 'config')];
  return [...new Set(wanted.filter((name) => name !== '').map((name) => path.resolve(name)))];
}

function firstOfEachName<T extends { name: string }>(entries: T[]): T[] {
  const names = new Map<string, T>();
  for (const entry of entries) if (!names.has(entry.name)) names.set(entry.name, entry);
  return [...names.values()];
}

/** The first file to define a name, or the current context, wins: client-go, `ClientConfigLoadingRules.Load`. */
const merged = (parts: KubeconfigFile[]): KubeconfigFile => ({
  clusters: firstOfEachName(parts.flatMap(({ clusters }) => clusters)),
  users: firstOfEachName(parts.flatMap(({ users }) => users)),
  contexts: firstOfEachName(parts.flatMap(({ contexts }) => contexts)),
  currentContext: parts.map(({ currentContext }) => currentContext).find(Boolean) ?? '',
});

function choose(config: KubeconfigFile, wanted: string | undefined, files: string[]): Choice {
  const contexts = config.contexts.map(({ name }) => name);
  const name = wanted || config.currentContext;
  if (!name) return failed({ kind: 'no-current-context', files, contexts });
  const context = config.contexts.find((entry) => entry.name === name);
  if (!context) return failed({ kind: 'no-such-context', context: name, files, contexts });
  const cluster = config.clusters.find((entry) => entry.name === context.cluster && entry.server !== '');
  if (!cluster) return failed({ kind: 'no-such-cluster', context: name, cluster: context.cluster, files, contexts });
  const user = config.users.find((entry) => entry.name === context.user);
  if (!user && context.user)
    return failed({ kind: 'no-such-user', context: name, user: context.user, files, contexts });
  return { ok: true, chosen: { cluster, context, user: user ?? { name: '' } } };
}

async function choice(options: KubeconfigOptions, files: string[], parts: KubeconfigFile[]): Promise<Choice> {
  const config = merged(parts);
  const saysNothing = [config.clusters, config.users, config.contexts].every((entries) => entries.length === 0);
  if (saysNothing && !options.file && !options.context) {
    const chosen = await inClusterConfig(options.env, options.serviceAccount ?? SERVICE_ACCOUNT);
    if (chosen) return { ok: true, chosen };
  }
  const [first] = files;
  if (first === undefined) return failed({ kind: 'no-config', files: locations(options) });
  return saysNothing ? failed({ kind: 'empty', file: first }) : choose(config, options.context, files);
}

const clientOf = async (cluster: ClusterEntry, user: UserEntry, context: ContextEntry): Promise<KubeConfig> => {
  const { KubeConfig } = await import('./library.ts');
  const kc = new KubeConfig();
  const { exec, tokenFile, impersonate, ...plain } = user;
  // The library refuses http:// unless verification is off; kubectl does not.
  const skipTLSVerify = cluster.skipTLSVerify || cluster.server.startsWith('http:');
  kc.loadFromOptions({
    clusters: [{ ...cluster, skipTLSVerify }],
    users: [plain],
    contexts: [{ ...context, cluster: cluster.name, user: user.name }],
    currentContext: context.name,
  });
  return kc;
};

/** Reads in what the entries refer to, and settles how the server is reached. */
async function complete(chosen: Chosen, env: NodeJS.ProcessEnv, files: string[]): Promise<KubeconfigResult> {
  const [kubeconfig = ''] = files;
  const certificate = await withCertificate(chosen.user, kubeconfig);
  if (!certificate.ok) return certificate;
  const user = certificate.value;
  const authority = await withAuthority(chosen.cluster, kubeconfig);
  if (!authority.ok) return authority;
  const reached = withRoute(authority.value, user, env);
  if ('fault' in reached) return failed({ kind: 'invalid', file: kubeconfig, reason: reached.fault });
  const { cluster } = reached;
  const { name, namespace = 'default' } = chosen.context;
  const kc = await clientOf(cluster, user, chosen.context);
  const inCluster = chosen.inCluster ?? false;
  return { ok: true, kc, context: name, server: cluster.server, namespace, files, inCluster, cluster, user, env };
}

/**
 * Reads the kubeconfig as kubectl does: --kubeconfig alone, else the files of KUBECONFIG, else ~/.kube/config, merged; what is
 * missing is skipped unless it was named by --kubeconfig; the service account of a pod when no file says anything.
 * Nothing is asked of the network. What is wrong comes back as data.
 */
export async function loadKubeconfig(options: KubeconfigOptions): Promise<KubeconfigResult> {
  const files: string[] = [];
  const parts: KubeconfigFile[] = [];
  for (const file of locations(options)) {
    const reading = await readKubeconfigFile(file);
    if (!reading.ok && reading.problem.kind === 'missing-file' && !options.file) continue;
    if (!reading.ok) return reading;
    files.push(file);
    if (reading.value !== 'empty') parts.push(reading.value);
  }
  const result = await choice(options, files, parts);
  return result.ok ? complete(result.chosen, options.env, files) : result;
}
