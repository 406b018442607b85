/** Names that the DNS server does not know, leads elsewhere, or knows under another name; and what is told without a probe. */
import { describe, expect, test } from 'vitest';
import type { DnsAnswer } from '../../../src/model/probe.ts';
import { pod, service } from '../../support/objects.ts';
import { endpoint, slice } from '../../support/workloads.ts';
import { check, codes, corefile, FULL, HEALTHY_DNS, type Heard, KUBERNETES, web } from './world.ts';

const BAD = { '*': 'bad-name' } as const;
const ABSENT: Heard = { dns: { [FULL]: 'nxdomain' }, lookups: BAD };

describe('a name that is not found, though others are', () => {
  test('of a headless Service without ready pods', async () => {
    const asleep = pod({ ready: false });
    const headless = web({ spec: { clusterIP: 'None', clusterIPs: ['None'] } });
    const objects = [headless, slice({ endpoints: [endpoint(asleep)] }), asleep, ...HEALTHY_DNS];
    const seen = await check(ABSENT, { objects });
    expect(codes(seen)).toEqual(['dns/name-not-found']);
    expect(seen.findings[0]).toMatchObject({ breaks: 'headless-name', params: { reason: 'no-ready-pods' } });
  });

  test('because the Service is new', async () => {
    const seen = await check(ABSENT, { objects: [web({ age: 5 }), ...HEALTHY_DNS] });
    expect(seen.findings[0]).toMatchObject({ breaks: 'name', params: { reason: 'young' }, remedies: [{ id: 'wait' }] });
  });

  test('because the Corefile leaves its namespace out', async () => {
    const text = '.:53 {\n kubernetes cluster.local {\n namespaces default kube-system\n }\n}';
    const seen = await check(ABSENT, { objects: [web(), ...HEALTHY_DNS, corefile(text)] });
    expect(seen.findings[0]?.params).toMatchObject({ reason: 'namespaces', detail: 'default kube-system' });
  });

  test('for a reason that does not show', async () => {
    const seen = await check({ dns: { [FULL]: 'no-address' }, lookups: BAD }, { objects: [web(), ...HEALTHY_DNS] });
    expect(codes(seen)).toEqual(['dns/name-not-found']);
    expect(seen.findings[0]?.params).toMatchObject({ reason: 'other', answer: 'no-address' });
  });

  test('by programs, where there is no nslookup to ask further', async () => {
    const seen = await check({ noNslookup: true, lookups: BAD });
    expect(codes(seen)).toEqual(['dns/name-not-found']);
    expect(seen.findings[0]?.params).toMatchObject({ answer: 'bad-name' });
  });

  test('but fails in another way', async () => {
    const seen = await check({ dns: { [FULL]: 'servfail' }, lookups: BAD });
    expect(codes(seen)).toEqual(['dns/server-failure']);
  });
});

describe('a wrong answer of the DNS server', () => {
  const WRONG: Heard = { dns: { [FULL]: ['192.0.2.44'] }, lookups: { '*': ['192.0.2.44'] } };
  const hosts = corefile(
    '.:53 {\n hosts {\n  192.0.2.44 web.shop.svc.cluster.local\n  fallthrough\n }\n kubernetes cluster.local\n}',
  );
  const other = corefile('.:53 {\n rewrite name api.corp.example api.internal.example\n kubernetes cluster.local\n}');

  test.each([
    ['an old one in the cache', [web({ age: 10 })], 'cached'],
    ['a hosts entry for a new Service', [web({ age: 10 }), hosts], 'corefile'],
    ['a hosts entry', [web(), hosts], 'corefile'],
    ['a new Service beside rewrites of other names', [web({ age: 10 }), other], 'cached'],
    ['a rewrite', [web(), other], 'corefile'],
    ['nothing to be seen', [web()], 'other'],
  ])('%s', async (_what, objects, reason) => {
    const seen = await check(WRONG, { objects: [...objects, ...HEALTHY_DNS] });
    expect(codes(seen)).toEqual(['dns/wrong-answer']);
    expect(seen.findings[0]?.params).toMatchObject({ reason, answered: ['192.0.2.44'], expected: ['10.96.7.7'] });
  });

  test('an address of a headless Service that no pod has', async () => {
    const headless = web({ spec: { clusterIP: 'None', clusterIPs: ['None'] } });
    const ready = pod({ ip: '10.244.0.5' });
    const seen = await check(WRONG, {
      objects: [headless, slice({ endpoints: [endpoint(ready)] }), ready, ...HEALTHY_DNS],
    });
    expect(codes(seen)).toEqual(['dns/wrong-answer']);
  });
});

describe('addresses of pods that were there before a rollout', () => {
  const WRONG: Heard = { dns: { [FULL]: ['10.244.9.9'] }, lookups: { '*': ['10.244.9.9'] } };
  const headless = web({ spec: { clusterIP: 'None', clusterIPs: ['None'] } });
  const hosts = corefile('.:53 {\n hosts {\n  10.244.9.9 web.shop.svc.cluster.local\n }\n kubernetes cluster.local\n}');

  test.each([
    ['a pod is seconds old', pod({ age: 20 }), headless, [], ['warning dns/wrong-answer'], 'rollout'],
    ['all pods are older than any cache', pod(), headless, [], ['dns/wrong-answer'], 'other'],
    ['the Corefile has them', pod({ age: 20 }), headless, [hosts], ['dns/wrong-answer'], 'corefile'],
    ['the Service has a cluster IP', pod({ age: 20 }), web(), [], ['dns/wrong-answer'], 'other'],
  ])('%s', async (_, one, of, more, found, reason) => {
    const seen = await check(WRONG, {
      objects: [of, slice({ endpoints: [endpoint(one)] }), one, ...more, ...HEALTHY_DNS],
    });
    expect(codes(seen)).toEqual(found);
    expect(seen.findings[0]?.params).toMatchObject({ reason });
  });
});

