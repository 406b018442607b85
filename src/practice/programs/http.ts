import { SystemError } from '../machine/channel.ts';
import type { Task } from '../machine/task.ts';
import type { Socket } from '../network/socket.ts';

export interface HttpRequest {
  method: string;
  /** Without query. */
  path: string;
  query: URLSearchParams;
  /** Path and query, as sent. */
  target: string;
  client: string;
}

export interface HttpResponse {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

const REASONS: Record<number, string> = {
  200: 'OK',
  204: 'No Content',
  301: 'Moved Permanently',
  302: 'Found',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
};

export type Handler = (request: HttpRequest) => HttpResponse | undefined;

/**
 * Answers HTTP/1.1, one request a connection; anything else gets a 400: after its first line, as Go's net/http and busybox
 * read it, or at its first byte with `strict`, as nginx does. @throws SystemError when the port is taken
 */
export function serveHttp(task: Task, address: string, port: number, handler: Handler, strict = false): void {
  const accept = async (socket: Socket) => {
    let head = '';
    while (!/\r?\n\r?\n/.test(head)) {
      const text = await socket.read();
      if (text === null) return socket.finish();
      head += text;
      if (!/^[\t\r\n -~]/.test(head) && (strict || head.includes('\n'))) break;
    }
    const [, method, target] = /^([A-Z]+) (\S+) HTTP\/1/.exec(head) ?? [];
    if (method === undefined || target === undefined)
      socket.write(text({ status: 400, body: '400 Bad Request' }, task));
    else {
      const url = new URL(target, 'http://localhost');
      const request = { method, target, path: url.pathname, query: url.searchParams, client: socket.peer };
      const response = handler(request);
      if (response === undefined) return;
      socket.write(text(method === 'HEAD' ? { ...response, body: '' } : response, task));
    }
    socket.finish();
  };
  if (!task.container.place.listen({ protocol: 'TCP', address, port, task, accept })) {
    throw new SystemError(`bind: Address already in use`);
  }
}

function text({ status, headers = {}, body = '' }: HttpResponse, { clock }: Task): string {
  const all = { Date: new Date(clock.now).toUTCString(), 'Content-Type': 'text/plain; charset=utf-8', ...headers };
  const lines = Object.entries({ ...all, 'Content-Length': String(body.length), Connection: 'close' }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return `HTTP/1.1 ${status} ${REASONS[status] ?? 'Unknown'}\r\n${lines.join('')}\r\n${body}`;
}

/** How a request ended. `reset` and `closed`: after the connection was open, without an answer. */
export type Fetched =
  | { end: 'answer'; status: number; statusLine: string; headers: [string, string][]; body: string }
  | { end: 'refused' | 'timeout' | 'no-answer' | 'reset' | 'closed' | 'not-http'; received?: string };

export interface FetchOptions {
  address: string;
  port: number;
  host: string;
  target: string;
  limitMs: number;
  /** For messages in between. */
  connected?: () => void;
}

/** The proxy that the environment names for plain HTTP, as curl and wget read it; `direct`: whether NO_PROXY counts. */
export function proxyFor(env: Record<string, string>, host: string, direct: boolean): URL | undefined {
  const named = env.http_proxy ?? env.all_proxy;
  const exceptions = direct ? (env.no_proxy ?? env.NO_PROXY ?? '').split(/[\s,]+/).filter(Boolean) : [];
  if (!named || exceptions.some((end) => host === end || host.endsWith(`.${end.replace(/^\./, '')}`))) return undefined;
  const url = named.includes('://') ? named : `http://${named}`;
  return URL.canParse(url) ? new URL(url) : undefined;
}

/** One GET request. `no-answer`: opened, and silent until the limit. */
export async function fetchHttp(
  task: Task,
  { address, port, host, target, limitMs, connected }: FetchOptions,
): Promise<Fetched> {
  const socket = await task.container.network.connect(task, address, port, limitMs);
  if (typeof socket === 'string') return { end: socket };
  connected?.();
  socket.write(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  let received = '';
  try {
    for (;;) {
      const text = await task.within(limitMs, socket.read());
      if (text === undefined) return { end: 'no-answer', received };
      if (text === null) break;
      received += text;
    }
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    return { end: 'reset', received };
  } finally {
    socket.finish();
  }
  if (received === '') return { end: 'closed' };
  const [, statusLine, status, head = '', body = ''] =
    /^(HTTP\/1\.[01] (\d{3})[^\r\n]*)\r?\n(.*?)\r?\n\r?\n(.*)$/s.exec(received) ?? [];
  if (statusLine === undefined) return { end: 'not-http', received };
  const headers = head.split(/\r?\n/).map((line): [string, string] => {
    const [name = '', ...value] = line.split(': ');
    return [name, value.join(': ')];
  });
  return { end: 'answer', status: Number(status), statusLine, headers, body };
}
