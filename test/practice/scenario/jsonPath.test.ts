import { expect, test } from 'vitest';
import { jsonPath } from '../../../src/practice/scenario/jsonPath.ts';

test.each([
  ['{.a.b}', '1'],
  ['{.list[*].n}', 'x y'],
  ['{.list[1].n}', 'y'],
  ['{.list[?(@.n=="x")].v}', '{"k":2}'],
  ['<{.none}>', '<>'],
])('JSONPath %s', (path, text) => {
  expect(jsonPath({ a: { b: 1 }, list: [{ n: 'x', v: { k: 2 } }, { n: 'y' }] }, path)).toBe(text);
});
