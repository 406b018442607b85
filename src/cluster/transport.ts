import type { SentRequest } from '../model/acts.ts';
import { type Fact, known, type Unknown, unknown } from '../model/fact.ts';
import { type Ask, named, targetOf } from './ask.ts';
import type { CredentialSource, Credentials } from './credentials.ts';
import { type Deadline, deadline, pause, unlessAborted } from './deadline.ts';
import { type Exchanged, exchange, type Failure, type Reply } from './exchange.ts';
import { failureObstacle } from './obstacles.ts';
import { pauseBeforeRetry } from './retry.ts';

/** What all requests to one API server share. */
export interface Transport {
  readonly server: string;
  /** The proxy on the way to it, without credentials. */
  readonly proxy: string | undefined;
  readonly credentials: CredentialSource;
  /** Every request that was sent, upgrades and retries among them. */
  readonly requests: SentRequest[];
  /** For one answer, retries included, in ms; the look-up of credentials has a limit of its own. */
  readonly timeoutMs: number;
  readonly retryDelaysMs: readonly number[];
  readonly maxBytes: number;
  /** Aborted when the connection is closed for good. */
  readonly closing: AbortSignal;
}

export interface Limits {
  /** Default: that of the transport. */
  timeoutMs?: number;
  signals: readonly AbortSignal[];
}

/** A reply over HTTP, a failure, or the result of a conversation over a WebSocket. */
export type Attempt<T> = Exchanged | { done: T };

export type AttemptOnce<T> = (credentials: Credentials, limit: Deadline) => Promise<Attempt<T>>;

const NO_LIMIT_MS = 2 ** 31 - 1;

/** The credentials, however long they take, unless the caller gives up waiting for them. */
async function firstCredentials(transport: Transport, ask: Ask, signals: readonly AbortSignal[]) {
  const limit = deadline(NO_LIMIT_MS, signals);
  const calledOff = limit.signal.aborted; // before: then no plugin shall run
  const credentials = calledOff ? undefined : await unlessAborted(transport.credentials.current(), limit.signal);
  limit.clear();
  return credentials ?? unknown(limit.obstacle(named(ask)) ?? { kind: 'cancelled' });
}

const isRefusal = (result: Attempt<unknown>) => 'reply' in result && result.reply.status === 401;

function sent({ method, path, body }: Ask): SentRequest {
  const creates =
    method === 'POST' ? (body as { metadata?: { name?: string } } | undefined)?.metadata?.name : undefined;
  return { method, path: path.replace(/\?.*$/, ''), ...(creates !== undefined && { creates }) };
}

/** Sends with the credentials at hand; a 401 is met once with newer ones, where there can be any. */
function loggedIn<T>(transport: Transport, ask: Ask, first: Credentials, limit: Deadline, once: AttemptOnce<T>) {
  let credentials = first;
  const send = () => {
    transport.requests.push(sent(ask));
    return once(credentials, limit);
  };
  return async (): Promise<Attempt<T> | Unknown> => {
    const result = await send();
    const renewal = isRefusal(result) ? transport.credentials.renewed(credentials) : undefined;
    const newer = renewal && (await unlessAborted(renewal, limit.signal));
    if (!newer) return result;
    if (!newer.known) return newer;
    credentials = newer.value;
    return send();
  };
}

const viaProxy = (failure: Failure, { proxy }: Transport): Failure =>
  proxy ? { ...failure, message: `through proxy ${proxy}: ${failure.message}` } : failure;

/** Tries until there is an answer that stands, or until the time is up. */
async function attempts<T>(
  transport: Transport,
  ask: Ask,
  limit: Deadline,
  tryOnce: () => Promise<Attempt<T> | Unknown>,
): Promise<Fact<Reply | { done: T }>> {
  for (let count = 0; ; count++) {
    const result = await tryOnce();
    if ('known' in result) return result;
    if ('done' in result) return known(result);
    const wait = pauseBeforeRetry(ask, result, count, transport.retryDelaysMs);
    if (wait === undefined || wait >= limit.remainingMs() || limit.signal.aborted) {
      if ('reply' in result) return known(result.reply);
      return unknown(
        limit.obstacle(named(ask)) ??
          failureObstacle(viaProxy(result.failure, transport), transport.credentials.secrets()),
      );
    }
    await pause(wait, limit.signal);
    const ended = limit.obstacle(named(ask));
    if (ended) return unknown(ended);
  }
}

/** Asks by any means: logs in, sends, retries. Unknown only where no answer came at all: a reply may well be an error. */
export async function askBy<T>(
  transport: Transport,
  ask: Ask,
  { timeoutMs = transport.timeoutMs, signals }: Limits,
  once: AttemptOnce<T>,
): Promise<Fact<Reply | { done: T }>> {
  const callers = [...signals, transport.closing];
  const first = await firstCredentials(transport, ask, callers);
  if (!first.known) return first;
  const limit = deadline(timeoutMs, callers);
  try {
    return await attempts(transport, ask, limit, loggedIn(transport, ask, first.value, limit, once));
  } finally {
    limit.clear();
  }
}

const bodyOf = ({ body, contentType = 'application/json' }: Ask) => {
  if (body === undefined) return { headers: {} };
  const text = JSON.stringify(body);
  return { body: text, headers: { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(text) } };
};

/** Asks by an HTTP request. */
export async function askOverHttp(transport: Transport, ask: Ask, limits: Limits): Promise<Fact<Reply>> {
  const { headers, ...body } = bodyOf(ask);
  const answer = await askBy<never>(transport, ask, limits, (credentials, { signal }) =>
    exchange({
      url: new URL(transport.server + targetOf(ask)),
      method: ask.method,
      agent: credentials.agent,
      headers: {
        Accept: ask.accept ?? 'application/json',
        'Accept-Encoding': 'gzip',
        ...headers,
        ...credentials.headers,
      },
      ...body,
      signal,
      maxBytes: transport.maxBytes,
      ...(ask.eachItem && { eachItem: ask.eachItem }),
    }),
  );
  return answer as Fact<Reply>;
}
