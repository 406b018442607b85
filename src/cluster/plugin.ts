import { spawn } from 'node:child_process';
import { type Fact, known, type Obstacle, unknown } from '../model/fact.ts';
import { pemFault } from './keyMaterial.ts';
import type { ClusterEntry, ExecPlugin } from './kubeconfigEntries.ts';
import { redact } from './redact.ts';

/** What a credential plugin issued. Certificate and key are PEM. */
export interface IssuedCredential {
  token?: string;
  cert?: string;
  key?: string;
  /** Milliseconds of the epoch. */
  expiresAt?: number;
}

interface Ended {
  /** Null when a signal ended it. */
  code: number | null;
  stdout: string;
  stderr: string;
}

type Run = { ok: true; ended: Ended } | { ok: false; error: NodeJS.ErrnoException } | { ok: false; timedOut: true };

export interface PluginOptions {
  cluster: ClusterEntry;
  env: NodeJS.ProcessEnv;
  timeoutMs: number;
  /** Ends the plugin when the connection is closed. */
  signal: AbortSignal;
}

const MAX_OUTPUT = 1 << 20;

/** `KUBERNETES_EXEC_INFO`, see https://kubernetes.io/docs/reference/config-api/client-authentication.v1/ */
function execInfo({ apiVersion, provideClusterInfo }: ExecPlugin, cluster: ClusterEntry): string {
  const about = {
    server: cluster.server,
    ...(cluster.tlsServerName && { 'tls-server-name': cluster.tlsServerName }),
    ...(cluster.skipTLSVerify && { 'insecure-skip-tls-verify': true }),
    ...(cluster.caData && { 'certificate-authority-data': cluster.caData }),
    ...(cluster.proxyUrl && { 'proxy-url': cluster.proxyUrl }),
    config: cluster.execConfig ?? null,
  };
  const spec = { ...(provideClusterInfo && { cluster: about }), interactive: false };
  return JSON.stringify({ kind: 'ExecCredential', apiVersion, spec });
}

function run(plugin: ExecPlugin, { cluster, env, timeoutMs, signal }: PluginOptions): Promise<Run> {
  return new Promise((resolve) => {
    const own = Object.fromEntries(plugin.env.map(({ name, value }) => [name, value]));
    const output = { stdout: '', stderr: '' };
    const child = spawn(plugin.command, plugin.args, {
      env: { ...env, ...own, KUBERNETES_EXEC_INFO: execInfo(plugin, cluster) },
      stdio: ['ignore', 'pipe', 'pipe'], // a plugin that asks for a password meets the end of its input, and ends
      windowsHide: true,
    });
    const settle = (result: Run) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      resolve(result);
    };
    const stop = () => {
      child.kill('SIGKILL');
      for (const pipe of [child.stdout, child.stderr]) pipe.destroy(); // held open by what the plugin has started
      child.unref();
      settle({ ok: false, timedOut: true });
    };
    const timer = setTimeout(stop, timeoutMs);
    signal.addEventListener('abort', stop, { once: true });
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8');
      child[name].on('data', (text: string) => {
        if (output[name].length < MAX_OUTPUT) output[name] += text;
      });
    }
    child.on('error', (error) => settle({ ok: false, error }));
    child.on('close', (code) => settle({ ok: true, ended: { code, ...output } }));
  });
}

function issued(stdout: string): IssuedCredential | undefined {
  try {
    const { status } = JSON.parse(stdout) as { status?: Record<string, unknown> };
    const text = (field: string) => (typeof status?.[field] === 'string' ? (status[field] as string) : '');
    const [token, cert, key] = [text('token'), text('clientCertificateData'), text('clientKeyData')];
    const expiresAt = Date.parse(text('expirationTimestamp'));
    if (!token && !(cert && key)) return undefined;
    return { ...(token && { token }), ...(cert && { cert, key }), ...(!Number.isNaN(expiresAt) && { expiresAt }) };
  } catch {
    return undefined;
  }
}

/**
 * Runs the credential plugin of a kubeconfig once. It gets no terminal: what needs one has to be logged in beforehand.
 * Its trouble is an `unauthorized` obstacle that names the command.
 * Source: client-go, `plugin/pkg/client/auth/exec`.
 */
export async function runPlugin(plugin: ExecPlugin, options: PluginOptions): Promise<Fact<IssuedCredential>> {
  const refuse = (message: string): { known: false; obstacle: Obstacle } =>
    unknown({ kind: 'unauthorized', plugin: plugin.command, message: redact(message) });
  if (!plugin.command) return refuse('the kubeconfig names no command');
  if (plugin.interactiveMode === 'Always') return refuse('it needs a terminal to log in');
  const result = await run(plugin, options).catch((error: Error): Run => ({ ok: false, error }));
  if (!result.ok) {
    if ('timedOut' in result) return refuse(`it gave no answer within ${options.timeoutMs / 1000} s`);
    const missing = result.error.code === 'ENOENT';
    const reason = missing ? 'executable not found' : `it cannot be run: ${result.error.code ?? result.error.message}`;
    return refuse(missing && plugin.installHint ? `${reason}. ${plugin.installHint}` : reason);
  }
  const { code, stdout, stderr } = result.ended;
  if (code !== 0) return refuse(stderr.trim().slice(-800) || `it failed with exit code ${code ?? 'none'}`);
  const credential = issued(stdout);
  if (!credential) return refuse('its answer holds no credential');
  const fault = pemFault(credential);
  return fault ? refuse(`its certificate cannot be used: ${fault}`) : known(credential);
}
