import { describe, expect, test } from 'vitest';
import type { NetworkPolicyPeer } from '../../../src/model/kubernetes.ts';
import type { Party } from '../../../src/model/networkPolicy/party.ts';
import type { Truth } from '../../../src/model/truth.ts';
import { admits, checkout, outside, stranger, web } from './shop.ts';

describe('peers', () => {
  const rows: [string, NetworkPolicyPeer[], Party, Truth][] = [
    ['podSelector: own namespace', [{ podSelector: { matchLabels: { app: 'web' } } }], web, true],
    [
      'podSelector: not the same labels in another namespace',
      [{ podSelector: { matchLabels: { app: 'web' } } }],
      stranger,
      false,
    ],
    ['podSelector {}: every pod of the own namespace', [{ podSelector: {} }], web, true],
    ['podSelector {}: no pod of another one', [{ podSelector: {} }], stranger, false],
    ['namespaceSelector', [{ namespaceSelector: { matchLabels: { team: 'blue' } } }], stranger, true],
    ['namespaceSelector, other labels', [{ namespaceSelector: { matchLabels: { team: 'green' } } }], stranger, false],
    ['namespaceSelector {}: every pod', [{ namespaceSelector: {} }], stranger, true],
    ['namespaceSelector {}: the own namespace as well', [{ namespaceSelector: {} }], web, true],
    ['namespaceSelector: no address outside', [{ namespaceSelector: {} }], outside, false],
    [
      'both in one item are joined by AND',
      [{ namespaceSelector: { matchLabels: { team: 'blue' } }, podSelector: { matchLabels: { app: 'web' } } }],
      stranger,
      true,
    ],
    [
      'AND: the pod differs',
      [{ namespaceSelector: { matchLabels: { team: 'blue' } }, podSelector: { matchLabels: { app: 'api' } } }],
      stranger,
      false,
    ],
    [
      'AND: the namespace differs',
      [{ namespaceSelector: { matchLabels: { team: 'red' } }, podSelector: { matchLabels: { app: 'web' } } }],
      stranger,
      false,
    ],
    [
      'two items are joined by OR',
      [{ namespaceSelector: { matchLabels: { team: 'blue' } } }, { podSelector: { matchLabels: { app: 'api' } } }],
      stranger,
      true,
    ],
    [
      'matchExpressions',
      [{ namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'NotIn', values: ['red'] }] } }],
      stranger,
      true,
    ],
    ['an item that says nothing means nobody', [{}], web, false],
    ['ipBlock', [{ ipBlock: { cidr: '192.0.2.0/24' } }], outside, true],
    ['ipBlock, other addresses', [{ ipBlock: { cidr: '198.51.100.0/24' } }], outside, false],
    ['ipBlock with except', [{ ipBlock: { cidr: '192.0.2.0/24', except: ['192.0.2.0/29'] } }], outside, false],
    [
      'ipBlock with except elsewhere',
      [{ ipBlock: { cidr: '192.0.2.0/24', except: ['192.0.2.128/25'] } }],
      outside,
      true,
    ],
    ['ipBlock means the addresses of pods as well', [{ ipBlock: { cidr: '10.0.0.0/24' } }], web, true],
    ['ipBlock of the other family', [{ ipBlock: { cidr: 'fd00::/8' } }], web, false],
    [
      'ipBlock 0.0.0.0/0 is no IPv6',
      [{ ipBlock: { cidr: '0.0.0.0/0' } }],
      { kind: 'address', address: '2001:db8::1' },
      false,
    ],
  ];
  test.each(rows)('%s', (_name, from, client, expected) => {
    expect(admits(from, client)).toBe(expected);
  });

  test('the family is that of the backend', () => {
    const backend = { ...checkout, addresses: ['fd00::2'] };
    expect(admits([{ ipBlock: { cidr: 'fd00::/64' } }], web, { backend })).toBe(true);
    expect(admits([{ ipBlock: { cidr: '10.0.0.0/8' } }], web, { backend })).toBe(false);
  });
});
