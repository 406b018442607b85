import { describe, expect, test } from 'vitest';
import type { PodLike } from '../../support/objects.ts';
import { pod } from '../../support/objects.ts';
import { check, codes, DNS_IP, FULL, HEALTHY, type Heard, hearing, KUBERNETES } from './world.ts';

const BAD = { '*': 'bad-name' } as const;
const VANTAGE = { id: 'pod/shop/client', kind: 'pod', pod: 'client-6c5d8b7f9-aaaaa', namespace: 'shop' } as const;

const from = (heard: Heard, spec: NonNullable<PodLike['spec']> = {}, more: Partial<PodLike> = {}) =>
  check(heard, {
    objects: [...HEALTHY, pod({ name: 'client-6c5d8b7f9-aaaaa', labels: { app: 'client' }, spec, ...more })],
    vantage: VANTAGE,
  });

const ELSEWHERE: Heard = { conf: { nameservers: ['172.30.0.1'] }, dns: { '*@own': 'nxdomain' }, lookups: BAD };

describe('a client that asks another resolver', () => {
  test('because of dnsPolicy Default', async () => {
    const seen = await from(ELSEWHERE, { dnsPolicy: 'Default' });
    expect(codes(seen)).toEqual(['dns/client-dns-policy']);
    expect(seen.findings[0]).toMatchObject({
      breaks: 'client',
      subject: { from: 'pod/shop/client' },
      params: { policy: 'Default', hostNetwork: false, nameservers: ['172.30.0.1'], expected: [DNS_IP] },
    });
    expect(seen.findings[0]?.remedies[0]?.commands).toEqual([
      [
        'kubectl',
        '-n',
        'shop',
        'patch',
        'deployment',
        'client',
        '--type=merge',
        '-p',
        '{"spec":{"template":{"spec":{"dnsPolicy":"ClusterFirst"}}}}',
      ],
    ]);
  });

  test('because it is on the network of its node', async () => {
    const seen = await from(ELSEWHERE, { dnsPolicy: 'ClusterFirst', hostNetwork: true });
    expect(codes(seen)).toEqual(['dns/client-dns-policy']);
    expect(seen.findings[0]?.remedies[0]?.commands[0]?.at(-1)).toContain('ClusterFirstWithHostNet');
  });

  test('because of its dnsConfig', async () => {
    const seen = await from(ELSEWHERE, { dnsPolicy: 'None', dnsConfig: { nameservers: ['172.30.0.1'] } });
    expect(codes(seen)).toEqual(['dns/wrong-nameserver']);
    expect(seen.findings[0]?.remedies.map(({ id }) => id)).toEqual(['set-dns-config']);
  });

  test('because of the kubelet of its node', async () => {
    const seen = await from({ ...ELSEWHERE, dns: { '*@own': 'timeout' } });
    expect(codes(seen)).toEqual(['dns/wrong-nameserver']);
    expect(seen.findings[0]?.remedies).toEqual([
      { id: 'set-cluster-dns', commands: [['kubectl', 'get', '--raw', '/api/v1/nodes/node1/proxy/configz']] },
    ]);
  });

  test('because there is no nameserver at all', async () => {
    const seen = await from({ ...ELSEWHERE, conf: { nameservers: [] } });
    expect(codes(seen)).toEqual(['dns/wrong-nameserver']);
  });

  test('which answers with something else', async () => {
    const seen = await from({
      conf: { nameservers: ['10.0.0.2'] },
      dns: { '*@own': ['203.0.113.9'] },
      lookups: { '*': ['203.0.113.9'] },
    });
    expect(codes(seen)).toEqual(['dns/wrong-nameserver']);
  });

  test('while the DNS server is down as well: both are said', async () => {
    const seen = await from({ ...ELSEWHERE, dns: { '*': 'timeout' } }, { dnsPolicy: 'Default' });
    expect(codes(seen)).toEqual(['dns/client-dns-policy', 'dns/no-answer']);
  });

  test('whose own settings tell it where the DNS server may not be looked at', async () => {
    const world = {
      objects: [pod({ name: VANTAGE.pod, spec: { dnsPolicy: 'Default' } }), ...HEALTHY.slice(0, 1)],
      vantage: VANTAGE,
    };
    const seen = await check(ELSEWHERE, { ...world, forbidden: [] });
    // there is no kube-dns: whose the nameserver is cannot be told, but Default leads past every DNS Service
    expect(codes(seen)).toEqual(['dns/client-dns-policy']);
  });
});

