import type { Ask } from './ask.ts';
import type { Exchanged } from './exchange.ts';

const BROKEN = new Set(['ECONNRESET', 'EPIPE']);
const PASSING = new Set([500, 502, 503, 504]);
const MAX_RETRY_AFTER_MS = 5_000;

function retryAfterMs(header: string | undefined): number | undefined {
  const seconds = header === undefined || header.trim() === '' ? Number.NaN : Number(header);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds * 1_000, MAX_RETRY_AFTER_MS) : undefined;
}

/**
 * How long to wait before a request is sent again, in ms; undefined when it is not. Whatever may have changed the cluster is
 * not repeated, except after a 429 with Retry-After: the server sends that before it looks at the request
 * (https://kubernetes.io/docs/concepts/cluster-administration/flow-control/).
 */
export function pauseBeforeRetry(
  { method, acts }: Pick<Ask, 'method' | 'acts'>,
  outcome: Exchanged,
  attempt: number,
  delaysMs: readonly number[],
): number | undefined {
  const delay = delaysMs[attempt];
  if (delay === undefined) return undefined;
  const reads = method === 'GET' && !acts;
  if ('failure' in outcome) return reads && BROKEN.has(outcome.failure.code ?? '') ? delay : undefined;
  const { status, headers } = outcome.reply;
  const asked = retryAfterMs(headers['retry-after']);
  if (status === 429) return asked ?? (reads ? delay : undefined);
  return reads && PASSING.has(status) ? (asked ?? delay) : undefined;
}
