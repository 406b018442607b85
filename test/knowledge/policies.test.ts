/** Policies, and what a probe proves of them. */
import { describe, expect, test } from 'vitest';
import { ALLOW_DNS, ALLOW_FRONT, DENY_EGRESS, DENY_INGRESS, policy } from '../steps/network-policy/world.ts';
import type { Connections } from '../support/facts.ts';
import { pod } from '../support/objects.ts';
import { A, answering, B, C, client, diagnosed, listening, pods, served, VIP } from './scene.ts';

const silent: Connections = { [VIP]: 'silent', [A]: 'silent', [B]: 'silent', [C]: 'silent' };
const open = answering(VIP, A, B, C);
const front = pod({ name: 'front', ip: '10.244.0.77', labels: { app: 'front' }, deployment: null });
const batch = pod({ name: 'batch', ip: '10.244.0.78', labels: { app: 'batch' }, deployment: null });
const asBatch = { ...client, id: 'pod/shop/batch', pod: 'batch', labels: { app: 'batch' } };
const objects = [...served(pods()), front, batch];

test('a default deny denies: it is no policy that allows everybody', async () => {
  const { causes } = await diagnosed({
    objects: [...objects, DENY_INGRESS],
    connections: silent,
    forwards: listening,
    vantage: client,
  });
  expect(causes).toEqual(['network-policy/ingress-denied']);
});

test('the port of a policy is that of the pod, not of the Service', async () => {
  const onServicePort = policy('allow-80', { podSelector: {}, ingress: [{ ports: [{ port: 80, protocol: 'TCP' }] }] });
  const { causes, rootCauses } = await diagnosed({
    objects: [...objects, onServicePort],
    connections: silent,
    forwards: listening,
    vantage: client,
  });
  expect(causes).toEqual(['network-policy/ingress-denied']);
  expect(rootCauses[0]?.params).toMatchObject({ podPort: 8080, hint: 'service-port' });
});

test('an ipBlock that holds no pod is no mistake', async () => {
  const office = policy('office', {
    podSelector: {},
    ingress: [{ from: [{ ipBlock: { cidr: '203.0.113.0/24' } }, { podSelector: {} }] }],
  });
  const { verdict, errors, warnings } = await diagnosed({
    objects: [...objects, office],
    connections: open,
    vantage: client,
  });
  expect({ verdict, errors, warnings }).toEqual({ verdict: 'healthy', errors: [], warnings: [] });
});

test('a policy that denies the client, though it does not deny others', async () => {
  const denied = await diagnosed({
    objects: [...objects, ALLOW_FRONT],
    connections: silent,
    forwards: listening,
    vantage: asBatch,
  });
  expect(denied.causes).toEqual(['network-policy/ingress-denied']);
  const admitted = await diagnosed({ objects: [...objects, ALLOW_FRONT], connections: open, vantage: client });
  expect(admitted.verdict).toBe('healthy');
});

test('the client that may not send', async () => {
  const held = [...objects, DENY_EGRESS, ALLOW_DNS];
  const { causes } = await diagnosed({ objects: held, connections: silent, forwards: listening, vantage: client });
  expect(causes).toEqual(['network-policy/egress-denied']);
});

test('the client that may not ask DNS', async () => {
  const toPods = policy('to-web', {
    podSelector: { matchLabels: { app: 'front' } },
    policyTypes: ['Egress'],
    egress: [{ to: [{ podSelector: { matchLabels: { app: 'web' } } }] }],
  });
  const { causes } = await diagnosed({
    objects: [...objects, toPods],
    connections: open,
    vantage: client,
    heard: { dns: { '*': 'timeout' }, lookups: { '*': 'bad-name' } },
  });
  expect(causes).toEqual(['network-policy/dns-egress-denied']);
});

describe('a probe that policies do not admit', () => {
  const probed = { objects: [...objects, ALLOW_FRONT], connections: silent, forwards: listening };

  test('proves nothing: neither broken nor healthy, and whom they admit is named', async () => {
    const { verdict, errors, notes } = await diagnosed(probed);
    expect({ verdict, errors }).toEqual({ verdict: 'inconclusive', errors: [] });
    expect(notes).toContain('network-policy/probe-denied');
  });

  test('stands back for a pod that they do admit', async () => {
    const { verdict } = await diagnosed({ ...probed, self: answering(VIP, A, B, C) });
    expect(verdict).toBe('healthy');
  });
});

test('a suspicion is overruled by the client that got through', async () => {
  const { verdict, errors, notes } = await diagnosed({
    objects: [...objects, DENY_INGRESS],
    connections: open,
    vantage: client,
  });
  expect({ verdict, errors }).toEqual({ verdict: 'healthy', errors: [] });
  expect(notes).toContain('network-policy/not-enforced');
});

test('the policy of another application is none of this Service', async () => {
  const other = policy('billing', { podSelector: { matchLabels: { app: 'billing' } }, policyTypes: ['Ingress'] });
  const { verdict, warnings } = await diagnosed({ objects: [...objects, other], connections: open, vantage: client });
  expect({ verdict, warnings }).toEqual({ verdict: 'healthy', warnings: [] });
});
