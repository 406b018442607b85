import { describe, expect, test } from 'vitest';
import type { NetworkPolicyPeer } from '../../../src/model/kubernetes.ts';
import { pod } from '../../support/objects.ts';
import { wellSaid } from '../../support/sentences.ts';
import { ALLOW_FRONT, BASE, check, FROM_BATCH, policy, SILENT } from './world.ts';

const NAMESPACE = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } } };
const OTHER_NAMESPACE = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'other' } } };
const POD = { podSelector: { matchLabels: { app: 'batch' } } };
const OTHER_POD = { podSelector: { matchLabels: { app: 'front' } } };

const letIn = (...from: NetworkPolicyPeer[]) => policy('p', { podSelector: {}, ingress: [{ from }] });

test.each([
  ['one item whose podSelector does not match', [{ ...NAMESPACE, ...OTHER_POD }], 'pod-label', true],
  ['one item whose namespaceSelector does not match', [{ ...OTHER_NAMESPACE, ...POD }], 'namespace-label', true],
  ['a podSelector alone', [OTHER_POD], 'pod-label', false],
])('%s', async (_, from, hint, both) => {
  const { findings } = wellSaid(await check({ policies: [letIn(...from)], connections: SILENT, vantage: FROM_BATCH }));
  expect(findings).toMatchObject([{ code: 'network-policy/ingress-denied', params: { hint, both } }]);
});

test('two items are two ways in: either is enough', async () => {
  const { findings } = await check({
    policies: [letIn(NAMESPACE, OTHER_POD)],
    connections: SILENT,
    vantage: FROM_BATCH,
  });
  expect(findings).toEqual([]);
});

describe('pods that wait for an address', () => {
  const name = 'web-6c5d8b7f9-aaaaa';
  const pending = pod({ name, ip: '', node: '', ready: false, ports: [{ name: 'http', containerPort: 8080 }] });
  const others = BASE.filter(({ kind, metadata }) => kind !== 'EndpointSlice' && metadata?.name !== name);
  const judged = async (admitting: ReturnType<typeof policy>) =>
    wellSaid(
      await check({
        objects: [...others, pending, admitting],
        connections: { '10.96.7.7:80': 'silent' },
        vantage: FROM_BATCH,
      }),
    );

  test('are judged by their labels: they will be as little reached once they run', async () => {
    expect((await judged(ALLOW_FRONT)).findings).toMatchObject([
      { code: 'network-policy/ingress-denied', severity: 'error', params: { backends: [name] } },
    ]);
  });

  test.each([
    ['the client is admitted', letIn(POD), 'pass'],
    ['an address would have to be known', letIn({ ipBlock: { cidr: '10.244.0.0/16' } }), 'pass'],
  ] as const)('are not blamed on a policy: %s', async (_, admitting, outcome) => {
    expect(await judged(admitting)).toMatchObject({ outcome, findings: [] });
  });
});
