import type { Reach } from './reach.ts';

/** Slower than this many times its peers, and by so much that a client may notice: milliseconds to an answer. */
const [FACTOR, LEAST_MS] = [5, 500];

/**
 * Those that answer far slower than their peers do: by the median, so that one late answer on a busy node does not
 * count. One connection says nothing, and without a peer nothing can be compared.
 */
export function slowAmong<T extends { reach: Reach }>(asked: readonly T[]): T[] {
  const answering = asked.filter(({ reach }) => reach.answered > 1);
  return answering.filter((one) => {
    const peers = answering.filter((other) => other !== one).map(({ reach }) => reach.medianMs);
    const usual = middle(peers);
    return usual !== undefined && one.reach.medianMs >= Math.max(LEAST_MS, usual * FACTOR);
  });
}

/** The middle one; of an even number the lower, since half of the peers may be slow as well. */
export const middle = (values: readonly number[]): number | undefined =>
  [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
