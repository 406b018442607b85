import fc from 'fast-check';
import { expect, test } from 'vitest';
import { samplesFor } from '../../src/model/samples.ts';

test.each([
  [0, 3],
  [1, 3],
  [2, 7],
  [3, 12],
  [5, 21],
  [13, 58],
  [14, 60],
  [100, 60],
])('%d backends: %d samples', (backends, samples) => {
  expect(samplesFor(backends)).toBe(samples);
});

const missProbability = (backends: number, samples: number) => (1 - 1 / backends) ** samples;

test('the smallest number that misses one bad backend with less than 1 in 100, between 3 and 60', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), (backends) => {
      const samples = samplesFor(backends);
      expect(samples).toBeGreaterThanOrEqual(3);
      expect(samples).toBeLessThanOrEqual(60);
      if (samples < 60) expect(missProbability(backends, samples)).toBeLessThan(0.01);
      if (samples > 3) expect(missProbability(backends, samples - 1)).toBeGreaterThanOrEqual(0.01);
    }),
  );
});
