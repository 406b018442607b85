import { expect, test } from 'vitest';
import { dnsFollowUps } from '../../src/facts/dnsFollowUps.ts';
import type { ProbeReport } from '../../src/facts/probe.ts';
import type { DnsAnswer, Lookup, ProbeQuestion, ResolvConf } from '../../src/model/probe.ts';
import { FROM_PROBE } from '../steps/network-policy/world.ts';
import { service } from '../support/objects.ts';

const TARGET = { namespace: 'shop', service: 'web', scheme: 'auto', forSeconds: 0 } as const;
const FULL = 'web.shop.svc.cluster.local.';
const KUBERNETES = 'kubernetes.default.svc.cluster.local.';

const dns = (outcome: DnsAnswer['outcome']): DnsAnswer => ({ outcome, addresses: [], durationMs: 1 });
const conf = (domain: string): ResolvConf => ({
  nameservers: [],
  search: [`shop.svc.${domain}`, `svc.${domain}`],
  ndots: 5,
  options: [],
});

function report(...heard: [ProbeQuestion, ResolvConf | DnsAnswer | Lookup | null][]): ProbeReport {
  const vantage = { ...FROM_PROBE, namespace: 'shop' };
  return { vantage, questions: heard.map(([q]) => q), answers: heard.map(([, a]) => a), tools: [] };
}

const own = (name: string): ProbeQuestion => ({ ask: 'nslookup', name });
const at = (name: string, server: string): ProbeQuestion => ({ ask: 'nslookup', name, server });
const lookup = (name: string): ProbeQuestion => ({ ask: 'lookup', name });

test('nothing is asked again when all is well', () => {
  const heard = report(
    [{ ask: 'resolv-conf' }, conf('cluster.local')],
    [own(FULL), dns('found')],
    [at(FULL, '10.96.0.10'), dns('found')],
    [lookup('web'), { outcome: 'found', addresses: ['10.96.7.7'] }],
  );
  expect(dnsFollowUps(TARGET, undefined, heard)).toEqual([]);
});

test('silence of the own resolver is heard twice, that of others once', () => {
  const heard = report(
    [own(FULL), dns('timeout')],
    [own(KUBERNETES), dns('port-refused')],
    [at(FULL, '10.244.0.2'), dns('timeout')],
    [lookup('web'), { outcome: 'bad-name', addresses: [] }],
  );
  expect(dnsFollowUps(TARGET, undefined, heard)).toEqual([own(FULL), own(KUBERNETES)]);
});

test('a short name that fails while the absolute one is known is asked again', () => {
  const heard = report([own(FULL), dns('found')], [lookup('web'), { outcome: 'bad-name', addresses: [] }]);
  expect(dnsFollowUps(TARGET, undefined, heard)).toEqual([lookup('web')]);
});

test('in another domain, everybody is asked for the names in it', () => {
  const heard = report(
    [{ ask: 'resolv-conf' }, conf('corp.local')],
    [own(FULL), dns('nxdomain')],
    [at(KUBERNETES, '10.96.0.10'), dns('nxdomain')],
  );
  expect(dnsFollowUps(TARGET, undefined, heard)).toEqual([
    own('web.shop.svc.corp.local.'),
    at('kubernetes.default.svc.corp.local.', '10.96.0.10'),
  ]);
});

test('an ExternalName that does not resolve: is it every name outside?', () => {
  const external = service({ spec: { type: 'ExternalName', externalName: 'db.example.net' } });
  const answered = (outcome: DnsAnswer['outcome']) =>
    dnsFollowUps(TARGET, external, report([own('db.example.net.'), dns(outcome)]));
  expect(answered('nxdomain')).toEqual([own('example.com.')]);
  expect(answered('found')).toEqual([]);
});
