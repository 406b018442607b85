import { expect, test } from 'vitest';
import { EXIT } from '../../src/cli/exit.ts';

test('the exit codes are stable', () => {
  expect(EXIT).toEqual({
    healthy: 0,
    broken: 1,
    usage: 2,
    inconclusive: 3,
    'no-access': 4,
    defect: 70,
    cancelled: 130,
  });
});