describe('a search path that lacks', () => {
  const ONLY = (search: string[], lookups: Heard['lookups']): Heard => ({ conf: { search }, lookups: lookups ?? {} });

  test.each<[string, Heard, string[], object]>([
    [
      'everything',
      ONLY(['corp.example'], BAD),
      ['dns/no-search-path'],
      { name: 'web', missing: 'shop.svc.cluster.local' },
    ],
    [
      'the namespace',
      ONLY(['svc.cluster.local', 'cluster.local'], { web: 'bad-name' }),
      ['dns/no-search-path'],
      { name: 'web' },
    ],
    [
      'svc',
      ONLY(['shop.svc.cluster.local'], { 'web.shop': 'bad-name', 'web.shop.svc': 'bad-name' }),
      ['dns/no-search-path'],
      { name: 'web.shop', missing: 'svc.cluster.local' },
    ],
    [
      'only what nobody uses',
      ONLY(['shop.svc.cluster.local', 'svc.cluster.local'], { 'web.shop.svc': 'bad-name' }),
      ['warning dns/no-search-path'],
      { name: 'web.shop.svc', missing: 'cluster.local' },
    ],
  ])('%s', async (_what, heard, expected, params) => {
    const seen = await from(heard);
    expect(codes(seen)).toEqual(expected);
    expect(seen.findings[0]?.params).toMatchObject(params);
    expect(seen.outcome).toBe(expected[0]?.startsWith('warning') ? 'pass' : 'fail');
  });

  test('gets the whole path back, with what the pod asks for itself', async () => {
    const seen = await from(ONLY(['corp.example'], BAD), {
      dnsPolicy: 'None',
      dnsConfig: { searches: ['corp.example'] },
    });
    expect(seen.findings[0]?.remedies[0]?.commands[0]?.at(-1)).toBe(
      '{"spec":{"template":{"spec":{"dnsConfig":{"searches":["shop.svc.cluster.local","svc.cluster.local","cluster.local","corp.example"]}}}}}',
    );
  });
});

test('a low ndots that a C library does not cope with', async () => {
  const seen = await from(
    { conf: { ndots: 1 }, lookups: { 'web.shop': 'bad-name', 'web.shop.svc': 'bad-name' } },
    { dnsConfig: { options: [{ name: 'ndots', value: '1' }, { name: 'edns0' }] } },
  );
  expect(codes(seen)).toEqual(['dns/low-ndots']);
  expect(seen.findings[0]).toMatchObject({ params: { name: 'web.shop', ndots: 1 } });
  expect(seen.findings[0]?.remedies[0]?.commands[0]?.at(-1)).toContain(
    '{"options":[{"name":"edns0"},{"name":"ndots","value":"5"}]}',
  );
});

test('a pod without owner gets no command: its settings are for life', async () => {
  const seen = await from(ELSEWHERE, { dnsPolicy: 'Default' }, { deployment: null });
  expect(seen.findings[0]?.remedies[0]?.commands).toEqual([]);
});

describe('a wrong answer', () => {
  test('by /etc/hosts', async () => {
    const seen = await from(
      { lookups: { web: ['192.0.2.7'] } },
      { hostAliases: [{ ip: '192.0.2.7', hostnames: ['web'] }] },
    );
    expect(codes(seen)).toEqual(['dns/wrong-answer']);
    expect(seen.findings[0]?.params).toMatchObject({
      name: 'web',
      reason: 'hosts',
      answered: ['192.0.2.7'],
      expected: ['10.96.7.7'],
    });
  });

  test('by another name on the search path', async () => {
    const seen = await from({ lookups: { 'web.shop': ['192.0.2.7'] } });
    expect(seen.findings[0]?.params).toMatchObject({ name: 'web.shop', reason: 'other' });
  });

  test('is told from a wrong cluster IP in the answers of DNS', async () => {
    const seen = await from({
      dns: { [FULL]: ['10.96.1.1'], [KUBERNETES]: ['10.96.0.1'] },
      lookups: { '*': ['10.96.1.1'] },
    });
    expect(codes(seen)).toEqual(['dns/wrong-answer']);
    expect(seen.findings[0]?.params).toMatchObject({ name: FULL, reason: 'other' });
  });
});

describe('several vantage points', () => {
  const client = pod({ name: 'client-6c5d8b7f9-aaaaa', labels: { app: 'client' }, spec: { dnsPolicy: 'Default' } });
  const both = (probe: Heard, other: Heard) =>
    check(probe, {
      objects: [...HEALTHY, client],
      vantages: [{ vantage: VANTAGE, answer: hearing(other), connections: {} }],
    });

  test('one of which asks another resolver: that one is named', async () => {
    const seen = await both({}, ELSEWHERE);
    expect(codes(seen)).toEqual(['dns/client-dns-policy']);
    expect(seen).toMatchObject({ outcome: 'fail', findings: [{ subject: { from: 'pod/shop/client' } }] });
  });

  test('that all resolve the name: as one does', async () => {
    expect(await both({}, {})).toEqual(await check({}, { objects: [...HEALTHY, client] }));
  });

  test.each<[string, Heard, string]>([
    ['the zone', { dns: { '*': 'nxdomain' }, lookups: BAD }, 'dns/zone-not-served'],
    ['the name', { dns: { [FULL]: 'nxdomain' }, lookups: BAD }, 'dns/name-not-found'],
  ])('that all meet a server that does not know %s: told once', async (_, heard, code) => {
    expect(codes(await both(heard, heard))).toEqual([code]);
  });
});
