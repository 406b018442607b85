import type { Attempt } from '../model/probe.ts';
import { clean, firstMatch, linesOf } from './text.ts';

/** The first bytes of a TLS record: handshake (22) or alert (21), then the major version (RFC 8446, 5.1). */
const TLS_RECORD = /^[\u0015\u0016]\u0003/;

/** What servers answer in plain HTTP on a TLS port: nginx, Go, Apache, Tomcat. */
const HTTP_ON_TLS_PORT =
  /plain HTTP request was sent to HTTPS port|HTTP request to an HTTPS server|speaking plain HTTP to an SSL|requires TLS/i;

/** The body of a chunked message as far as it came; anything else unchanged. */
function dechunked(body: string): string {
  let rest = body;
  let whole = '';
  for (;;) {
    const size = /^([0-9a-f]{1,8})(?:;[^\n]*)?\r?\n/i.exec(rest);
    if (!size) return whole === '' ? body : whole;
    const length = Number.parseInt(size[1]!, 16);
    if (length === 0) return whole;
    whole += rest.slice(size[0].length, size[0].length + length);
    rest = rest.slice(size[0].length + length).replace(/^\r?\n/, '');
    if (rest === '') return whole;
  }
}

/** Status, Location and the start of the body. The first status counts: what a redirect leads to is another matter. */
export type Spoken = Pick<Attempt, 'httpStatus' | 'spoke' | 'location' | 'body'>;

export function parseHead(head: readonly string[]): Spoken & { chunked: boolean } {
  const status = firstMatch(head, /^\s*HTTP\/\d(?:\.\d)? (\d{3})\b/);
  const location = firstMatch(head, /^\s*location:\s*(\S+)/i);
  return {
    ...(status !== undefined && { httpStatus: Number(status) }),
    ...(location !== undefined && { location: clean(location) }),
    chunked: head.some((line) => /^\s*transfer-encoding:\s*chunked/i.test(line)),
  };
}

export function bodyOf(text: string): Pick<Attempt, 'body' | 'spoke'> {
  const body = clean(text);
  return { ...(body !== '' && { body }), ...(HTTP_ON_TLS_PORT.test(text) && { spoke: 'tls' as const }) };
}

/** The raw bytes, decoded, that an HTTP/1.1 request brought back; possibly cut short. */
export function parseHttpResponse(text: string): Spoken {
  if (TLS_RECORD.test(text)) return { spoke: 'tls' };
  if (!text.startsWith('HTTP/')) return { spoke: 'not-http', ...bodyOf(text) };
  const end = /\r?\n\r?\n/.exec(text);
  const { chunked, ...spoken } = parseHead(linesOf(text.slice(0, end?.index)));
  const rest = end ? text.slice(end.index + end[0].length) : '';
  return { ...spoken, ...bodyOf(chunked ? dechunked(rest) : rest) };
}

/** What came back for a TLS ClientHello. An alert is an answer in TLS, too. */
export function parseHelloResponse(text: string): Spoken {
  return TLS_RECORD.test(text) ? {} : { spoke: 'not-tls', ...bodyOf(text) };
}
