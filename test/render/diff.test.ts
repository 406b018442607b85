import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DiffLine, diffLines } from '../../src/render/diff.ts';

const said = (lines: readonly DiffLine[]) =>
  lines.map(({ side, text }) => `${{ both: ' ', before: '-', after: '+' }[side]}${text}`);

describe('a diff', () => {
  test('shows the change, its surroundings, and the keys above', () => {
    const before = [
      'metadata:',
      '  name: a',
      'spec:',
      '  ports:',
      '    - name: a',
      '      one: 1',
      '      two: 2',
      '      three: 3',
      '      targetPort: 80',
      '  type: x',
      '  a: 1',
      '  b: 2',
      '  c: 3',
    ];
    const after = before.map((line) => line.replace('targetPort: 80', 'targetPort: 81'));
    expect(said(diffLines(before, after))).toEqual([
      ' spec:',
      '   ports:',
      '       one: 1',
      '       two: 2',
      '       three: 3',
      '-      targetPort: 80',
      '+      targetPort: 81',
      '   type: x',
      '   a: 1',
      '   b: 2',
    ]);
  });

  test('of equal texts there is none', () => {
    expect(diffLines(['a', 'b'], ['a', 'b'])).toEqual([]);
  });

  test('both texts can be read from it, where all lines are near a change', () => {
    const lines = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 });
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        fc.pre(before.join() !== after.join());
        const diff = diffLines(before, after);
        const side = (other: DiffLine['side']) => diff.filter((line) => line.side !== other).map(({ text }) => text);
        expect(side('after')).toEqual(before);
        expect(side('before')).toEqual(after);
      }),
    );
  });
});
