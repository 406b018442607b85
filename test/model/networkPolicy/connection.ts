import type { NetworkPolicy, NetworkPolicyPeer } from '../../../src/model/kubernetes.ts';
import type { ServedConnection } from '../../../src/model/networkPolicy/hint.ts';
import type { PodParty } from '../../../src/model/networkPolicy/party.ts';

export type Spec = NonNullable<NetworkPolicy['spec']>;

export const policy = (name: string, spec: Spec, namespace = 'shop'): NetworkPolicy => ({
  metadata: { namespace, name },
  spec,
});

export const pod = (namespace: string, name: string, more: Partial<PodParty> = {}): PodParty => ({
  kind: 'pod',
  namespace,
  name,
  labels: { app: name, 'pod-template-hash': '7d9f' },
  addresses: ['10.0.0.9'],
  hostNetwork: false,
  ports: [{ container: 'c', name: 'http', containerPort: 8080, protocol: 'TCP', sidecar: false }],
  ...more,
});

export const fromWeb: NetworkPolicyPeer[] = [{ podSelector: { matchLabels: { app: 'web' } } }];
export const ingress = (rule: NonNullable<Spec['ingress']>[number]): NetworkPolicy =>
  policy('p', { podSelector: {}, ingress: [rule] });
export const egress = (rule: NonNullable<Spec['egress']>[number]): NetworkPolicy =>
  policy('p', { podSelector: {}, policyTypes: ['Egress'], egress: [rule] });

export const connection = (policies: NetworkPolicy[], more: Partial<ServedConnection> = {}): ServedConnection => ({
  policies,
  client: pod('shop', 'web'),
  backend: pod('shop', 'checkout', { addresses: ['10.0.0.2'] }),
  port: 8080,
  protocol: 'TCP',
  namespaces: { shop: { team: 'red' }, ops: { team: 'blue' } },
  service: { port: 80, portName: 'main', clusterIPs: ['10.96.0.7'] },
  ...more,
});

export const elsewhere = { client: pod('ops', 'web') };
