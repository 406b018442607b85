import { describe, expect, test } from 'vitest';
import { patched } from '../../../src/practice/api/patch.ts';
import { labelSelector } from '../../../src/practice/api/select.ts';

describe('patches', () => {
  const containers = {
    spec: { containers: [{ name: 'a', image: 'x', ports: [{ containerPort: 1, name: 'p' }] }, { name: 'b' }] },
  };

  test.each<[string, unknown, unknown, unknown]>([
    [
      'strategic-merge-patch+json',
      containers,
      { spec: { containers: [{ name: 'a', image: 'y' }] } },
      { spec: { containers: [{ name: 'a', image: 'y', ports: [{ containerPort: 1, name: 'p' }] }, { name: 'b' }] } },
    ],
    [
      'strategic-merge-patch+json',
      containers,
      { spec: { containers: [{ name: 'b', $patch: 'delete' }] } },
      { spec: { containers: [containers.spec.containers[0]] } },
    ],
    ['strategic-merge-patch+json', { a: { b: 1, c: 2 } }, { a: { $patch: 'replace', d: 3 } }, { a: { d: 3 } }],
    ['strategic-merge-patch+json', { finalizers: ['a'] }, { finalizers: ['b'] }, { finalizers: ['a', 'b'] }],
    ['strategic-merge-patch+json', { args: ['a'] }, { args: ['b'] }, { args: ['b'] }],
    ['merge-patch+json', { a: { b: 1 }, l: [1] }, { a: { b: null }, l: [2] }, { a: {}, l: [2] }],
    ['json-patch+json', { l: [1] }, [{ op: 'add', path: '/l/-', value: 2 }], { l: [1, 2] }],
  ])('%s %j %j', (type, target, patch, result) => {
    expect(patched(target, patch, type)).toEqual(result);
  });

  test('one that does not fit is refused', () => {
    expect(() => patched({}, [{ op: 'remove', path: '/a/b' }], 'json-patch+json')).toThrow(
      'the server rejected our request',
    );
    expect(labelSelector('a=1,b')({ a: '1', b: '' })).toBe(true);
  });
});
