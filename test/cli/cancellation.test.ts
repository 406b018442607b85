import { expect, test } from 'vitest';
import { cancellation } from '../../src/cli/cancellation.ts';
import type { Host } from '../../src/cli/host.ts';
import { timeLimit } from '../../src/cli/timeLimit.ts';

function fakeHost() {
  const heard: (() => void)[] = [];
  const written: string[] = [];
  const codes: number[] = [];
  const host = {
    onSignal: (called: () => void) => {
      heard.push(called);
      return () => heard.splice(heard.indexOf(called), 1);
    },
    stderr: { write: (text: string) => written.push(text) },
    exit: (code: number) => codes.push(code),
  };
  return { host: host as unknown as Host, heard, written, codes };
}

test('the first signal ends the run in good order, the second the process', () => {
  const { host, heard, written, codes } = fakeHost();
  const { signal, leaves } = cancellation(host);
  leaves(() => 'a pod is left');
  heard[0]?.();
  expect([signal.aborted, codes]).toEqual([true, []]);
  heard[0]?.();
  expect(codes).toEqual([130]);
  expect(written.join('')).toContain('a pod is left');
});

test('nothing is left, nothing is said', () => {
  const { host, heard, written, codes } = fakeHost();
  cancellation(host);
  heard[0]?.();
  heard[0]?.();
  expect([written, codes]).toEqual([[], [130]]);
});

test('stopped, it hears no more', () => {
  const { host, heard } = fakeHost();
  cancellation(host).stop();
  expect(heard).toEqual([]);
});

test('a time limit fires by itself, with a reason that tells it from Ctrl-C', async () => {
  const { signal } = timeLimit(new AbortController().signal, 0.01);
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
  expect((signal.reason as Error).name).toBe('TimeoutError');
});

test('Ctrl-C goes through a time limit', () => {
  const ctrlC = new AbortController();
  const limit = timeLimit(ctrlC.signal, undefined);
  ctrlC.abort();
  expect(limit.signal.aborted).toBe(true);
  expect((limit.signal.reason as Error).name).toBe('AbortError');
  expect(timeLimit(ctrlC.signal, 60).signal.aborted).toBe(true);
});
