import { expect, test } from 'vitest';
import { dnsServersOf } from '../../src/facts/dnsPolicies.ts';
import { recordedFacts } from '../../src/facts/store.ts';
import { known, unknown } from '../../src/model/fact.ts';
import type { PodParty } from '../../src/model/networkPolicy/party.ts';
import { NOW } from '../support/facts.ts';

const CLIENT: PodParty = {
  kind: 'pod',
  namespace: 'shop',
  labels: {},
  addresses: [],
  hostNetwork: false,
  node: 'node1',
};
const target = { namespace: 'shop', service: 'web', scheme: 'auto', forSeconds: 0 } as const;
const consent = { probe: true, nodeChecks: false };
const forbidden = unknown({
  kind: 'forbidden',
  verb: 'get',
  resource: 'services',
  namespace: 'kube-system',
  message: '',
});

const ask = (service: typeof forbidden | ReturnType<typeof known>, nameservers: string[] = ['10.96.0.10']) => {
  const facts = recordedFacts(
    { 'get services kube-system/kube-dns': service },
    { target, now: NOW, probers: [], consent },
  );
  const heard = {
    domain: 'cluster.local',
    lookups: [],
    resolvConf: { nameservers, search: [], ndots: 5, options: [] },
  };
  const none = { name: '', by: new Map() };
  return dnsServersOf(facts, CLIENT, { ...heard, service: none, kubernetes: none });
};

test('where kube-system may not be read, DNS pods are what they are nearly everywhere', async () => {
  expect(await ask(forbidden)).toMatchObject([
    { party: { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } }, ports: { UDP: 53, TCP: 53 } },
  ]);
});

test('where there is no DNS Service, there is nobody to ask', async () => {
  expect(await ask(known(null))).toEqual([]);
});

test('the cache on the node comes before the DNS Service', async () => {
  expect(await ask(forbidden, ['169.254.20.10'])).toMatchObject([
    { party: { kind: 'address', address: '169.254.20.10', node: 'node1' } },
  ]);
});
