import { describe, expect, test } from 'vitest';
import { admittedPeers } from '../../../src/model/networkPolicy/admitted.ts';
import { connection, fromWeb, ingress, policy } from './connection.ts';

describe('admittedPeers', () => {
  test('the peers of the rules that fit the port', () => {
    const one = policy('p', {
      podSelector: {},
      ingress: [{ from: fromWeb, ports: [{ port: 8080 }] }, { ports: [{ port: 9 }] }],
    });
    expect(admittedPeers(connection([one]), 'ingress')).toEqual([
      { namespace: 'shop', policy: 'p', rule: 0, peer: fromWeb[0] },
    ]);
  });

  test('nobody, anybody, and not isolated', () => {
    expect(admittedPeers(connection([policy('p', { podSelector: {} })]), 'ingress')).toEqual([]);
    expect(admittedPeers(connection([ingress({})]), 'ingress')).toEqual([{ namespace: 'shop', policy: 'p', rule: 0 }]);
    expect(admittedPeers(connection([]), 'ingress')).toBeUndefined();
  });
});
