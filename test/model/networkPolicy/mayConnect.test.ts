import { describe, expect, test } from 'vitest';
import type { NetworkPolicy } from '../../../src/model/kubernetes.ts';
import type { AddressParty } from '../../../src/model/networkPolicy/party.ts';
import type { Truth } from '../../../src/model/truth.ts';
import { all, ask, checkout, outside, policy } from './shop.ts';

describe('isolation', () => {
  const rows: [string, NetworkPolicy[], Truth, Truth][] = [
    ['no policy: everything', [], true, true],
    ['default deny ingress', [policy('deny', { ...all, policyTypes: ['Ingress'] })], false, true],
    ['default deny egress', [policy('deny', { ...all, policyTypes: ['Egress'] })], true, false],
    ['default deny both', [policy('deny', { ...all, policyTypes: ['Ingress', 'Egress'] })], false, false],
    ['policyTypes missing, no rules: ingress only', [policy('deny', all)], false, true],
    ['policyTypes empty counts as missing', [policy('deny', { ...all, policyTypes: [] })], false, true],
    ['policyTypes missing with egress rules: both', [policy('p', { ...all, egress: [{}] })], false, true],
    ['policyTypes missing with an empty egress list: ingress only', [policy('p', { ...all, egress: [] })], false, true],
    ['allow all ingress', [policy('p', { ...all, ingress: [{}] })], true, true],
    ['allow all egress', [policy('p', { ...all, policyTypes: ['Egress'], egress: [{}] })], true, true],
    [
      'empty lists in a rule mean everything',
      [policy('p', { ...all, ingress: [{ from: [], ports: [] }] })],
      true,
      true,
    ],
    [
      'policyTypes Egress alone: ingress rules do not isolate',
      [policy('p', { ...all, policyTypes: ['Egress'], ingress: [] })],
      true,
      false,
    ],
    ['a missing podSelector means every pod', [policy('p', { policyTypes: ['Ingress'] })], false, true],
    ['podSelector of another pod', [policy('p', { podSelector: { matchLabels: { app: 'db' } } })], true, true],
    ['a policy of another namespace', [policy('p', { ...all, policyTypes: ['Ingress', 'Egress'] }, 'ops')], true, true],
    ['policies add up', [policy('deny', all), policy('allow', { ...all, ingress: [{}] })], true, true],
  ];
  test.each(rows)('%s', (_name, policies, ingress, egress) => {
    const verdict = ask(policies);
    expect([verdict.ingress.allowed, verdict.egress.allowed]).toEqual([ingress, egress]);
    expect(verdict.allowed).toBe(ingress && egress);
  });
});

describe('which policy decides', () => {
  test('the rule that admits', () => {
    const deny = policy('a-deny', all);
    const allow = policy('b-allow', { ...all, ingress: [{ ports: [{ port: 1 }] }, {}] });
    expect(ask([allow, deny]).ingress).toEqual({
      direction: 'ingress',
      allowed: true,
      because: 'rule',
      isolatedBy: [
        { namespace: 'shop', policy: 'a-deny' },
        { namespace: 'shop', policy: 'b-allow' },
      ],
      admittedBy: { namespace: 'shop', policy: 'b-allow', rule: 1 },
      doubts: [],
    });
  });

  test('the policies that isolate without admitting', () => {
    expect(ask([policy('deny', all)]).ingress).toMatchObject({
      because: 'no-rule',
      isolatedBy: [{ namespace: 'shop', policy: 'deny' }],
    });
  });

  test('nothing isolates', () => {
    expect(ask([]).ingress).toMatchObject({ because: 'not-isolated', isolatedBy: [] });
  });
});

describe('what policies never touch', () => {
  const deny = [policy('deny', { ...all, policyTypes: ['Ingress', 'Egress'] })];

  test('a pod and itself', () => {
    expect(ask(deny, { client: checkout }).ingress).toMatchObject({ allowed: true, because: 'same-pod' });
    expect(ask(deny, { backend: { kind: 'address', address: '10.0.0.1' } }).allowed).toBe(true);
  });

  test('an address as a client has no egress, as a backend no ingress', () => {
    expect(ask(deny, { client: outside }).egress).toMatchObject({ allowed: true, because: 'not-a-pod' });
    expect(ask(deny, { backend: outside }).ingress).toMatchObject({ allowed: true, because: 'not-a-pod' });
  });

  test("the backend's own node is let in, other nodes are not", () => {
    const node = (name: string): AddressParty => ({ kind: 'address', address: '172.16.0.9', node: name });
    expect(ask(deny, { client: node('n2') }).ingress).toMatchObject({ allowed: true, because: 'own-node' });
    expect(ask(deny, { client: node('n1') }).ingress.allowed).toBe(false);
  });
});
