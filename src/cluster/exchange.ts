import http from 'node:http';
import https from 'node:https';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

/** What came back over HTTP, whatever the status. */
export interface Reply {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
}

/** Why nothing (or not all) came back. `code` is Node's; `TOO_LARGE`: the body went over the cap. */
export interface Failure {
  code?: string;
  message: string;
}

export type Exchanged = { reply: Reply } | { failure: Failure };

export interface ExchangeOptions {
  url: URL;
  method: string;
  headers: http.OutgoingHttpHeaders;
  agent: http.Agent;
  body?: string;
  signal: AbortSignal;
  /** Of the body, after decompression. */
  maxBytes: number;
}

export const TOO_LARGE = 'TOO_LARGE';

/** Codes of a body that broke off; Node names the same event differently depending on when it happened. */
const BROKEN_OFF = new Set(['ERR_STREAM_PREMATURE_CLOSE', 'Z_BUF_ERROR', 'ABORT_ERR']);

/** Any error as data. An AggregateError (several addresses tried) has its words in its parts. */
export function failureOf(error: unknown): Failure {
  const { message, code, errors } = error as NodeJS.ErrnoException & { errors?: Error[] };
  const words = message || (errors ?? []).map((part) => part.message).join('; ') || 'connection failed';
  const known = code !== undefined && BROKEN_OFF.has(code) ? 'ECONNRESET' : code;
  return { message: words, ...(known !== undefined && { code: known }) };
}

/** Reads a body, gunzipped where the server chose to compress it. Throws when it breaks off or is too large. */
export async function readBody(response: http.IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  const collect = async (source: AsyncIterable<Buffer>) => {
    for await (const chunk of source) {
      size += chunk.length;
      if (size > maxBytes) throw Object.assign(new Error(`the answer exceeds ${maxBytes} bytes`), { code: TOO_LARGE });
      chunks.push(chunk);
    }
  };
  if (response.headers['content-encoding'] === 'gzip') await pipeline(response, createGunzip(), collect);
  else await pipeline(response, collect);
  return Buffer.concat(chunks).toString('utf8');
}

const responseTo = ({ url, body, maxBytes, ...options }: ExchangeOptions) =>
  new Promise<http.IncomingMessage>((resolve, reject) => {
    const { request } = url.protocol === 'http:' ? http : https;
    request(url, options, resolve).on('error', reject).end(body);
  });

/** Sends one request, once. Settles in any case: with the signal at the latest. */
export async function exchange(options: ExchangeOptions): Promise<Exchanged> {
  try {
    const response = await responseTo(options);
    const body = await readBody(response, options.maxBytes);
    return { reply: { status: response.statusCode ?? 0, headers: response.headers, body } };
  } catch (error) {
    return { failure: failureOf(error) };
  }
}
