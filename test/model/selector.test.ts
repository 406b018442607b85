import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LabelSelector } from '../../src/model/kubernetes.ts';
import { printLabels, printSelector, selects, serviceSelects, unmet } from '../../src/model/selector.ts';

const expression = (key: string, operator: string, ...values: string[]): LabelSelector => ({
  matchExpressions: [{ key, operator, ...(values.length > 0 && { values }) }],
});

describe('selects', () => {
  const labels = { app: 'web', tier: 'front' };
  test.each<[string, LabelSelector | undefined, boolean]>([
    ['a missing selector selects nothing', undefined, false],
    ['an empty selector selects everything', {}, true],
    ['empty matchLabels and matchExpressions select everything', { matchLabels: {}, matchExpressions: [] }, true],
    ['matchLabels: all must match', { matchLabels: { app: 'web', tier: 'front' } }, true],
    ['matchLabels: one differs', { matchLabels: { app: 'web', tier: 'back' } }, false],
    ['values are case-sensitive', { matchLabels: { app: 'Web' } }, false],
    ['In', expression('app', 'In', 'api', 'web'), true],
    ['In, other values', expression('app', 'In', 'api'), false],
    ['In, key absent', expression('zone', 'In', 'a'), false],
    ['NotIn', expression('app', 'NotIn', 'web'), false],
    ['NotIn holds where the key is absent', expression('zone', 'NotIn', 'a'), true],
    ['Exists', expression('app', 'Exists'), true],
    ['Exists, key absent', expression('zone', 'Exists'), false],
    ['DoesNotExist', expression('app', 'DoesNotExist'), false],
    ['DoesNotExist, key absent', expression('zone', 'DoesNotExist'), true],
    ['an operator that Kubernetes does not know selects nothing', expression('app', 'Gt', '1'), false],
    [
      'matchLabels and matchExpressions are joined by AND',
      { matchLabels: { app: 'web' }, ...expression('zone', 'Exists') },
      false,
    ],
  ])('%s', (_name, selector, expected) => {
    expect(selects(selector, labels)).toBe(expected);
  });

  test('an inherited property is no label', () => {
    expect(selects(expression('constructor', 'Exists'), {})).toBe(false);
  });

  test('NotIn is the opposite of In wherever the key is present', () => {
    const value = fc.constantFrom('a', 'b', 'c');
    fc.assert(
      fc.property(value, fc.array(value, { minLength: 1 }), (found, values) => {
        const isIn = selects(expression('k', 'In', ...values), { k: found });
        expect(selects(expression('k', 'NotIn', ...values), { k: found })).toBe(!isIn);
      }),
    );
  });
});

describe('serviceSelects', () => {
  test.each([
    ['an empty selector selects nothing', {}, { app: 'web' }, false],
    ['a missing selector selects nothing', undefined, { app: 'web' }, false],
    ['all labels must match', { app: 'web' }, { app: 'web', more: 'x' }, true],
    ['a pod without labels', { app: 'web' }, undefined, false],
  ])('%s', (_name, selector, labels, expected) => {
    expect(serviceSelects(selector, labels)).toBe(expected);
  });
});

describe('printing', () => {
  test('as kubectl -l takes it, sorted by key', () => {
    const selector = {
      matchLabels: { b: '2', a: '1' },
      matchExpressions: [
        { key: 'f', operator: 'NotIn', values: ['y', 'x'] },
        { key: 'c', operator: 'In', values: ['d'] },
        { key: 'e', operator: 'DoesNotExist' },
        { key: 'd', operator: 'Exists' },
      ],
    };
    expect(printSelector(selector)).toBe('a=1,b=2,c in (d),d,!e,f notin (x,y)');
  });

  test('nothing to print', () => {
    expect(printSelector({})).toBe('');
    expect(printLabels(undefined)).toBe('');
  });
});

test('unmet names the conditions that fail, and what is there instead', () => {
  const selector = { matchLabels: { app: 'web', tier: 'x' }, ...expression('zone', 'Exists') };
  expect(unmet(selector, { app: 'web', tier: 'y' })).toEqual([
    { key: 'tier', operator: 'In', values: ['x'], found: 'y' },
    { key: 'zone', operator: 'Exists', values: [] },
  ]);
});
