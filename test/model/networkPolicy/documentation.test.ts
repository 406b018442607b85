import { describe, expect, test } from 'vitest';
import { mayConnect } from '../../../src/model/networkPolicy/mayConnect.ts';
import type { Party } from '../../../src/model/networkPolicy/party.ts';
import type { Truth } from '../../../src/model/truth.ts';
import { party, policy } from './shop.ts';

/** The example of https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource */
describe('the example of the documentation', () => {
  const example = policy(
    'test-network-policy',
    {
      podSelector: { matchLabels: { role: 'db' } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        {
          from: [
            { ipBlock: { cidr: '172.17.0.0/16', except: ['172.17.1.0/24'] } },
            { namespaceSelector: { matchLabels: { project: 'myproject' } } },
            { podSelector: { matchLabels: { role: 'frontend' } } },
          ],
          ports: [{ protocol: 'TCP', port: 6379 }],
        },
      ],
      egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/24' } }], ports: [{ protocol: 'TCP', port: 5978 }] }],
    },
    'default',
  );
  const db = party('default', 'db', { role: 'db' }, { addresses: ['10.1.0.1'] });
  const spaces = { default: {}, mine: { project: 'myproject' }, other: {} };
  const into = (client: Party, port = 6379) =>
    mayConnect({ policies: [example], client, backend: db, port, protocol: 'TCP', namespaces: spaces }).allowed;
  const out = (address: string, port = 5978) =>
    mayConnect({
      policies: [example],
      client: db,
      backend: { kind: 'address', address },
      port,
      protocol: 'TCP',
      namespaces: spaces,
    }).allowed;

  test.each<[string, Party, Truth]>([
    ['any pod in default with role=frontend', party('default', 'f', { role: 'frontend' }), true],
    ['role=frontend elsewhere', party('other', 'f', { role: 'frontend' }), false],
    ['any pod in a namespace with project=myproject', party('mine', 'x', {}), true],
    ['172.17.0.5', { kind: 'address', address: '172.17.0.5' }, true],
    ['172.17.1.5', { kind: 'address', address: '172.17.1.5' }, false],
    ['172.17.2.0', { kind: 'address', address: '172.17.2.0' }, true],
  ])('ingress from %s', (_name, client, expected) => {
    const known = client.kind === 'pod' ? { ...client, addresses: ['10.2.0.1'] } : client;
    expect(into(known)).toBe(expected);
    expect(into(known, 80)).toBe(false);
  });

  test('egress', () => {
    expect([out('10.0.0.9'), out('10.0.1.9'), out('10.0.0.9', 80)]).toEqual([true, false, false]);
  });
});
