import { type IncomingMessage, ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { Trouble } from './faults.ts';

/** Does what the trouble says. True: the request is dealt with, and not passed on. */
export async function misbehave(
  trouble: Trouble | undefined,
  request: IncomingMessage,
  out: ServerResponse | Duplex,
): Promise<boolean> {
  switch (trouble?.kind) {
    case 'late':
      await pause(trouble.ms);
      return out.destroyed;
    case 'status':
      answer(out, trouble);
      request.resume();
      return true;
    case 'reset':
      request.socket.destroy();
      return true;
    case 'hang':
      return true;
    case 'endless':
      if (!(out instanceof ServerResponse)) return false;
      void goOn(out, trouble.pauseMs);
      return true;
    default:
      return false;
  }
}

function answer(out: ServerResponse | Duplex, { status, headers = {}, body = '' }: Trouble & { kind: 'status' }): void {
  if (out instanceof ServerResponse) {
    out.writeHead(status, headers).end(body);
    return;
  }
  const lines = Object.entries({ ...headers, 'content-length': String(Buffer.byteLength(body)), connection: 'close' });
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines.map(([name, value]) => `${name}: ${value}`)];
  out.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** Items without end, until nobody listens any more. */
async function goOn(response: ServerResponse, pauseMs: number): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"kind":"List","apiVersion":"v1","metadata":{},"items":[');
  const item = `${JSON.stringify({ metadata: { name: 'x'.repeat(60_000), namespace: 'none' } })},`;
  while (!response.destroyed) {
    if (!response.write(pauseMs > 0 ? item.slice(-200) : item)) {
      await Promise.race([new Promise((resolve) => response.once('drain', resolve)), pause(1000)]);
    }
    if (pauseMs > 0) await pause(pauseMs);
    else await new Promise((resolve) => setImmediate(resolve));
  }
}

/** The same list, by pages of that size. */
export function inPagesOf(url: string, size: number): string {
  const asked = new URL(url, 'https://any');
  if (asked.searchParams.has('limit')) asked.searchParams.set('limit', String(size));
  return asked.pathname + asked.search;
}
