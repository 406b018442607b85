import { describe, expect, it } from 'vitest';
import type { Fate } from '../../src/model/firewall/way.ts';
import { differenceOf, ownerOf } from '../../src/model/proxyDifference.ts';
import type { EntryWay, ProxyEntry } from '../../src/model/proxyRules.ts';

const [A, B] = ['10.244.0.5:8080', '10.244.1.6:8080'];
const entry: ProxyEntry = {
  kind: 'cluster-ip',
  servicePort: '80/TCP',
  address: '10.96.0.10',
  port: 80,
  protocol: 'tcp',
  source: '10.244.0.9',
  wanted: [A, B],
  whenEmpty: 'refused',
};
const by = (chain: string, table = 'filter', tool: 'iptables' | 'nft' = 'iptables', text = '-A x') => ({
  tool,
  table,
  chain,
  text,
});
const to = (endpoint: string, share = 0.5): Fate => ({ share, end: 'delivered', to: endpoint, masqueraded: false });
const ends = (end: Fate['end'], share: number, place?: ReturnType<typeof by>): Fate => ({
  share,
  end,
  masqueraded: false,
  ...(place && { by: place }),
});
const differs = (fates: Fate[], more: Partial<ProxyEntry> = {}, perhaps: EntryWay['way']['perhaps'] = []) =>
  differenceOf({ entry: { ...entry, ...more }, mode: 'iptables', way: { fates, perhaps, gaveUp: false } });

describe('rules', () => {
  it('are right where they lead to exactly the endpoints', () => {
    expect(differs([to(A), to(B)])).toBeUndefined();
    expect(differs([ends('rejected', 1, by('KUBE-SERVICES'))], { wanted: [] })).toBeUndefined();
  });
  it('are missing where nothing leads anywhere', () => {
    expect(differs([ends('lost', 1)])).toMatchObject({ kind: 'missing', lost: 1 });
  });
  it('are missing where nftables refuses the address for all that have no rule', () => {
    expect(differs([ends('rejected', 1, by('cluster-ips-check', 'kube-proxy', 'nft'))])).toMatchObject({
      kind: 'missing',
    });
  });
  it.each([
    ['lead to one that is gone', [to(A), to('10.244.0.77:8080')], { surplus: ['10.244.0.77:8080'], lacking: [B] }],
    ['leave one out', [to(A, 1)], { surplus: [], lacking: [B] }],
    ['lose a part', [to(A), to(B, 0.25), ends('lost', 0.25)], { surplus: [], lacking: [], lost: 0.25 }],
    ['refuse', [ends('rejected', 1, by('KUBE-SERVICES'))], { does: 'reject', lacking: [A, B] }],
    ['drop', [ends('dropped', 1, by('KUBE-SERVICES'))], { does: 'drop', lacking: [A, B] }],
  ])('are stale where they %s', (_, fates, expected) => {
    expect(differs(fates)).toMatchObject({ kind: 'stale', ...expected });
  });
  it('are stale where they lead on although nothing is ready', () => {
    expect(differs([to(A, 1)], { wanted: [] })).toMatchObject({ kind: 'stale', surplus: [A] });
  });
  it('may lose what rounding makes of thirds', () => {
    expect(differs([to(A, 0.499999), to(B, 0.5), ends('lost', 0.000001)])).toBeUndefined();
  });
});

describe('a foreign rule', () => {
  it.each([
    ['drops', ends('dropped', 1, by('PREROUTING', 'raw')), { end: 'dropped', share: 1, certain: true }],
    ['redirects', ends('redirected', 1, by('PREROUTING', 'nat')), { end: 'redirected' }],
    ['leads elsewhere', { ...to('10.9.9.9:1', 1), by: by('PREROUTING', 'nat') }, { end: 'redirected' }],
  ])('%s', (_, fate, foreign) => {
    expect(differs([fate])).toMatchObject({ kind: 'foreign', foreign });
  });
  it('is not certain behind one that is not understood and could let it pass', () => {
    const accepts = { ...by('FORWARD'), stops: false };
    expect(differs([ends('dropped', 1, by('FORWARD'))], {}, [accepts])).toMatchObject({ foreign: { certain: false } });
  });
  it('of a policy is no fault, and neither is what the node-local DNS cache takes over', () => {
    expect(differs([to(A), ends('dropped', 0.5, by('cali-FORWARD'))])).toBeUndefined();
    const cache = by(
      'PREROUTING',
      'raw',
      'iptables',
      '-A PREROUTING -m comment --comment "NodeLocal DNS Cache: skip conntrack"',
    );
    expect(differs([ends('redirected', 1, cache)])).toBeUndefined();
  });
  it.each([
    [by('KUBE-SERVICES'), 'kube-proxy'],
    [by('service-X', 'kube-proxy', 'nft'), 'kube-proxy'],
    [by('KUBE-NWPLCY-X'), 'policy'],
    [by('forward', 'netpol', 'nft'), 'policy'],
    [by('FORWARD'), 'foreign'],
    [by('pre', 'audit', 'nft'), 'foreign'],
  ])('%o is of %s', (place, owner) => {
    expect(ownerOf(place)).toBe(owner);
  });
});
