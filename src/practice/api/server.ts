import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { World } from '../cluster/world.ts';
import type { Pod } from '../objects.ts';
import { selfSigned } from './certificate.ts';
import { ApiError, notSimulated, statusOf } from './errors.ts';
import { serveExec } from './execStream.ts';
import { serveForward } from './forward.ts';
import { handle } from './handle.ts';
import { read } from './objects.ts';
import { type ApiRequest, authorize, type Denial, targetOf } from './request.ts';
import type { StreamRequest } from './upgrade.ts';

export interface ServerSettings {
  world: World;
  denials: readonly Denial[];
  /** 0: any that is free. */
  port: number;
  now: number;
  /** Called with each request that could not be answered well. */
  log(line: string): void;
  pause?: ((milliseconds: number) => Promise<void>) | undefined;
}

export interface ApiServer {
  url: string;
  token: string;
  /** PEM. */
  certificate: string;
  close(): Promise<void>;
}

const MOST_BYTES = 4 << 20;

/** Serves the API of a world on the loopback interface. Rejects with EADDRINUSE where the port is taken. */
export async function serveApi(settings: ServerSettings): Promise<ApiServer> {
  const { cert, key } = selfSigned(settings.now);
  const token = randomBytes(24).toString('base64url');
  const server = createServer({ cert, key }, (request, response) => void answer(settings, token, request, response));
  const sockets = new Set<Duplex>();
  server.on('secureConnection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
  });
  server.on('upgrade', (request, socket: Duplex, head: Buffer) => void stream(settings, token, request, socket, head));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    token,
    certificate: cert,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function authenticate({ headers }: IncomingMessage, token: string): void {
  const given = Buffer.from(headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
    throw new ApiError(401, 'Unauthorized', 'Unauthorized');
}

async function answer(
  settings: ServerSettings,
  token: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'https://localhost');
  const reply = (code: number, body: unknown) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    response.writeHead(code, {
      'content-type': typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json',
    });
    response.end(text);
  };
  try {
    authenticate(request, token);
    const { method = 'GET', headers } = request;
    const asked: ApiRequest = {
      method,
      path: url.pathname,
      query: url.searchParams,
      headers,
      body: await bodyOf(request),
    };
    const { code, body } = await handle(settings.world, settings.denials, asked);
    reply(code, body);
    if (code >= 400) settings.log(`${code} ${method} ${request.url}`);
  } catch (error) {
    const told = asApiError(error);
    settings.log(`${told.code} ${request.method} ${request.url}: ${told.message}`);
    reply(told.code, statusOf(told));
  }
}

const asApiError = (error: unknown): ApiError =>
  error instanceof ApiError
    ? error
    : new ApiError(500, 'InternalError', `a defect of the practice cluster: ${(error as Error).stack}`);

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MOST_BYTES) throw new ApiError(413, 'RequestEntityTooLarge', `limit is ${MOST_BYTES}`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

/** Exec and port-forward. What fails before the connection is open is answered as any request is. */
async function stream(
  settings: ServerSettings,
  token: string,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  const { pathname: path, searchParams: query } = new URL(request.url ?? '/', 'https://localhost');
  const asked: StreamRequest = { request, socket, head, query, isOpen: false, pause: settings.pause };
  try {
    authenticate(request, token);
    await serve(settings, path, asked);
  } catch (error) {
    const told = asApiError(error);
    settings.log(`${told.code} ${request.method} ${path}: ${told.message}`);
    if (asked.isOpen) socket.destroy();
    else socket.end(httpText(told));
  }
}

/** @throws ApiError */
async function serve({ world, denials }: ServerSettings, path: string, asked: StreamRequest): Promise<void> {
  const target = targetOf(path);
  if (target?.resource.plural !== 'pods' || target.name === undefined) throw notSimulated(`an upgrade of ${path}`);
  authorize(denials, 'create', target);
  await world.catchUp();
  const pod = read(world, { ...target, name: target.name }) as Pod;
  if (target.subresource === 'exec') await serveExec(world, pod, asked);
  else if (target.subresource === 'portforward') await serveForward(world, pod, asked);
  else throw notSimulated(`pods/${target.subresource}`);
}

function httpText(error: ApiError): string {
  const body = JSON.stringify(statusOf(error));
  const length = Buffer.byteLength(body);
  const head = `content-type: application/json\r\ncontent-length: ${length}\r\nconnection: close`;
  return `HTTP/1.1 ${error.code} ${error.reason}\r\n${head}\r\n\r\n${body}`;
}
