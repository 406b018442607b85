import { describe, expect, it } from 'vitest';
import type { Exchanged } from '../../src/cluster/exchange.ts';
import { pauseBeforeRetry } from '../../src/cluster/retry.ts';

const DELAYS = [100, 400];
const reply = (status: number, retryAfter?: string): Exchanged => ({
  reply: { status, body: '', headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter } },
});
const failed = (code: string): Exchanged => ({ failure: { code, message: '' } });
const READ = { method: 'GET' } as const;

describe('pauseBeforeRetry', () => {
  it.each<[string, Parameters<typeof pauseBeforeRetry>[0], Exchanged, number, number | undefined]>([
    ['a read, first', READ, reply(503), 0, 100],
    ['a read, second', READ, reply(503), 1, 400],
    ['a read, third', READ, reply(503), 2, undefined],
    ['as the server asks', READ, reply(503, '2'), 0, 2_000],
    ['but no longer than 5 s', READ, reply(429, '3600'), 0, 5_000],
    ['a date is not understood', READ, reply(429, 'Wed, 21 Oct 2026 07:28:00 GMT'), 0, 100],
    ['nor is a negative number', READ, reply(429, '-1'), 0, 100],
    ['nothing at all', READ, reply(429, ' '), 0, 100],
    ['a good answer', READ, reply(200), 0, undefined],
    ['a missing object', READ, reply(404), 0, undefined],
    ['501', READ, reply(501), 0, undefined],
    ['a broken connection', READ, failed('ECONNRESET'), 0, 100],
    ['a closed pipe', READ, failed('EPIPE'), 0, 100],
    ['nobody there', READ, failed('ECONNREFUSED'), 0, undefined],
    ['a bad certificate', READ, failed('CERT_HAS_EXPIRED'), 0, undefined],
    ['a write', { method: 'POST' }, reply(503), 0, undefined],
    ['a write that was not looked at', { method: 'POST' }, reply(429, '1'), 0, 1_000],
    ['a write whose fate is unknown', { method: 'PATCH' }, failed('ECONNRESET'), 0, undefined],
    ['an exec', { method: 'GET', acts: true }, reply(503), 0, undefined],
    ['an exec whose fate is unknown', { method: 'GET', acts: true }, failed('ECONNRESET'), 0, undefined],
  ])('%s', (_what, ask, outcome, attempt, expected) => {
    expect(pauseBeforeRetry(ask, outcome, attempt, DELAYS)).toBe(expected);
  });
});
