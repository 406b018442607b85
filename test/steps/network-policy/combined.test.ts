import { describe, expect, test } from 'vitest';
import type { NetworkPolicyPeer, Pod } from '../../../src/model/kubernetes.ts';
import { pod, service } from '../../support/objects.ts';
import { wellSaid } from '../../support/sentences.ts';
import { endpoint, slice } from '../../support/workloads.ts';
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

test('what is denied over UDP is not acquitted by an answer over TCP', async () => {
  const udp = service({
    ports: [{ name: 'dns', port: 53, targetPort: 8080, protocol: 'UDP' }],
    spec: { clusterIP: '10.96.7.7', clusterIPs: ['10.96.7.7'] },
  });
  const web = BASE.find(({ kind, metadata }) => kind === 'Pod' && metadata?.name === 'web-6c5d8b7f9-aaaaa') as Pod;
  const listed = slice({ ports: [{ name: 'dns', port: 8080, protocol: 'UDP' }], endpoints: [endpoint(web)] });
  const others = BASE.filter(({ kind }) => kind !== 'Service' && kind !== 'EndpointSlice');
  const onlyTcp = policy('tcp', { podSelector: {}, ingress: [{ ports: [{ port: 8080, protocol: 'TCP' }] }] });
  const { findings } = await check({
    objects: [...others, udp, listed, onlyTcp] as never,
    connections: { '10.244.0.5:8080': 'answered' },
    vantage: FROM_BATCH,
  });
  expect(findings).toMatchObject([{ code: 'network-policy/ingress-denied', severity: 'error' }]);
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
