import { expect, test } from 'vitest';
import { printAge, secondsSince } from '../../src/model/age.ts';

const M = 60;
const H = 60 * M;
const D = 24 * H;
const Y = 365 * D;

/** The table of k8s.io/apimachinery/pkg/util/duration/duration_test.go, among others. */
test.each([
  [-1, '0s'],
  [0, '0s'],
  [1.9, '1s'],
  [70, '70s'],
  [119, '119s'],
  [2 * M, '2m'],
  [3 * M + 10, '3m10s'],
  [9 * M + 59, '9m59s'],
  [10 * M + 30, '10m'],
  [179 * M, '179m'],
  [3 * H, '3h'],
  [3 * H + 47 * M, '3h47m'],
  [7 * H + 59 * M, '7h59m'],
  [8 * H + 59 * M, '8h'],
  [47 * H, '47h'],
  [2 * D, '2d'],
  [3 * D + 4 * H, '3d4h'],
  [8 * D + 23 * H, '8d'],
  [2 * Y - 1, '729d'],
  [2 * Y, '2y'],
  [2 * Y + 8 * D, '2y8d'],
  [8 * Y + 20 * D, '8y'],
])('%d s is %s', (seconds, expected) => {
  expect(printAge(seconds)).toBe(expected);
});

test('secondsSince', () => {
  const now = Date.parse('2026-11-23T09:00:00Z');
  expect(secondsSince('2026-11-23T08:59:00Z', now)).toBe(60);
  expect(secondsSince(undefined, now)).toBeUndefined();
  expect(secondsSince('no date', now)).toBeUndefined();
});
