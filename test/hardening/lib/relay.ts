import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createAuthority } from '../../support/certificate.ts';
import type { Fault, Trouble } from './faults.ts';
import { inPagesOf, misbehave } from './misbehave.ts';
import { requestTo, type Upstream, withoutCredentials } from './upstream.ts';

/** A request as it came, whatever became of it. */
export interface Asked {
  method: string;
  /** With its query. */
  url: string;
  /** Exec, attach, port-forward. */
  upgrade: boolean;
  /** Status of the answer; 0 while there is none. */
  status: number;
  token: string;
  /** What was sent with it, where it changes something. */
  body: string;
  /** Milliseconds since the relay started or was told to forget. */
  at: number;
}

/** Stands between svc-debug and the API server, writes down what is asked, and makes trouble. */
export interface Relay {
  readonly port: number;
  readonly seen: Asked[];
  /** A kubeconfig that leads here, for who has that token. */
  kubeconfig(token: string, host?: string): string;
  /** What goes wrong from now on; without argument nothing. What was seen is forgotten. */
  make(fault?: Fault): void;
  /** Presents a certificate that expired a minute ago, to new connections. */
  expire(): void;
  /** Cuts every connection. */
  cut(): void;
  /** Cuts every connection and refuses new ones, until it is opened again. */
  shut(): void;
  open(): Promise<void>;
  close(): void;
}

const HOSTS = ['127.0.0.1', 'localhost', 'api.hardening.test'];

const askedOf = ({ method = '', url = '', headers }: IncomingMessage, upgrade: boolean, began: number): Asked => ({
  method,
  url,
  upgrade,
  status: 0,
  token: (headers.authorization ?? '').replace(/^Bearer /, ''),
  body: '',
  at: performance.now() - began,
});

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });

/** Listens on loopback, over TLS with certificates of its own. */
export async function startRelay(administrator: Upstream): Promise<Relay> {
  const upstream = withoutCredentials(administrator);
  const authority = createAuthority('hardening');
  const seen: Asked[] = [];
  const sockets = new Set<Socket>();
  let began = performance.now();
  let fault: Fault = () => undefined;

  const take = (request: IncomingMessage, upgrade: boolean): { asked: Asked; trouble: Trouble | undefined } => {
    const asked = askedOf(request, upgrade, began);
    seen.push(asked);
    return { asked, trouble: fault(asked, seen.length - 1, relay) };
  };
  const server = createServer(authority.issue({ names: HOSTS }));
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
  });
  server.on('tlsClientError', () => undefined);
  server.on('request', async (request: IncomingMessage, response: ServerResponse) => {
    const { asked, trouble } = take(request, false);
    response.on('finish', () => {
      asked.status = response.statusCode;
    });
    if (!(await misbehave(trouble, request, response))) passOn(upstream, request, response, asked, trouble);
  });
  server.on('upgrade', async (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => undefined);
    const { asked, trouble } = take(request, true);
    if (await misbehave(trouble, request, socket)) return;
    passOnUpgrade(upstream, request, socket, head, asked, trouble);
  });
  const port = await listen(server, 0);
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const relay: Relay = {
    port,
    seen,
    kubeconfig: (token, host) => leadingTo(port, authority.cert, token, host),
    make: (next = () => undefined) => {
      fault = next;
      began = performance.now();
      seen.length = 0;
      server.setSecureContext(authority.issue({ names: HOSTS }));
    },
    expire: () => {
      const notAfter = new Date(Date.now() - 60_000);
      server.setSecureContext(authority.issue({ names: HOSTS, notAfter }));
    },
    cut,
    shut: () => {
      server.close();
      cut();
    },
    open: async () => {
      if (!server.listening) await listen(server, port);
    },
    close: () => {
      server.close();
      cut();
      upstream.agent.destroy();
    },
  };
  return relay;
}

function passOn(
  upstream: Upstream,
  request: IncomingMessage,
  response: ServerResponse,
  asked: Asked,
  trouble?: Trouble,
): void {
  const url = trouble?.kind === 'pages' ? inPagesOf(request.url ?? '/', trouble.size) : (request.url ?? '/');
  const onward = requestTo(upstream, request.method ?? 'GET', url, request.headers);
  onward.on('response', (reply: IncomingMessage) => {
    response.writeHead(reply.statusCode ?? 502, reply.headers);
    reply.on('error', () => response.destroy());
    reply.pipe(response);
  });
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy());
  request.on('data', (part: Buffer) => {
    asked.body += part.toString();
  });
  request.pipe(onward);
}

/** Exec, attach and port-forward: once the API server has agreed, bytes go both ways. */
function passOnUpgrade(
  upstream: Upstream,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  asked: Asked,
  trouble?: Trouble,
): void {
  const onward = requestTo(upstream, 'GET', request.url ?? '/', request.headers);
  onward.on('upgrade', (reply: IncomingMessage, other: Duplex, first: Buffer) => {
    asked.status = 101;
    socket.write(headOf(reply));
    socket.write(first);
    other.write(head);
    other.on('error', () => socket.destroy());
    socket.on('close', () => other.destroy());
    if (trouble?.kind === 'cut-stream') cutAfter(other, socket, trouble.bytes);
    other.pipe(socket).pipe(other);
  });
  onward.on('response', (reply: IncomingMessage) => {
    asked.status = reply.statusCode ?? 0;
    socket.write(headOf(reply));
    reply.pipe(socket);
  });
  onward.on('error', () => socket.destroy());
  onward.end();
}

/** The stream ends when so much has come of it. */
function cutAfter(from: Duplex, to: Duplex, bytes: number): void {
  let passed = 0;
  from.on('data', (chunk: Buffer) => {
    passed += chunk.length;
    if (passed >= bytes) setImmediate(() => to.destroy());
  });
}

const headOf = ({ statusCode, statusMessage, rawHeaders }: IncomingMessage): string => {
  const pairs = rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${rawHeaders[i + 1]}`] : []));
  return [`HTTP/1.1 ${statusCode} ${statusMessage}`, ...pairs, '', ''].join('\r\n');
};

const leadingTo = (port: number, ca: string, token: string, host = '127.0.0.1'): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'hardening',
        cluster: {
          server: `https://${host}:${port}`,
          'certificate-authority-data': Buffer.from(ca).toString('base64'),
        },
      },
    ],
    users: [{ name: 'hardening', user: { token } }],
    contexts: [{ name: 'hardening', context: { cluster: 'hardening', user: 'hardening' } }],
    'current-context': 'hardening',
  });
