import WebSocket from 'ws';
import { type Fact, unknown } from '../model/fact.ts';
import { type Ask, targetOf } from './ask.ts';
import type { Credentials } from './credentials.ts';
import type { Deadline } from './deadline.ts';
import { failureOf, type Reply, textOf } from './exchange.ts';
import { replyObstacle } from './obstacles.ts';
import { podObstacle } from './podTrouble.ts';
import { type Attempt, askBy, type Limits, type Transport } from './transport.ts';

/** An open connection whose frames each begin with the number of a channel. */
export interface Channels<T> {
  /** The subprotocol that the server chose. */
  readonly protocol: string;
  send(channel: number, payload: string | Buffer): void;
  /** Ends the conversation with its result; the first one counts. */
  end(result: T): void;
}

/** What is said, and what it comes to. */
export interface Conversation<T> {
  opened(channels: Channels<T>): void;
  /** `payload` may be empty. */
  heard(channel: number, payload: Buffer, channels: Channels<T>): void;
  /** The connection ended before there was a result. `code`: RFC 6455, 1006 when it just broke. */
  lost(code: number): T;
  /** The time is up. Absent: a timeout is an obstacle, as for any request. */
  expired?(): T;
}

const MAX_FRAME = 32 << 20;
const MAX_REFUSAL = 1 << 20;
/** For the server to answer our closing frame; then the connection is cut. */
const CLOSE_MS = 1_000;

function hangUp(socket: WebSocket) {
  if (socket.readyState !== WebSocket.OPEN) return socket.terminate();
  socket.close(1000);
  setTimeout(() => socket.terminate(), CLOSE_MS).unref();
}

const refusal = async (response: Parameters<typeof textOf>[0]): Promise<Reply> => ({
  status: response.statusCode ?? 0,
  headers: response.headers,
  body: await textOf(response, MAX_REFUSAL).catch(() => ''),
});

function channelsOf<T>(socket: WebSocket, end: (result: T) => void): Channels<T> {
  return {
    get protocol() {
      return socket.protocol;
    },
    send: (channel, payload) => {
      if (socket.readyState !== WebSocket.OPEN) return;
      socket.send(Buffer.concat([Buffer.of(channel), Buffer.from(payload as Buffer)]));
    },
    end,
  };
}

/** Opens one connection and holds the conversation. Settles in any case: with the limit at the latest. */
function converseOnce<T>(
  url: string,
  protocols: string[],
  { agent, headers }: Credentials,
  limit: Deadline,
  conversation: Conversation<T>,
): Promise<Attempt<T>> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, protocols, { agent, headers, perMessageDeflate: false, maxPayload: MAX_FRAME });
    const settle = (attempt: Attempt<T>) => {
      limit.signal.removeEventListener('abort', giveUp);
      resolve(attempt);
      hangUp(socket);
    };
    const end = (done: T) => settle({ done });
    const channels = channelsOf(socket, end);
    const opened = () => socket.protocol !== '';
    const giveUp = () => {
      const late = opened() && limit.obstacle('')?.kind === 'timeout' ? conversation.expired : undefined;
      settle(late ? { done: late() } : { failure: { message: 'given up' } });
    };
    limit.signal.addEventListener('abort', giveUp, { once: true });
    socket.on('open', () => conversation.opened(channels));
    socket.on('message', (data: Buffer) => {
      if (data.length > 0) conversation.heard(data[0]!, data.subarray(1), channels);
    });
    socket.on('unexpected-response', (request, response) => {
      request.shouldKeepAlive = false; // not every server and proxy reads further requests where an upgrade was asked for
      refusal(response).then((reply) => settle({ reply }), reject);
    });
    socket.on('error', (error) => settle(opened() ? { done: conversation.lost(1006) } : { failure: failureOf(error) }));
    socket.on('close', (code) => end(conversation.lost(code)));
    if (limit.signal.aborted) giveUp();
  });
}

/**
 * Talks to a pod through the API server and the kubelet, over a WebSocket with the frames of `channel.k8s.io`
 * (k8s.io/apimachinery, `util/httpstream/wsstream`). `conversation` is made anew for each attempt to open the connection.
 */
export async function converse<T>(
  transport: Transport,
  ask: Ask,
  protocols: string[],
  limits: Limits,
  conversation: () => Conversation<Fact<T>>,
): Promise<Fact<T>> {
  const url = transport.server.replace(/^http/, 'ws') + targetOf(ask);
  const answer = await askBy(transport, ask, limits, (credentials, limit) =>
    converseOnce(url, protocols, credentials, limit, conversation()).catch((error) => ({ failure: failureOf(error) })),
  );
  if (!answer.known) return answer;
  if ('done' in answer.value) return answer.value.done;
  return unknown(podObstacle(replyObstacle(answer.value, ask, transport.credentials.secrets())));
}
