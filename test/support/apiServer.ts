import http from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Answer, failure, type Seen } from './apiAnswers.ts';
import { type Certificate, createAuthority } from './certificate.ts';

export * from './apiAnswers.ts';

/** The server's side of an exec or a port-forward. */
export interface Session {
  socket: WebSocket;
  /** The connection below, to be cut. */
  raw: Duplex;
  seen: Seen;
  send(channel: number, text: string | Buffer): void;
  /** Everything the client sent on a channel so far. */
  received(channel: number): string;
  onReceived(listener: (channel: number, payload: Buffer) => void): void;
  close(code?: number): void;
}

type Upgrade = ((session: Session) => void) | { refuse: Answer } | { hang: true };

export interface ApiServerOptions {
  plainHttp?: boolean;
  certificate?: Certificate;
  ca?: string;
  /** Ask the client for a certificate, of this authority. */
  clientCa?: string;
  protocols?: string[];
}

const framed = (channel: number, payload: string | Buffer) =>
  Buffer.concat([Buffer.of(channel), Buffer.from(payload as string)]);

function sessionOf(socket: WebSocket, raw: Duplex, seen: Seen): Session {
  const received = new Map<number, Buffer>();
  const listeners: ((channel: number, payload: Buffer) => void)[] = [];
  socket.on('message', (data: Buffer) => {
    const channel = data[0] ?? 0;
    const payload = data.subarray(1);
    received.set(channel, Buffer.concat([received.get(channel) ?? Buffer.alloc(0), payload]));
    for (const listener of listeners) listener(channel, payload);
  });
  return {
    socket,
    raw,
    seen,
    send: (channel, payload) => socket.send(framed(channel, payload)),
    received: (channel) => received.get(channel)?.toString() ?? '',
    onReceived: (listener) => listeners.push(listener),
    close: (code = 1000) => socket.close(code),
  };
}

const key = (method: string, path: string) => `${method} ${path}`;

/** An HTTPS and WebSocket server on loopback that answers as a test tells it to; a 404 Status where it was told nothing. */
export class ApiServer {
  readonly requests: Seen[] = [];
  readonly ca: string;
  connections = 0;
  readonly #answers = new Map<string, Answer>();
  readonly #upgrades = new Map<string, Upgrade>();
  readonly #server: http.Server;
  readonly #sockets = new Set<Socket>();
  readonly #plain: boolean;

  constructor(server: http.Server, { plainHttp = false, ca = '', protocols }: ApiServerOptions) {
    this.#server = server;
    this.#plain = plainHttp;
    this.ca = ca;
    const offered = protocols ?? ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
    const sockets = new WebSocketServer({
      noServer: true,
      handleProtocols: (asked) => offered.find((protocol) => asked.has(protocol)) ?? false,
    });
    server.on('connection', (socket) => {
      this.connections++;
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    server.on('request', (request, response) => this.#answer(request, response));
    server.on('upgrade', (request, raw, head) => this.#upgrade(sockets, request, raw, head));
  }

  /** What a request is answered with; the path is without query. Told again, the last word counts. */
  on(method: string, path: string, answer: Answer) {
    this.#answers.set(key(method, path), answer);
  }

  onUpgrade(path: string, upgrade: Upgrade) {
    this.#upgrades.set(path, upgrade);
  }

  get port() {
    return (this.#server.address() as AddressInfo).port;
  }

  get url() {
    return `${this.#plain ? 'http' : 'https'}://127.0.0.1:${this.port}`;
  }

  /** A kubeconfig for it, as text. */
  kubeconfig({ user = { token: 'test-token' }, cluster = {} }: { user?: object; cluster?: object } = {}): string {
    const authority = this.ca ? { 'certificate-authority-data': Buffer.from(this.ca).toString('base64') } : {};
    return JSON.stringify({
      clusters: [{ name: 'c', cluster: { server: this.url, ...authority, ...cluster } }],
      users: [{ name: 'u', user }],
      contexts: [{ name: 'test', context: { cluster: 'c', user: 'u', namespace: 'shop' } }],
      'current-context': 'test',
    });
  }

  async close() {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #seen(request: http.IncomingMessage, body: string): Seen {
    const url = new URL(request.url ?? '/', this.url);
    const seen = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body,
    };
    this.requests.push(seen);
    return seen;
  }

  #answer(request: http.IncomingMessage, response: http.ServerResponse) {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const seen = this.#seen(request, Buffer.concat(chunks).toString());
      const answer =
        this.#answers.get(key(seen.method, seen.path)) ?? failure(404, 'NotFound', `${seen.path} not found`);
      answer(response, seen);
    });
  }

  #upgrade(sockets: WebSocketServer, request: http.IncomingMessage, raw: Duplex, head: Buffer) {
    const seen = this.#seen(request, '');
    const upgrade = this.#upgrades.get(seen.path) ?? { refuse: failure(404, 'NotFound', `${seen.path} not found`) };
    if ('hang' in upgrade) return;
    if ('refuse' in upgrade) {
      const response = new http.ServerResponse(request);
      response.assignSocket(raw as Socket);
      return upgrade.refuse(response, seen);
    }
    sockets.handleUpgrade(request, raw, head, (socket) => upgrade(sessionOf(socket, raw, seen)));
  }
}

/** Starts one. Over TLS with a certificate of its own making, unless told otherwise. */
export async function startApiServer(options: ApiServerOptions = {}): Promise<ApiServer> {
  const authority = createAuthority();
  const { plainHttp, certificate = authority.issue(), ca = authority.cert, clientCa } = options;
  const client = clientCa ? { ca: clientCa, requestCert: true, rejectUnauthorized: false } : {};
  const server = plainHttp ? http.createServer() : https.createServer({ ...certificate, ...client });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return new ApiServer(server, { ...options, ca: plainHttp ? '' : ca });
}
