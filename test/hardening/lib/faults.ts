import type { Asked, Relay } from './relay.ts';

/** What is done to one request instead of passing it on; `late`, `pages` and `cut-stream` pass it on in their way. */
export type Trouble =
  | { kind: 'late'; ms: number }
  | { kind: 'status'; status: number; headers?: Record<string, string>; body?: string }
  | { kind: 'reset' }
  /** Never answers. */
  | { kind: 'hang' }
  /** A list that goes on and on; `pauseMs` between its items. */
  | { kind: 'endless'; pauseMs: number }
  | { kind: 'pages'; size: number }
  | { kind: 'cut-stream'; bytes: number };

/** `index` counts the requests since the fault began. */
export type Fault = (asked: Asked, index: number, relay: Relay) => Trouble | undefined;

const status = (code: number, reason: string, headers: Record<string, string> = {}): Trouble => ({
  kind: 'status',
  status: code,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify({
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    reason,
    message: `made to fail: ${reason}`,
    code,
  }),
});

export const tooMany = (seconds: number) => status(429, 'TooManyRequests', { 'retry-after': String(seconds) });
export const serverError = () => status(500, 'InternalError');
export const unavailable = () => status(503, 'ServiceUnavailable');

export const loginPage: Trouble = {
  kind: 'status',
  status: 200,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: '<!doctype html><html><head><title>Sign in to continue</title></head><body><form action="/login"></form></body></html>',
};

export const redirect: Trouble = {
  kind: 'status',
  status: 302,
  headers: { location: 'https://login.hardening.test/' },
};

export const isList = ({ method, url }: Asked): boolean => method === 'GET' && /[?&]limit=/.test(url);
export const resourceIs =
  (...plurals: string[]) =>
  ({ url }: Asked): boolean =>
    plurals.some((plural) => new RegExp(`/${plural}(\\?|$)`).test(url));

/** Numbers between 0 and 1 that are the same in every run of that seed: mulberry32. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One request in so many, by chance. */
export const oneIn =
  (many: number, next: () => number, trouble: Trouble): Fault =>
  () =>
    next() < 1 / many ? trouble : undefined;
