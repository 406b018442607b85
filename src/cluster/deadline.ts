import type { Obstacle } from '../model/fact.ts';

/** A time limit joined with the signals of those who may call it off. */
export interface Deadline {
  readonly signal: AbortSignal;
  remainingMs(): number;
  /** Why the wait ended before its time; undefined while it may go on. */
  obstacle(what: string): Obstacle | undefined;
  /** To be called when the wait is over. */
  clear(): void;
}

const isTimeout = (signal: AbortSignal) => (signal.reason as { name?: unknown } | undefined)?.name === 'TimeoutError';

/** Not AbortSignal.any with AbortSignal.timeout: Node 20 may collect such a pair before it fires. */
export function deadline(limitMs: number, signals: readonly AbortSignal[]): Deadline {
  const controller = new AbortController();
  const startedAt = performance.now();
  let caller: AbortSignal | undefined;
  const giveUp = () => controller.abort();
  const callOff = () => {
    caller ??= signals.find(({ aborted }) => aborted);
    giveUp();
  };
  const timer = setTimeout(giveUp, limitMs);
  for (const signal of signals) signal.addEventListener('abort', callOff, { once: true });
  if (signals.some(({ aborted }) => aborted)) callOff();

  const elapsedMs = () => Math.round(performance.now() - startedAt);
  return {
    signal: controller.signal,
    remainingMs: () => Math.max(0, limitMs - elapsedMs()),
    obstacle: (what) => {
      if (!controller.signal.aborted) return undefined;
      if (!caller) return { kind: 'timeout', what, afterMs: limitMs };
      return isTimeout(caller) ? { kind: 'timeout', what, afterMs: elapsedMs() } : { kind: 'cancelled' };
    },
    clear: () => {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener('abort', callOff);
    },
  };
}

/** Waits, unless the signal ends it earlier. Never rejects. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });

/** The promise's value, or undefined when the signal is aborted before. What the promise stands for goes on. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  if (signal.aborted) return undefined;
  let stop: () => void = () => {};
  const aborted = new Promise<undefined>((resolve) => {
    stop = () => resolve(undefined);
    signal.addEventListener('abort', stop, { once: true });
  });
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', stop));
}
