import { expect, test } from 'vitest';
import { reachOf } from '../../src/model/reach.ts';
import { middle, slowAmong } from '../../src/model/slow.ts';

const heard = (...times: number[]) => {
  const reach = reachOf(times.map((durationMs) => ({ outcome: 'answered', durationMs })));
  if (!reach) throw new Error('nothing heard');
  return { reach };
};
const slow = (...asked: ReturnType<typeof heard>[]) => slowAmong(asked).map((one) => asked.indexOf(one));

test.each<[string, ReturnType<typeof heard>[], number[]]>([
  ['one of three that takes two seconds', [heard(3, 4, 3), heard(2000, 2100, 2050), heard(5, 4, 3)], [1]],
  ['one late answer is none', [heard(3, 4, 3), heard(3, 2100, 4)], []],
  ['nobody, where all are slow: that is no difference', [heard(2000, 2000, 2000), heard(2100, 2100, 2100)], []],
  ['nobody, where the difference is one that no client notices', [heard(1, 1, 1), heard(90, 90, 90)], []],
  ['nobody without a peer', [heard(2000, 2000, 2000)], []],
  ['one connection is not enough', [heard(3), heard(2000)], []],
  ['two of four', [heard(3, 3), heard(900, 900), heard(3, 3), heard(900, 900)], [1, 3]],
])('%s', (_, asked, expected) => {
  expect(slow(...asked)).toEqual(expected);
});

test('the middle of an even number is the lower one', () => {
  expect(middle([900, 3, 4, 901])).toBe(4);
  expect(middle([])).toBeUndefined();
});
