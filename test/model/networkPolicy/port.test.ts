import { describe, expect, test } from 'vitest';
import type { NetworkPolicyPort } from '../../../src/model/kubernetes.ts';
import type { Truth } from '../../../src/model/truth.ts';
import { all, ask, outside, party, policy } from './shop.ts';

describe('ports', () => {
  const rows: [string, NetworkPolicyPort[], Truth][] = [
    ['the number', [{ port: 8080 }], true],
    ['another number', [{ port: 80 }], false],
    ['protocol defaults to TCP', [{ port: 8080, protocol: 'UDP' }], false],
    ['one of several', [{ port: 80 }, { port: 8080 }], true],
    ['a protocol alone means all of its ports', [{ protocol: 'TCP' }], true],
    ['another protocol alone', [{ protocol: 'UDP' }], false],
    ['a range', [{ port: 8000, endPort: 8080 }], true],
    ['a range that ends before', [{ port: 8000, endPort: 8079 }], false],
    ['a name that the backend declares', [{ port: 'http' }], true],
    ['a name that it does not declare', [{ port: 'web' }], false],
    ['a name of another protocol', [{ port: 'http', protocol: 'UDP' }], false],
    ['a name in a sidecar: not every plugin looks there', [{ port: 'mesh' }], 'unknown'],
    ['a number in quotes is a name', [{ port: '8080' }], false],
  ];
  test.each(rows)('%s, in ingress and in egress', (_name, ports, expected) => {
    expect(ask([policy('p', { ...all, ingress: [{ ports }] })]).allowed).toBe(expected);
    expect(ask([policy('p', { ...all, policyTypes: ['Egress'], egress: [{ ports }] })]).allowed).toBe(expected);
  });

  test('a name is resolved on each backend', () => {
    const policies = [policy('p', { ...all, ingress: [{ ports: [{ port: 'http' }] }] })];
    const other = party(
      'shop',
      'old',
      {},
      { ports: [{ container: 'c', name: 'http', containerPort: 9090, protocol: 'TCP', sidecar: false }] },
    );
    expect(ask(policies, { backend: other, port: 9090 }).allowed).toBe(true);
    expect(ask(policies, { backend: other, port: 8080 }).allowed).toBe(false);
  });

  test('peers and ports of one rule are joined by AND, rules by OR', () => {
    const rule = (app: string, port: number) => ({
      from: [{ podSelector: { matchLabels: { app } } }],
      ports: [{ port }],
    });
    expect(ask([policy('p', { ...all, ingress: [rule('web', 80), rule('api', 8080)] })]).allowed).toBe(false);
    expect(ask([policy('p', { ...all, ingress: [rule('web', 80), rule('web', 8080)] })]).allowed).toBe(true);
  });

  test('a port name means nothing outside the cluster', () => {
    const policies = [policy('p', { ...all, policyTypes: ['Egress'], egress: [{ ports: [{ port: 'http' }] }] })];
    expect(ask(policies, { backend: outside }).allowed).toBe(false);
  });

  test('a port name beside an ipBlock in egress is not defined', () => {
    const egress = [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }], ports: [{ port: 'http' }] }];
    const verdict = ask([policy('p', { ...all, policyTypes: ['Egress'], egress })]);
    expect(verdict.allowed).toBe('unknown');
    expect(verdict.egress.doubts).toEqual([{ namespace: 'shop', policy: 'p', rule: 0, reason: 'named-port' }]);
  });
});
