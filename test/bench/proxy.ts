import { createServer, type IncomingMessage, request as overHttp, type Server, type ServerResponse } from 'node:http';
import { Agent, request as overHttps, type RequestOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { KubeConfig } from '@kubernetes/client-node';

/** Stands between a program and the API server, counts what is asked, and makes it slow. */
export interface ApiProxy {
  /** A kubeconfig that leads here, as text. It needs no credentials: the proxy has them. */
  kubeconfig: string;
  /** Every request since `forget`, as `METHOD /path`; a retry is one more. */
  seen: string[];
  forget(): void;
  /** Milliseconds that every request waits before it is passed on. */
  delayMs: number;
  close(): void;
}

/** Listens on loopback, for the API server of a kubeconfig. */
export async function apiProxy(kubeconfig: string): Promise<ApiProxy> {
  const upstream = await upstreamOf(kubeconfig);
  const proxy = { kubeconfig: '', seen: [] as string[], delayMs: 0 };
  const take = async (request: IncomingMessage) => {
    proxy.seen.push(`${request.method} ${request.url}`);
    if (proxy.delayMs > 0) await pause(proxy.delayMs);
  };
  const server = createServer(async (request, response) => {
    await take(request);
    passOn(upstream, request, response);
  });
  server.on('upgrade', async (request, socket, head) => {
    socket.on('error', () => undefined);
    await take(request);
    passOnUpgrade(upstream, request, socket, head);
  });
  proxy.kubeconfig = leadingTo(await listen(server));
  return Object.assign(proxy, {
    forget: () => {
      proxy.seen.length = 0;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
      upstream.agent.destroy();
    },
  });
}

interface Upstream {
  url: URL;
  /** Certificates and tokens. */
  options: RequestOptions;
  agent: Agent;
}

async function upstreamOf(kubeconfig: string): Promise<Upstream> {
  const kc = new KubeConfig();
  kc.loadFromString(kubeconfig);
  const options: RequestOptions = {};
  await kc.applyToHTTPSOptions(options);
  const { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername } = options;
  const agent = new Agent({ ca, cert, key, pfx, passphrase, rejectUnauthorized, servername, keepAlive: true });
  return { url: new URL(kc.getCurrentCluster()?.server ?? ''), options, agent };
}

/** The same request, to the API server. */
function forwarded({ url, options, agent }: Upstream, request: IncomingMessage) {
  const target = new URL(request.url ?? '/', url);
  const secure = url.protocol === 'https:';
  const headers = { ...request.headers, ...(options.headers as Record<string, string>), host: url.host };
  return (secure ? overHttps : overHttp)(target, {
    method: request.method ?? 'GET',
    headers,
    ...(secure && { agent }),
  });
}

function passOn(upstream: Upstream, request: IncomingMessage, response: ServerResponse): void {
  const onward = forwarded(upstream, request);
  onward.on('response', (reply) => {
    response.writeHead(reply.statusCode ?? 502, reply.headers);
    reply.on('error', () => response.destroy());
    reply.pipe(response);
  });
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}

/** Exec, attach and port-forward: once the API server has agreed, bytes go both ways. */
function passOnUpgrade(upstream: Upstream, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const onward = forwarded(upstream, request);
  onward.on('upgrade', (reply, other, first) => {
    socket.write(headOf(reply));
    socket.write(first);
    other.write(head);
    other.on('error', () => socket.destroy());
    socket.on('close', () => other.destroy());
    other.pipe(socket).pipe(other);
  });
  onward.on('response', (reply) => {
    socket.write(headOf(reply));
    reply.pipe(socket);
  });
  onward.on('error', () => socket.destroy());
  onward.end();
}

const headOf = ({ statusCode, statusMessage, rawHeaders }: IncomingMessage): string => {
  const pairs = rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${rawHeaders[i + 1]}`] : []));
  return [`HTTP/1.1 ${statusCode} ${statusMessage}`, ...pairs, '', ''].join('\r\n');
};

const listen = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });

const leadingTo = (port: number): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'bench', cluster: { server: `http://127.0.0.1:${port}` } }],
    users: [{ name: 'bench', user: {} }],
    contexts: [{ name: 'bench', context: { cluster: 'bench', user: 'bench' } }],
    'current-context': 'bench',
  });
