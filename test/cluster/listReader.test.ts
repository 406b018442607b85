import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ListReader } from '../../src/cluster/listReader.ts';

const same = (item: unknown): unknown => item;

/** What comes of a text that arrives in pieces of that size. */
function read(text: string, size: number, keep = same) {
  const reader = new ListReader(keep);
  for (let at = 0; at < text.length; at += size) reader.write(text.slice(at, at + size));
  return { items: reader.items, rest: reader.end() };
}

const HEAD = { kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '7', remainingItemCount: 3 } };
const item = fc.dictionary(fc.string(), fc.jsonValue());

describe('a list that is read bit by bit', () => {
  it('is the same list, wherever it is cut and whatever stands in it', () => {
    fc.assert(
      fc.property(fc.array(item), fc.integer({ min: 1, max: 40 }), fc.nat(3), (items, size, indent) => {
        const { items: found, rest } = read(JSON.stringify({ ...HEAD, items }, null, indent), size);
        expect(found).toEqual(JSON.parse(JSON.stringify(items)));
        expect(JSON.parse(rest)).toEqual({ ...HEAD, items: [] });
      }),
    );
  });

  it('takes braces, brackets and quotes within strings for what they are', () => {
    const items = [{ a: '"}]{[\\' }, { b: '\\"items":[{}]', c: ['}', '\\\\'] }];
    expect(read(JSON.stringify({ ...HEAD, items }), 1).items).toEqual(items);
  });

  it('keeps of an item what it is told to', () => {
    const text = JSON.stringify({ ...HEAD, items: [{ name: 'a', much: 1 }, { name: 'b' }] });
    const { items } = read(text, 5, (one) => (one as { name: string }).name);
    expect(items).toEqual(['a', 'b']);
  });

  it('has the items in the text where they come in another way', () => {
    for (const value of [
      { items: [1, 2], kind: 'List' },
      { kind: 'List', more: {}, items: [{ a: 1 }] },
      { kind: 'List', items: null },
      { kind: 'Status', message: '"items":[{' },
      [{ items: [{}] }],
    ]) {
      const { items, rest } = read(JSON.stringify(value), 3);
      expect([items, JSON.parse(rest)]).toEqual([[], value]);
    }
  });

  it('is no JSON where it broke off, or where an item is none', () => {
    const whole = JSON.stringify({ ...HEAD, items: [{ a: '{' }, { b: 2 }] });
    for (let length = 1; length < whole.length; length++)
      expect(() => JSON.parse(read(whole.slice(0, length), 4).rest), whole.slice(0, length)).toThrow();
    expect(() => JSON.parse(read('{"items":[{"a":1},{a:2},{"a":3}]}', 4).rest)).toThrow();
  });

  it('goes on with what is no list at all', () => {
    const page = `<html>${'x'.repeat(20_000)}</html>`;
    expect(read(page, 1000)).toEqual({ items: [], rest: page });
  });
});
