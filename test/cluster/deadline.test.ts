import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { deadline, pause, unlessAborted } from '../../src/cluster/deadline.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

describe('deadline', () => {
  it('is a timeout when the time is up', () => {
    const limit = deadline(100, []);
    expect(limit.obstacle('x')).toBeUndefined();
    vi.advanceTimersByTime(60);
    expect(limit.remainingMs()).toBe(40);
    vi.advanceTimersByTime(60);
    expect(limit.remainingMs()).toBe(0);
    expect(limit.signal.aborted).toBe(true);
    expect(limit.obstacle('x')).toEqual({ kind: 'timeout', what: 'x', afterMs: 100 });
  });

  it('is cancelled when one of the callers gives up', () => {
    const callers = [new AbortController(), new AbortController()];
    const limit = deadline(
      100,
      callers.map(({ signal }) => signal),
    );
    callers[1]!.abort();
    expect(limit.obstacle('x')).toEqual({ kind: 'cancelled' });
  });

  it("is a timeout after the caller's time when that caller is a clock", () => {
    const caller = new AbortController();
    const limit = deadline(100, [caller.signal]);
    vi.advanceTimersByTime(30);
    caller.abort(new DOMException('late', 'TimeoutError'));
    expect(limit.obstacle('x')).toEqual({ kind: 'timeout', what: 'x', afterMs: 30 });
  });

  it('is over at once when it was called off before', () => {
    expect(deadline(100, [AbortSignal.abort()]).obstacle('x')).toEqual({ kind: 'cancelled' });
  });

  it('does nothing once it is cleared', () => {
    const caller = new AbortController();
    const limit = deadline(100, [caller.signal]);
    limit.clear();
    caller.abort();
    vi.advanceTimersByTime(200);
    expect(limit.signal.aborted).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('waits', () => {
  it('pause ends early with the signal, and leaves no timer', async () => {
    const controller = new AbortController();
    const waited = pause(1_000, controller.signal);
    controller.abort();
    await waited;
    await pause(1_000, controller.signal);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('unlessAborted prefers what came first', async () => {
    const controller = new AbortController();
    expect(await unlessAborted(Promise.resolve(1), controller.signal)).toBe(1);
    const never = unlessAborted(new Promise<number>(() => {}), controller.signal);
    controller.abort();
    expect(await never).toBeUndefined();
    expect(await unlessAborted(Promise.resolve(1), controller.signal)).toBeUndefined();
  });
});
