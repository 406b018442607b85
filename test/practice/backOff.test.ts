import { describe, expect, it } from 'vitest';
import { BackOff, printPause } from '../../src/practice/cluster/backOff.ts';

const MINUTE = 60_000;

describe('the back-off of a container', () => {
  it('doubles from ten seconds to five minutes', () => {
    const backOff = new BackOff();
    const pauses = Array.from({ length: 8 }, () => backOff.pauseMs(500));
    expect(pauses).toEqual([0, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
  });
  it('begins anew after a run of ten minutes', () => {
    const backOff = new BackOff();
    const pauses = [0, 0, 0, 10 * MINUTE, 0].map((ran) => backOff.pauseMs(ran));
    expect(pauses).toEqual([0, 10_000, 20_000, 0, 10_000]);
  });
  it('is told as the kubelet tells it', () => {
    expect([10_000, 40_000, 160_000, 300_000].map(printPause)).toEqual(['10s', '40s', '2m40s', '5m0s']);
  });
});
