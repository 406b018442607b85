import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nearNames } from '../../src/model/nearNames.ts';

describe('near names', () => {
  test.each([
    ['hostname', 'hostnames', 'spelling'],
    ['host-names', 'hostnames', 'spelling'],
    ['chekout', 'checkout', 'spelling'],
    ['serach', 'search', 'spelling'],
    ['Vault', 'vault', 'spelling'],
    ['web', 'web-svc', 'part'],
    ['search', 'shop-search', 'part'],
    ['shop-search-primary', 'search-primary', 'part'],
    ['web', 'api', undefined],
    ['db', 'ab', undefined],
    ['users', 'orders', undefined],
    ['web', 'webhooks', undefined],
  ])('%s and %s: %s', (wanted, name, how) => {
    expect(nearNames(wanted, [name])[0]?.how).toBe(how);
  });

  test('the nearest first, and three at most', () => {
    const names = ['my-web', 'web-a-b', 'webb', 'web-x', 'other'];
    expect(nearNames('web', names).map(({ name }) => name)).toEqual(['webb', 'my-web', 'web-x']);
  });

  test('a name is not near to itself, and only candidates are named', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string()), (wanted, candidates) => {
        const near = nearNames(wanted, candidates).map(({ name }) => name);
        expect(near).not.toContain(wanted);
        expect(candidates).toEqual(expect.arrayContaining(near));
      }),
    );
  });
});
