import { expect, test } from 'vitest';
import type { NetworkPolicyPeer } from '../../../src/model/kubernetes.ts';
import { wellSaid } from '../../support/sentences.ts';
import { check, FROM_BATCH, policy, SILENT } from './world.ts';

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
