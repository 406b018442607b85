import type { Labels, NetworkPolicy, NetworkPolicyPeer } from '../../../src/model/kubernetes.ts';
import { mayConnect, type Verdict } from '../../../src/model/networkPolicy/mayConnect.ts';
import type { AddressParty, Connection, Party, PodParty } from '../../../src/model/networkPolicy/party.ts';
import type { Truth } from '../../../src/model/truth.ts';

export type Spec = NonNullable<NetworkPolicy['spec']>;

export const policy = (name: string, spec: Spec, namespace = 'shop'): NetworkPolicy => ({
  metadata: { namespace, name },
  spec,
});
export const all = { podSelector: {} };

export const party = (namespace: string, name: string, labels: Labels, more: Partial<PodParty> = {}): PodParty => ({
  kind: 'pod',
  namespace,
  name,
  labels,
  addresses: [],
  hostNetwork: false,
  ports: [
    { container: 'c', name: 'http', containerPort: 8080, protocol: 'TCP', sidecar: false },
    { container: 'mesh', name: 'mesh', containerPort: 8080, protocol: 'TCP', sidecar: true },
  ],
  ...more,
});

export const web = party('shop', 'web', { app: 'web' }, { addresses: ['10.0.0.1', 'fd00::1'], node: 'n1' });
export const checkout = party(
  'shop',
  'checkout',
  { app: 'checkout', tier: 'back' },
  { addresses: ['10.0.0.2', 'fd00::2'], node: 'n2' },
);
export const stranger = party('ops', 'web', { app: 'web' }, { addresses: ['10.0.1.1'], node: 'n1' });
export const outside: AddressParty = { kind: 'address', address: '192.0.2.7' };
const namespaces = { shop: { team: 'red' }, ops: { team: 'blue' } };

export const ask = (policies: NetworkPolicy[], more: Partial<Connection> = {}): Verdict =>
  mayConnect({ policies, client: web, backend: checkout, port: 8080, protocol: 'TCP', namespaces, ...more });

export const admits = (from: NetworkPolicyPeer[], client: Party, more: Partial<Connection> = {}): Truth =>
  ask([policy('p', { ...all, ingress: [{ from }] })], { client, ...more }).allowed;
