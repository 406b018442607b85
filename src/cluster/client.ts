import { setMaxListeners } from 'node:events';
import type { Cluster } from '../model/cluster.ts';
import { credentialSource } from './credentials.ts';
import { execInPod } from './exec.ts';
import { forwardToPod } from './forward.ts';
import type { LoadedKubeconfig } from './kubeconfig.ts';
import { reads } from './reads.ts';
import { withoutUserInfo } from './route.ts';
import type { Transport } from './transport.ts';
import { writes } from './writes.ts';

export interface ConnectOptions {
  /** For one answer, retries included, in ms. Default 10,000. */
  timeoutMs?: number;
  /** For a credential plugin or an OIDC provider, in ms. Default 30,000. */
  pluginTimeoutMs?: number;
  /** Pauses before each further attempt of a read, in ms. Default 100 and 400. */
  retryDelaysMs?: readonly number[];
  /** Largest body that is read. Default 64 MiB. */
  maxBytes?: number;
}

const DEFAULTS = { timeoutMs: 10_000, pluginTimeoutMs: 30_000, retryDelaysMs: [100, 400], maxBytes: 64 << 20 };

/** Every open question listens to it; Node would warn of a leak at eleven. */
function listenedTo(signal: AbortSignal): AbortSignal {
  setMaxListeners(0, signal);
  return signal;
}

function view(
  loaded: LoadedKubeconfig,
  transport: Transport,
  close: () => void,
  signals: readonly AbortSignal[],
): Cluster {
  const caller = { transport, signals };
  const { context, server, namespace } = loaded;
  return {
    context,
    server,
    namespace,
    ...reads(caller),
    ...writes(caller),
    exec: (pod, query) => execInPod(transport, pod, query, signals),
    forward: (pod, query) => forwardToPod(transport, pod, query, signals),
    within: (signal) => view(loaded, transport, close, [...signals, listenedTo(signal)]),
    requests: transport.requests,
    close,
  };
}

/**
 * The cluster of a kubeconfig. Nothing is sent before the first question; credentials are looked up once, however many
 * questions are asked at once. After `close()` every open question ends as `cancelled`.
 */
export function connectCluster(loaded: LoadedKubeconfig, options: ConnectOptions = {}): Cluster {
  const { pluginTimeoutMs, ...settings } = { ...DEFAULTS, ...options };
  const closing = new AbortController();
  listenedTo(closing.signal);
  const credentials = credentialSource(loaded, { pluginTimeoutMs, closing: closing.signal });
  const { server, cluster } = loaded;
  const proxy = cluster.proxyUrl && withoutUserInfo(new URL(cluster.proxyUrl));
  const transport = { ...settings, server, proxy, credentials, requests: [], closing: closing.signal };
  const close = () => {
    closing.abort();
    credentials.close();
  };
  return view(loaded, transport, close, []);
}
