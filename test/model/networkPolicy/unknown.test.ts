import { describe, expect, test } from 'vitest';
import type { NetworkPolicyPeer } from '../../../src/model/kubernetes.ts';
import type { AddressParty, PodParty } from '../../../src/model/networkPolicy/party.ts';
import { admits, all, ask, checkout, party, policy, stranger, web } from './shop.ts';

describe('what cannot be told is unknown', () => {
  const fromTeam = [{ namespaceSelector: { matchLabels: { team: 'blue' } } }];
  const host = (node: string): PodParty => ({ ...stranger, hostNetwork: true, node, addresses: ['172.16.0.1'] });

  test('labels of a namespace that were not read', () => {
    const verdict = ask([policy('p', { ...all, ingress: [{ from: fromTeam }] })], { client: stranger, namespaces: {} });
    expect(verdict).toMatchObject({
      allowed: 'unknown',
      ingress: { because: 'doubt', doubts: [{ policy: 'p', rule: 0, reason: 'namespace-labels' }] },
    });
  });

  test('but what can be told without them is told', () => {
    const byName = (name: string) => [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } }];
    expect(admits([{ namespaceSelector: {} }], stranger, { namespaces: {} })).toBe(true);
    expect(admits(byName('ops'), stranger, { namespaces: {} })).toBe(true);
    expect(admits(byName('dev'), stranger, { namespaces: {} })).toBe(false);
    expect(
      admits([{ ...fromTeam[0], podSelector: { matchLabels: { app: 'api' } } }], stranger, { namespaces: {} }),
    ).toBe(false);
    expect(admits([...fromTeam, { ipBlock: { cidr: '10.0.1.0/24' } }], stranger, { namespaces: {} })).toBe(true);
  });

  test('a client on its node network, where a selector would fit', () => {
    expect(admits(fromTeam, host('n1'))).toBe('unknown');
    expect(admits([{ podSelector: {} }], host('n1'))).toBe(false);
    expect(admits([{ ipBlock: { cidr: '172.16.0.0/16' } }], host('n1'))).toBe('unknown');
    expect(admits([{ ipBlock: { cidr: '0.0.0.0/0' } }], host('n1'))).toBe(true);
    expect(ask([policy('p', { ...all, ingress: [{}] })], { client: host('n1') }).allowed).toBe(true);
  });

  test("a client on the network of the backend's node", () => {
    expect(admits([], host('n2'))).toBe(true);
    expect(ask([policy('deny', all)], { client: host('n2') }).allowed).toBe('unknown');
  });

  test('a backend on its node network that policies select', () => {
    const backend = { ...checkout, hostNetwork: true, addresses: ['172.16.0.2'] };
    expect(ask([policy('deny', all)], { backend }).ingress).toMatchObject({
      allowed: 'unknown',
      doubts: [{ policy: 'deny', reason: 'host-network' }],
    });
    expect(ask([policy('p', { ...all, ingress: [{}] })], { backend }).allowed).toBe(true);
    expect(ask([], { backend }).allowed).toBe(true);
  });

  test('a client on its node network that egress policies select', () => {
    const client = { ...web, hostNetwork: true };
    expect(ask([policy('deny', { ...all, policyTypes: ['Egress'] })], { client }).egress.allowed).toBe('unknown');
  });

  test('egress to a pod on a node network: selectors are unknown, its address is not', () => {
    const to = (peer: NetworkPolicyPeer) =>
      ask([policy('p', { ...all, policyTypes: ['Egress'], egress: [{ to: [peer] }] })], { backend: host('n9') })
        .allowed;
    expect(to({ namespaceSelector: {} })).toBe('unknown');
    expect(to({ ipBlock: { cidr: '172.16.0.1/32' } })).toBe(true);
    expect(to({ ipBlock: { cidr: '172.16.0.2/32' } })).toBe(false);
  });

  test('egress to the own node', () => {
    const backend: AddressParty = { kind: 'address', address: '172.16.0.1', node: 'n1' };
    const verdict = ask([policy('deny', { ...all, policyTypes: ['Egress'] })], { backend });
    expect(verdict.egress).toMatchObject({ allowed: 'unknown', doubts: [{ reason: 'own-node' }] });
  });

  test('an ipBlock and a pod that has no address yet', () => {
    const client = party('shop', 'new', {});
    expect(admits([{ ipBlock: { cidr: '10.0.0.0/8' } }], client)).toBe('unknown');
    expect(admits([{ ipBlock: { cidr: '0.0.0.0/0' } }], client)).toBe(true);
    expect(admits([{ ipBlock: { cidr: '0.0.0.0/0' } }], client, { backend: { ...checkout, addresses: [] } })).toBe(
      'unknown',
    );
  });

  test('a CIDR that cannot be read', () => {
    expect(admits([{ ipBlock: { cidr: '010.0.0.0/8' } }], web)).toBe('unknown');
    expect(admits([{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.0.0.0/x'] } }], web)).toBe('unknown');
  });

  test('a port name and a backend whose containers are not known', () => {
    const { ports: _, ...backend } = checkout;
    expect(ask([policy('p', { ...all, ingress: [{ ports: [{ port: 'http' }] }] })], { backend }).allowed).toBe(
      'unknown',
    );
  });

  test('a denial at one end decides, whatever the other does', () => {
    const policies = [
      policy('deny', { podSelector: { matchLabels: { app: 'checkout' } } }),
      policy('p', { ...all, policyTypes: ['Egress'], egress: [{ to: fromTeam }] }),
    ];
    expect(ask(policies, { namespaces: {} })).toMatchObject({ allowed: false, egress: { allowed: 'unknown' } });
  });
});
