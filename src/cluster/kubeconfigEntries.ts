import path from 'node:path';

export interface ClusterEntry {
  name: string;
  server: string;
  /** Base64, as in the file; wins over the file that is named beside it. */
  caData?: string;
  caFile?: string;
  skipTLSVerify: boolean;
  tlsServerName?: string;
  proxyUrl?: string;
  /** Extension `client.authentication.k8s.io/exec`: handed to a credential plugin that asks for cluster information. */
  execConfig?: unknown;
}

export interface ExecPlugin {
  apiVersion: string;
  command: string;
  args: string[];
  env: { name: string; value: string }[];
  installHint?: string;
  provideClusterInfo: boolean;
  interactiveMode?: string;
}

export interface Impersonation {
  user: string;
  uid?: string;
  groups: string[];
  extra: Record<string, string[]>;
}

export interface UserEntry {
  name: string;
  certData?: string;
  certFile?: string;
  keyData?: string;
  keyFile?: string;
  token?: string;
  tokenFile?: string;
  username?: string;
  password?: string;
  exec?: ExecPlugin;
  authProvider?: { name: string; config: Record<string, unknown> };
  impersonate?: Impersonation;
}

export interface ContextEntry {
  name: string;
  cluster: string;
  user: string;
  namespace?: string;
}

export interface KubeconfigFile {
  clusters: ClusterEntry[];
  users: UserEntry[];
  contexts: ContextEntry[];
  currentContext: string;
}

/** A map of a parsed YAML file, nothing known about its values. */
export type Raw = Record<string, unknown>;

export const isMap = (value: unknown): value is Raw =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const map = (value: unknown): Raw => (isMap(value) ? value : {});
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
export const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
const texts = (value: unknown): string[] => list(value).map(text);

/** The fields that hold something; the type says which are texts. */
function filled<K extends string>(raw: Raw, fields: Record<K, string>): Partial<Record<K, string>> {
  const pairs = (Object.entries(fields) as [K, string][]).map(([ours, theirs]) => [ours, text(raw[theirs])] as const);
  return Object.fromEntries(pairs.filter(([, value]) => value !== '')) as Partial<Record<K, string>>;
}

const entries = (value: unknown, kind: string) =>
  list(value).map((entry) => ({ name: text(map(entry).name), body: map(map(entry)[kind]) }));

/** A relative path in a kubeconfig is relative to the file that holds it. */
const located = (directory: string, file: string | undefined) => (file ? path.resolve(directory, file) : undefined);

function clusterEntry(name: string, raw: Raw, directory: string): ClusterEntry {
  const caFile = located(directory, text(raw['certificate-authority']));
  const exec = list(raw.extensions)
    .map(map)
    .find((extension) => extension.name === 'client.authentication.k8s.io/exec');
  return {
    name,
    server: text(raw.server).replace(/\/+$/, ''),
    skipTLSVerify: raw['insecure-skip-tls-verify'] === true,
    ...filled(raw, { caData: 'certificate-authority-data', tlsServerName: 'tls-server-name', proxyUrl: 'proxy-url' }),
    ...(caFile && { caFile }),
    ...(exec && { execConfig: exec.extension }),
  };
}

function execPlugin(raw: Raw, directory: string): ExecPlugin {
  const command = text(raw.command);
  return {
    apiVersion: text(raw.apiVersion),
    command: /[/\\]/.test(command) ? path.resolve(directory, command) : command,
    args: texts(raw.args),
    env: list(raw.env).map((variable) => ({ name: text(map(variable).name), value: text(map(variable).value) })),
    provideClusterInfo: raw.provideClusterInfo === true,
    ...filled(raw, { installHint: 'installHint', interactiveMode: 'interactiveMode' }),
  };
}

function impersonation(raw: Raw): Impersonation | undefined {
  const user = text(raw.as);
  const extra = Object.entries(map(raw['as-user-extra'])).map(([key, values]) => [key, texts(values)]);
  const groups = texts(raw['as-groups']);
  const empty = user === '' && groups.length === 0;
  return empty ? undefined : { user, groups, extra: Object.fromEntries(extra), ...filled(raw, { uid: 'as-uid' }) };
}

function userEntry(name: string, raw: Raw, directory: string): UserEntry {
  const files = filled(raw, { certFile: 'client-certificate', keyFile: 'client-key', tokenFile: 'tokenFile' });
  const absolute = Object.entries(files).map(([field, file]) => [field, located(directory, file)]);
  const provider = map(raw['auth-provider']);
  const impersonate = impersonation(raw);
  return {
    name,
    ...filled(raw, { certData: 'client-certificate-data', keyData: 'client-key-data' }),
    ...filled(raw, { token: 'token', username: 'username', password: 'password' }),
    ...Object.fromEntries(absolute),
    ...(isMap(raw.exec) && { exec: execPlugin(raw.exec, directory) }),
    ...(text(provider.name) && { authProvider: { name: text(provider.name), config: { ...map(provider.config) } } }),
    ...(impersonate && { impersonate }),
  };
}

const contextEntry = (name: string, raw: Raw): ContextEntry => ({
  name,
  cluster: text(raw.cluster),
  user: text(raw.user),
  ...filled(raw, { namespace: 'namespace' }),
});

/**
 * The entries of a kubeconfig, checked and named. The client library reads the same file, but drops `tokenFile`, `as-groups`
 * and incomplete entries.
 */
export function kubeconfigEntries(raw: Raw, directory: string): KubeconfigFile {
  return {
    clusters: entries(raw.clusters, 'cluster').map(({ name, body }) => clusterEntry(name, body, directory)),
    users: entries(raw.users, 'user').map(({ name, body }) => userEntry(name, body, directory)),
    contexts: entries(raw.contexts, 'context').map(({ name, body }) => contextEntry(name, body)),
    currentContext: text(raw['current-context']),
  };
}