describe('an ExternalName', () => {
  const named = (externalName: string) => [
    service({ selector: {}, spec: { type: 'ExternalName', externalName } }),
    ...HEALTHY_DNS,
  ];
  const alias: DnsAnswer = { outcome: 'no-address', addresses: [], canonicalName: 'db.example.net', durationMs: 2 };

  test.each<[string, Heard['dns'], string[], object]>([
    [
      'whose target does not exist',
      { [FULL]: alias, 'db.example.net.': 'nxdomain' },
      ['dns/external-name-unresolved'],
      { target: 'db.example.net', answer: 'nxdomain' },
    ],
    [
      'whose own servers are silent',
      { [FULL]: alias, 'db.example.net.': 'timeout', 'example.com.': ['192.0.2.1'] },
      ['dns/external-name-unresolved'],
      { answer: 'timeout' },
    ],
    [
      'whose own servers fail, where no outside name is asked for in vain',
      { [FULL]: alias, 'db.example.net.': 'servfail', 'example.com.': 'nxdomain' },
      ['dns/external-name-unresolved'],
      { answer: 'servfail' },
    ],
    [
      'as every outside name',
      { [FULL]: alias, 'db.example.net.': 'timeout', 'example.com.': 'timeout' },
      ['dns/server-failure'],
      { upstream: true, name: 'db.example.net' },
    ],
  ])('%s', async (_what, dns, expected, params) => {
    const seen = await check({ dns: dns ?? {}, lookups: BAD }, { objects: named('db.example.net') });
    expect(codes(seen)).toEqual(expected);
    expect(seen.findings[0]?.params).toMatchObject(params);
  });

  test('says what the DNS server logs about its upstream', async () => {
    const line = '[ERROR] plugin/errors: 2 db.example.net. A: read udp 10.244.1.2:33609->203.0.113.9:53: i/o timeout';
    const seen = await check(
      { dns: { [FULL]: alias, 'db.example.net.': 'servfail', 'example.com.': 'servfail' }, lookups: BAD },
      { objects: named('db.example.net'), logs: { 'coredns-2/app': line } },
    );
    expect(seen.findings[0]?.params).toMatchObject({ upstream: true, line });
  });

  test('that is an address', async () => {
    const seen = await check(ABSENT, { objects: named('10.1.2.3') });
    expect(codes(seen)).toEqual(['dns/external-name-is-ip']);
    expect(seen.findings[0]?.params).toMatchObject({ address: '10.1.2.3' });
  });

  test('while the whole DNS server is silent', async () => {
    const seen = await check({ dns: { '*': 'timeout' }, lookups: BAD }, { objects: named('db.example.net') });
    expect(codes(seen)).toEqual(['dns/no-answer']);
  });

  test('that is an address, without a probe', async () => {
    const seen = await check(undefined, { objects: named('10.1.2.3') });
    expect(codes(seen)).toEqual(['dns/external-name-is-ip']);
    expect(seen.outcome).toBe('fail');
  });
});

describe('without a probe', () => {
  test('nothing is known of a name', async () => {
    const seen = await check(undefined);
    expect(seen.outcome).toBe('unknown');
    expect(seen.findings).toEqual([]);
    expect(seen.obstacles[0]).toMatchObject({ kind: 'not-consented' });
  });

  test('a DNS server without ready pods is an error', async () => {
    const [dnsService] = HEALTHY_DNS;
    const seen = await check(undefined, { objects: [web(), dnsService!] });
    expect(codes(seen)).toEqual(['dns/no-ready-dns-pods']);
    expect(seen.outcome).toBe('fail');
  });

  test('a DNS Service that is not where it usually is, is none', async () => {
    const seen = await check(undefined, { objects: [web()] });
    expect(codes(seen)).toEqual(['warning dns/no-dns-service']);
    expect(seen.outcome).toBe('unknown');
  });
});

describe('what stands in the way of an answer', () => {
  test('there is no such Service', async () => {
    const seen = await check({}, { objects: [...HEALTHY_DNS] });
    expect(seen).toMatchObject({ outcome: 'skip', reason: { what: 'dns.nothing-to-resolve' } });
  });

  test('the Service may not be read', async () => {
    const seen = await check({}, { forbidden: ['get services'] });
    expect(seen.outcome).toBe('unknown');
    expect(seen.obstacles[0]).toMatchObject({ kind: 'forbidden', resource: 'services' });
  });

  test('there is no tool at the vantage point', async () => {
    const seen = await check({ noNslookup: true, lookups: { '*': 'unclear' } });
    expect(seen.outcome).toBe('unknown');
    expect(seen.obstacles[0]).toMatchObject({ kind: 'no-probe', reason: 'no-tool' });
  });

  test('kubernetes.default is asked for beside it', async () => {
    const seen = await check({ dns: { [FULL]: 'nxdomain', [KUBERNETES]: 'nxdomain' }, lookups: BAD });
    expect(codes(seen)).toEqual(['dns/zone-not-served']);
    expect(seen.findings[0]?.evidence).toContainEqual(
      expect.objectContaining({ what: 'dns.fails', params: expect.objectContaining({ name: KUBERNETES }) }),
    );
  });
});
