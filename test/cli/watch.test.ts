import { expect, test } from 'vitest';
import { pauseAfter } from '../../src/cli/watch.ts';

test.each([
  [0, 2000],
  [29_999, 2000],
  [30_000, 5000],
  [300_000, 10_000],
])('after %i ms of watching the next walk comes in %i ms', (watched, pause) => {
  expect(pauseAfter(watched)).toBe(pause);
});
