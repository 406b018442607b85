import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asked, type Choice, columns, narrowed } from '../../src/cli/prompter.ts';

const choices: Choice<number>[] = [
  { value: 1, label: 'checkout', note: '0 of 3 ready' },
  { value: 2, label: 'cart-checkout-worker', note: '2 of 2 ready' },
  { value: 3, label: 'web' },
];

test('columns line up', () => {
  expect(columns(choices, 80)).toEqual([
    'checkout              0 of 3 ready',
    'cart-checkout-worker  2 of 2 ready',
    'web',
  ]);
});

test('a note that is too long goes on under itself', () => {
  const long = [{ value: 1, label: 'web', note: `${'word '.repeat(16)}end` }];
  expect(columns(long, 60)).toEqual([`web  ${'word '.repeat(11).trim()}\n     ${'word '.repeat(5)}end`]);
});

test('in a narrow terminal it stands below its label', () => {
  expect(columns(choices, 40)[0]).toBe('checkout\n  0 of 3 ready');
});

test('a very long label does not push the others away', () => {
  const long = { value: 4, label: 'x'.repeat(63), note: 'n' };
  expect(columns([{ value: 1, label: 'a', note: 'm' }, long], 80)[0]).toBe(`${'a'.padEnd(40)}  m`);
});

test('a question is broken between words', () => {
  expect(asked('From where? (nothing is created yet)', 20)).toBe('From where? (nothing\nis created yet)');
});

test.each([
  ['', [1, 2, 3]],
  ['CHECK', [1, 2]],
  ['ready 0', [1]],
  ['cart worker', [2]],
  ['nothing', []],
])('typing %j leaves %j', (term, expected) => {
  expect(narrowed(choices, term).map(({ value }) => value)).toEqual(expected);
});

test('what is typed only narrows', () => {
  fc.assert(
    fc.property(fc.string(), (term) => {
      for (const choice of narrowed(choices, term)) expect(choices).toContain(choice);
    }),
  );
});
