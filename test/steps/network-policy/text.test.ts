/** What a person reads of a denial: the nearest rule, and what is wrong with it. */
import { expect, test } from 'vitest';
import type { NetworkPolicy } from '../../../src/model/kubernetes.ts';
import { en } from '../../../src/text/en/index.ts';
import { check, DENY_INGRESS, FROM_BATCH, MUTE, OPEN, policy, SILENT } from './world.ts';

type Ingress = NonNullable<NonNullable<NetworkPolicy['spec']>['ingress']>;
const letIn = (...ingress: Ingress) =>
  policy('p', { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Ingress'], ingress });
const START =
  'NetworkPolicy p does not let shop/batch-6c5d8b7f9-aaaaa into the pods of shop/web on 80/TCP (pod port 8080)';

async function said(...[world]: Parameters<typeof check>): Promise<string[]> {
  const { findings } = await check({ connections: SILENT, vantage: FROM_BATCH, ...world });
  return findings.map((finding) => (en.findings[finding.code].says as (params: unknown) => string)(finding.params));
}

test.each<[string, NetworkPolicy & { kind: string }]>([
  [': p has no ingress rule at all', letIn()],
  [
    ". Nearest to it is rule 1, but 80 is the port of the Service; policies see the pod's, 8080",
    letIn({ ports: [{ port: 80 }] }),
  ],
  [
    '. Nearest to it is rule 1, but no container declares a port named metrics (there is http)',
    letIn({ ports: [{ port: 'metrics' }] }),
  ],
  [
    '. Nearest to it is rule 1, but it lists the port for UDP, not for TCP',
    letIn({ ports: [{ port: 8080, protocol: 'UDP' }] }),
  ],
  ['. Nearest to it is rule 1, but it lists 9090/TCP, not 8080/TCP', letIn({ ports: [{ port: 9090 }] })],
  [
    '. Nearest to it is rule 2, but it asks for pods with app=front; the client has app=batch',
    letIn(
      { ports: [{ port: 1 }], from: [{ podSelector: { matchLabels: { app: 'x', y: 'z' } } }] },
      { from: [{ podSelector: { matchLabels: { app: 'front' } } }] },
    ),
  ],
  [
    '. Nearest to it is rule 1, but it asks for namespaces with team=a; shop: no team',
    letIn({ from: [{ namespaceSelector: { matchLabels: { team: 'a' } } }] }),
  ],
  [
    '. Nearest to it is rule 1, but its exception 10.244.0.0/24 holds 10.244.0.8',
    letIn({ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.244.0.0/24'] } }] }),
  ],
])('%s', async (end, one) => {
  expect(await said({ policies: [one] })).toEqual([START + end]);
});

test('two policies, and nobody in particular', async () => {
  const [line] = await said({ policies: [DENY_INGRESS, letIn()], vantage: { ...FROM_BATCH, kind: 'probe' } });
  expect(line).toBe(
    'NetworkPolicies deny and p let no existing pod into the pods of shop/web on 80/TCP (pod port 8080): deny has no ingress rule at all',
  );
});

test('DNS', async () => {
  const out = policy('out', { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ podSelector: {} }] }] });
  expect(await said({ policies: [out], connections: OPEN, heard: MUTE })).toEqual([
    'NetworkPolicy out keeps shop/batch-6c5d8b7f9-aaaaa from asking DNS (kube-system/coredns-1, 53/UDP). Nearest to it is rule 1, but a podSelector alone means pods of shop; the DNS pod is in kube-system',
  ]);
  const shut = policy('in', { podSelector: {}, policyTypes: ['Ingress'] }, 'kube-system');
  expect(await said({ policies: [shut], connections: OPEN, heard: MUTE })).toEqual([
    'NetworkPolicy kube-system/in does not let shop/batch-6c5d8b7f9-aaaaa into the pods of kube-system/kube-dns on 53/UDP (pod port 53)',
  ]);
});
