import http from 'node:http';
import https from 'node:https';
import { pipeline } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import { ListReader } from './listReader.ts';

/** What came back over HTTP, whatever the status. */
export interface Reply {
  status: number;
  headers: http.IncomingHttpHeaders;
  /** Without the items, where those were taken out. */
  body: string;
  /** Of a list, where `eachItem` was asked for. */
  items?: unknown[];
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
  /** Takes the items out of a list while it comes in, and keeps of each what this gives. */
  eachItem?: (item: unknown) => unknown;
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

/** Reads a body bit by bit, gunzipped where the server chose to compress it. Throws when it breaks off or is too large. */
async function readBody(response: http.IncomingMessage, maxBytes: number, take: (text: string) => void): Promise<void> {
  const decoder = new StringDecoder('utf8');
  let size = 0;
  const collect = async (source: AsyncIterable<Buffer>) => {
    for await (const chunk of source) {
      size += chunk.length;
      if (size > maxBytes) throw Object.assign(new Error(`the answer exceeds ${maxBytes} bytes`), { code: TOO_LARGE });
      take(decoder.write(chunk));
    }
  };
  if (response.headers['content-encoding'] === 'gzip') await pipeline(response, createGunzip(), collect);
  else await pipeline(response, collect);
  take(decoder.end());
}

/** The body as one text. Throws as {@link readBody} does. */
export async function textOf(response: http.IncomingMessage, maxBytes: number): Promise<string> {
  let text = '';
  await readBody(response, maxBytes, (part) => {
    text += part;
  });
  return text;
}

const responseTo = ({ url, body, maxBytes, eachItem, ...options }: ExchangeOptions) =>
  new Promise<http.IncomingMessage>((resolve, reject) => {
    const { request } = url.protocol === 'http:' ? http : https;
    request(url, options, resolve).on('error', reject).end(body);
  });

/** Sends one request, once. Settles in any case: with the signal at the latest. */
export async function exchange(options: ExchangeOptions): Promise<Exchanged> {
  try {
    const response = await responseTo(options);
    const { headers, statusCode: status = 0 } = response;
    if (!options.eachItem) return { reply: { status, headers, body: await textOf(response, options.maxBytes) } };
    const list = new ListReader(options.eachItem);
    await readBody(response, options.maxBytes, (part) => list.write(part));
    return { reply: { status, headers, body: list.end(), items: list.items } };
  } catch (error) {
    return { failure: failureOf(error) };
  }
}
