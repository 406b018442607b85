import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { covers } from '../../../src/model/firewall/matches.ts';
import { endpointOf } from '../../../src/model/firewall/way.ts';

it.each([
  ['10.0.0.1', '10.0.0.1', true],
  ['10.0.0.1/32', '10.0.0.1', true],
  ['10.0.0.1', '10.0.0.2', false],
  ['10.0.0.0/8', '10.200.0.1', true],
  ['10.0.0.0/8', '11.0.0.1', false],
  ['0.0.0.0/0', '11.0.0.1', true],
  ['10.0.0.1-10.0.0.9', '10.0.0.5', true],
  ['10.0.0.1-10.0.0.9', '10.0.0.10', false],
  ['10.0.0.9-10.0.0.1', '10.0.0.5', false],
  ['fd00::/64', 'fd00::5', true],
  ['fd00:0:0::5/128', 'fd00::5', true],
  ['::/0', '10.0.0.1', false],
  ['10.0.0.0/99', '10.0.0.1', false],
  ['somewhere', '10.0.0.1', false],
])('%s covers %s: %s', (element, address, expected) => {
  expect(covers(element, address)).toBe(expected);
});

it('never fails', () => {
  fc.assert(fc.property(fc.string(), (element) => typeof covers(element, '10.0.0.1') === 'boolean'));
});

describe('an endpoint', () => {
  it.each([
    ['10.0.0.1:80', { address: '10.0.0.1', port: 80 }],
    ['[fd00::1]:80', { address: 'fd00::1', port: 80 }],
    ['10.0.0.1', undefined],
    ['host:80', undefined],
  ])('%s', (text, expected) => {
    expect(endpointOf(text)).toEqual(expected);
  });
});
