import { type Fact, known, unknown } from '../model/fact.ts';
import type { Ask } from './ask.ts';
import type { Reply } from './exchange.ts';
import { replyObstacle, statusOf, unreadable } from './obstacles.ts';
import { askOverHttp, type Transport } from './transport.ts';

/** Who asks: the transport, and the signals that may call the question off. */
export interface Caller {
  transport: Transport;
  signals: readonly AbortSignal[];
}

const isFine = ({ status }: Reply) => status >= 200 && status < 300;

/** A 404 of the API server itself: no such object (a Status), or no such kind (plain text of its HTTP router). */
export const isMissing = ({ status, body }: Reply): boolean =>
  status === 404 && (statusOf(body) !== undefined || body.trim() === '404 page not found');

/** Asks, and lets `special` have its say about the reply before it counts as an error or is read by `read`. */
export async function answer<T>(
  { transport, signals }: Caller,
  ask: Ask,
  read: (reply: Reply) => Fact<T>,
  special: (reply: Reply) => Fact<T> | undefined = () => undefined,
): Promise<Fact<T>> {
  const reply = await askOverHttp(transport, ask, { signals });
  if (!reply.known) return reply;
  const fine = isFine(reply.value) ? read : () => undefined;
  const fact = special(reply.value) ?? fine(reply.value);
  return fact ?? unknown(replyObstacle(reply.value, ask, transport.credentials.secrets()));
}

/** The JSON of a reply. Something that is none shows who answered: no API server does so. */
export function asJson<T>(reply: Reply): Fact<T> {
  try {
    return known(JSON.parse(reply.body) as T);
  } catch {
    return unknown(unreadable(reply));
  }
}
