/** Names, and who answers for them. */
import { describe, expect, test } from 'vitest';
import { corefile, DNS_IP, FULL } from '../steps/dns/world.ts';
import { pod } from '../support/objects.ts';
import { A, answering, B, C, client, diagnosed, pods, served, VIP } from './scene.ts';

const well = { objects: served(pods()), connections: answering(VIP, A, B, C) };
const BAD = { '*': 'bad-name' } as const;

test('DNS that is down shows as a mixture of refused, silence and bad addresses: one cause', async () => {
  const { causes } = await diagnosed({
    ...well,
    heard: {
      dns: {
        [`*@${DNS_IP}`]: 'port-refused',
        '*@own': 'timeout',
        '*@10.244.1.2': 'timeout',
        '*@10.244.2.2': 'timeout',
      },
      lookups: BAD,
    },
  });
  expect(causes).toEqual(['dns/no-answer']);
});

test('NXDOMAIN, SERVFAIL and silence are three things', async () => {
  const cause = async (dns: Record<string, 'nxdomain' | 'servfail' | 'timeout'>) =>
    (await diagnosed({ ...well, heard: { dns, lookups: BAD } })).causes;
  expect(await cause({ [FULL]: 'nxdomain' })).toEqual(['dns/name-not-found']);
  expect(await cause({ '*': 'servfail' })).toEqual(['dns/server-failure']);
  expect(await cause({ '*': 'timeout' })).toEqual(['dns/no-answer']);
});

test('a Service made anew keeps its old address in caches for half a minute', async () => {
  const { causes, rootCauses } = await diagnosed({
    objects: served(pods()).map((object) =>
      object.kind === 'Service' ? { ...object, metadata: { ...object.metadata, creationTimestamp: NOW_ISH } } : object,
    ),
    connections: answering(VIP, A, B, C),
    heard: { dns: { [FULL]: ['10.96.1.1'] }, lookups: { '*': ['10.96.1.1'] } },
  });
  expect(causes).toEqual(['dns/wrong-answer']);
  expect(rootCauses[0]?.params).toMatchObject({ reason: 'cached' });
});
const NOW_ISH = '2026-11-23T08:59:50Z';

describe('the settings of a client', () => {
  const elsewhere = { conf: { nameservers: ['192.0.2.53'] }, dns: { '*@own': 'nxdomain' as const }, lookups: BAD };
  const front = pod({ name: 'front', ip: '10.244.0.77', labels: { app: 'front' }, spec: { dnsPolicy: 'Default' } });
  const objects = [...well.objects, front];

  test.each(['nxdomain', 'timeout'] as const)('are seen from inside it alone: its resolver says %s', async (said) => {
    const { causes } = await diagnosed({
      ...well,
      objects,
      vantage: client,
      heard: { ...elsewhere, dns: { '*@own': said } },
    });
    expect(causes).toEqual(['dns/client-dns-policy']);
  });

  test('do not show from a probe beside it', async () => {
    expect((await diagnosed({ ...well, objects })).verdict).toBe('healthy');
  });
});

test('a search domain with a wildcard gives an address of elsewhere', async () => {
  const { causes } = await diagnosed({
    ...well,
    vantage: client,
    objects: [...well.objects, pod({ name: 'front', ip: '10.244.0.77', labels: { app: 'front' } })],
    heard: {
      conf: { search: ['corp.example.com', 'shop.svc.cluster.local', 'svc.cluster.local', 'cluster.local'] },
      lookups: { '*': ['203.0.113.9'] },
    },
  });
  expect(causes).toEqual(['dns/wrong-answer']);
});

test('another domain than cluster.local is no fault', async () => {
  const names = ['web.shop.svc.k8s.corp.', 'kubernetes.default.svc.k8s.corp.'];
  const { verdict, errors } = await diagnosed({
    ...well,
    heard: {
      conf: { search: ['shop.svc.k8s.corp', 'svc.k8s.corp', 'k8s.corp'] },
      dns: { '*': 'nxdomain', [names[0]!]: ['10.96.7.7'], [names[1]!]: ['10.96.0.1'] },
    },
    objects: [...well.objects, corefile('.:53 {\n kubernetes k8s.corp in-addr.arpa ip6.arpa\n}')],
  });
  expect({ verdict, errors }).toEqual({ verdict: 'healthy', errors: [] });
});

test('names outside of the cluster that do not resolve concern no Service inside', async () => {
  const { verdict, warnings } = await diagnosed({ ...well, heard: { dns: { 'example.com.': 'servfail' } } });
  expect({ verdict, warnings }).toEqual({ verdict: 'healthy', warnings: [] });
});

test('the name fails and the cluster IP answers: it is DNS, and nothing behind it', async () => {
  const { causes, steps } = await diagnosed({ ...well, heard: { dns: { '*': 'timeout' }, lookups: BAD } });
  expect(causes).toEqual(['dns/no-answer']);
  expect(steps).toMatchObject({ dns: 'fail', ip: 'pass', pods: 'pass' });
});
