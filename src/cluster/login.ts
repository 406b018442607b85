import { readFile } from 'node:fs/promises';
import type http from 'node:http';
import type https from 'node:https';
import { type Fact, known, unknown } from '../model/fact.ts';
import type { LoadedKubeconfig } from './kubeconfig.ts';
import type { Impersonation, UserEntry } from './kubeconfigEntries.ts';
import { type IssuedCredential, runPlugin } from './plugin.ts';
import { redact } from './redact.ts';
import { systemAuthorities } from './trust.ts';

export interface LoginOptions {
  /** For a credential plugin, or an OIDC provider. */
  pluginTimeoutMs: number;
  /** Ends a plugin that is at work. */
  closing: AbortSignal;
}

export interface Login {
  agent: http.Agent;
  headers: http.OutgoingHttpHeaders;
  /** Values that no message may contain. */
  secrets: readonly string[];
  /** Milliseconds of the epoch; Infinity when nothing says so. */
  expiresAt: number;
  /** Differs where connections made with another login must not be used again. */
  identity: string;
}

/** A connection that nobody used for so long may be dead: load balancers forget theirs after 60 s and more. */
const IDLE_MS = 30_000;
/** client-go reads a token file again after this time: `transport.NewCachedFileTokenSource`. */
const TOKEN_FILE_MS = 60_000;
/** Removed from kubectl in 1.26; the library would run their command without a time limit. */
const REMOVED_PROVIDERS: Record<string, string> = { gcp: 'gke-gcloud-auth-plugin', azure: 'kubelogin' };

const unauthorized = (message: string, plugin?: string) =>
  unknown({ kind: 'unauthorized', message, ...(plugin !== undefined && { plugin }) });

function impersonationHeaders({ user, uid, groups, extra }: Impersonation): http.OutgoingHttpHeaders {
  const extras = Object.entries(extra).map(([key, values]) => [`Impersonate-Extra-${encodeURIComponent(key)}`, values]);
  return {
    'Impersonate-User': user,
    ...(uid && { 'Impersonate-Uid': uid }),
    ...(groups.length > 0 && { 'Impersonate-Group': groups }),
    ...Object.fromEntries(extras),
  };
}

/** What the user entry yields beside what the library understands. */
async function issue(loaded: LoadedKubeconfig, options: LoginOptions): Promise<Fact<IssuedCredential>> {
  const { user, cluster, env } = loaded;
  if (user.tokenFile) {
    const token = await readFile(user.tokenFile, 'utf8').catch(() => undefined);
    if (token === undefined) return unauthorized(`cannot read the token file ${user.tokenFile}`);
    return known({ token: token.trim(), expiresAt: Date.now() + TOKEN_FILE_MS });
  }
  const replacement = REMOVED_PROVIDERS[user.authProvider?.name ?? ''];
  if (replacement)
    return unauthorized(`kubectl knows it no more; ${replacement} took its place`, user.authProvider?.name);
  if (!user.exec || user.token || user.username) return known({});
  return runPlugin(user.exec, { cluster, env, timeoutMs: options.pluginTimeoutMs, signal: options.closing });
}

/** The library's part: TLS options, proxy agent, OIDC. It knows no time limit. */
async function applied(loaded: LoadedKubeconfig, { cert, key }: IssuedCredential, limitMs: number) {
  const request: https.RequestOptions = { headers: {}, ...(cert && { cert, key }) };
  const { caData, skipTLSVerify, proxyUrl } = loaded.cluster;
  const ca = caData || skipTLSVerify ? undefined : await systemAuthorities(loaded.env);
  if (ca) request.ca = ca;
  if (!proxyUrl?.startsWith('socks')) request.timeout = IDLE_MS;
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limitMs / 1000} s`)), limitMs);
  });
  await Promise.race([loaded.kc.applyToHTTPSOptions(request), tooLate]).finally(() => clearTimeout(timer));
  return request;
}

function authorizationOf(
  { token, username, password = '' }: UserEntry,
  issued: string | undefined,
): string | undefined {
  const bearer = issued ?? token;
  if (bearer) return `Bearer ${bearer}`;
  return username ? `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` : undefined;
}

/** Finds out what the requests have to carry, by file, plugin or login provider. Trouble is an `unauthorized` obstacle. */
export async function logIn(loaded: LoadedKubeconfig, options: LoginOptions): Promise<Fact<Login>> {
  const { user } = loaded;
  const provider = user.authProvider?.name;
  const credential = await issue(loaded, options);
  if (!credential.known) return credential;
  const { token, cert = '', expiresAt = Number.POSITIVE_INFINITY } = credential.value;
  let request: https.RequestOptions;
  try {
    request = await applied(loaded, credential.value, options.pluginTimeoutMs);
  } catch (error) {
    return unauthorized(redact((error as Error).message), provider ?? user.exec?.command);
  }
  const authorization = authorizationOf(user, token);
  const headers: http.OutgoingHttpHeaders = {
    ...(request.headers as http.OutgoingHttpHeaders),
    ...(authorization && { Authorization: authorization }),
    ...(user.impersonate && impersonationHeaders(user.impersonate)),
  };
  if (provider === 'oidc' && !headers.Authorization) return unauthorized('the login has expired', provider);
  const sent = String(headers.Authorization ?? '').replace(/^\w+ /, '');
  return known({
    agent: request.agent as http.Agent,
    headers,
    secrets: [sent, user.password ?? ''],
    expiresAt,
    identity: cert,
  });
}
