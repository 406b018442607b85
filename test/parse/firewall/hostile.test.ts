import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Firewall } from '../../../src/model/firewall/types.ts';
import { parseConntrack } from '../../../src/parse/conntrack.ts';
import { parseIptables } from '../../../src/parse/firewall/iptables.ts';
import { parseIpvs } from '../../../src/parse/firewall/ipvs.ts';
import { parseNftJson } from '../../../src/parse/firewall/nftJson.ts';
import { parseNftText } from '../../../src/parse/firewall/nftText.ts';
import { parseKubeProxyHealth } from '../../../src/parse/kubeProxyHealth.ts';
import { parseKubeProxyLog } from '../../../src/parse/kubeProxyLog.ts';
import { parseNodeNetwork } from '../../../src/parse/links.ts';
import { parseNodeOutput } from '../../../src/parse/nodeOutput.ts';
import { goes } from '../../model/firewall/ways.ts';
import { anyText } from '../anyText.ts';
import { processorMs } from '../processorMs.ts';

const recorded = (name: string) => readFileSync(new URL(`../../recorded/${name}`, import.meta.url), 'utf8');
const FIREWALLS = {
  iptables: [recorded('kube-proxy/iptables-save-1.34.txt'), (text: string) => parseIptables(text)],
  'nft text': [recorded('kube-proxy/nft-list-ruleset-1.34.txt'), parseNftText],
  'nft JSON': [recorded('kube-proxy/nft-list-ruleset-1.34.json'), parseNftJson],
} as const satisfies Record<string, readonly [string, (text: string) => Firewall]>;
const OTHERS = {
  parseIpvs,
  parseConntrack,
  parseKubeProxyLog,
  parseKubeProxyHealth,
  parseNodeNetwork,
  parseNodeOutput,
};

const isSound = (firewall: Firewall): boolean => {
  goes(firewall, { destination: '10.96.90.23', port: 80 });
  goes(firewall, { destination: 'fd00::1', port: 80, source: 'fd00::2' });
  return Array.isArray(firewall.tables);
};

describe.each(Object.entries(FIREWALLS))('%s', { timeout: 60_000 }, (_, [text, parse]) => {
  it('is read wherever it was cut off', () => {
    fc.assert(
      fc.property(fc.nat(text.length), (end) => isSound(parse(text.slice(0, end)))),
      { numRuns: 60 },
    );
  });
  it('is not complete when it was cut off', () => {
    const middle = parse(text.slice(0, Math.floor(text.length / 2)));
    expect(middle.complete).toBe(false);
    expect(parse(text).complete).toBe(true);
  });
  it('is read with words of somebody else in it', () => {
    const spoilt = fc.tuple(fc.nat(text.length), fc.nat(40), anyText);
    fc.assert(
      fc.property(spoilt, ([at, gone, words]) => isSound(parse(text.slice(0, at) + words + text.slice(at + gone)))),
      { numRuns: 60 },
    );
  });
  it('is read whatever it is', () => {
    fc.assert(fc.property(anyText, (words) => isSound(parse(words))));
  });
});

/** What each of the others reads on a good day. */
const GOOD: readonly (readonly [string, (text: string) => unknown, string])[] = [
  [
    'ipvsadm -ln',
    parseIpvs,
    'IP Virtual Server version 1.2.1 (size=4096)\nTCP  10.0.1.175:80 rr\n  -> 10.244.0.5:9376  Masq    1      0          0\n',
  ],
  ['ipvsadm-save', parseIpvs, '-A -t [fd00::a]:80 -s rr\n-a -t [fd00::a]:80 -r [fd00:1::5]:9376 -m -w 1\n'],
  ['/proc/net/ip_vs', parseIpvs, 'TCP  0A0001AF:0050 rr\n  -> 0AF40005:24A0      Masq    1      0          0\n'],
  [
    'conntrack -L',
    parseConntrack,
    'udp      17 25 src=10.244.0.9 dst=10.96.0.10 sport=40000 dport=53 src=10.244.1.2 dst=10.244.0.9 sport=53 dport=40000 [ASSURED] mark=0 use=1\n',
  ],
  [
    'files of the network',
    parseNodeNetwork,
    '/proc/sys/net/ipv4/ip_forward:1\n/sys/class/net/cni0/ifindex:3\n/sys/class/net/veth1/ifindex:5\n/sys/class/net/veth1/brport/hairpin_mode:1\n/sys/class/net/veth1/brport/bridge/ifindex:3\n',
  ],
  ['the log of kube-proxy', parseKubeProxyLog, recorded('kube-proxy/log-sync-failed-v4.txt')],
  ['healthz of kube-proxy', parseKubeProxyHealth, recorded('kube-proxy/healthz-1.34.json')],
  [
    'all that a node printed',
    parseNodeOutput,
    '## node n-1\n## iptables-save\n*nat\nCOMMIT\n## conntrack -L -p udp\nudp 17 25 src=1\n',
  ],
];

it.each(GOOD)('%s is read wherever it was cut off, and with words of somebody else in it', (_, parse, text) => {
  const spoilt = fc.tuple(fc.nat(text.length), fc.nat(40), fc.option(anyText, { nil: '' }));
  expect(() =>
    fc.assert(
      fc.property(spoilt, ([at, gone, words]) => {
        parse(text.slice(0, at));
        return parse(text.slice(0, at) + words + text.slice(at + gone)) !== null;
      }),
      { numRuns: 200 },
    ),
  ).not.toThrow();
});

it.each(Object.entries(OTHERS))('%s reads any text', (_, parse) => {
  const prefixed = fc.tuple(fc.constantFrom('', '## node a\n', 'TCP ', '-A -t ', 'E1123 ', '{"', 'udp 17 '), anyText);
  expect(() => fc.assert(fc.property(prefixed, ([start, words]) => parse(start + words) !== null))).not.toThrow();
});

it.each([
  ['["nftables"]'],
  [
    '{"nftables":[null,1,"x",[],{"rule":{"family":"ip","table":1,"chain":"c","expr":[null,{"match":null},{"vmap":{}}]}}]}',
  ],
  [
    '{"nftables":[{"map":{"family":"ip","table":"t","name":"m","elem":[1,[2],[[],{}],[{"elem":null},{"goto":null}]]}}]}',
  ],
  ['{"nftables":[{"set":{"family":"ip","table":"t","name":"s","elem":[{"prefix":null},{"range":[1]}]}},{"chain":{}}]}'],
])('nft JSON of an odd shape: %s', (text) => {
  expect(isSound(parseNftJson(text))).toBe(true);
});

const PATIENT = { timeout: 60_000 };

describe('rules that lead in circles or branch without end', () => {
  it('end', () => {
    const circle = ['*nat', ':PREROUTING ACCEPT [0:0]', '-A PREROUTING -j A', '-A A -j B', '-A B -j A', 'COMMIT'];
    expect(goes(parseIptables(circle.join('\n')), { destination: '10.96.0.1', port: 80 })).toEqual(['100% lost']);
  });
  it('are not followed for longer than seconds', PATIENT, () => {
    const chains = Array.from({ length: 15 }, (_, i) => Array.from({ length: 60 }, () => `-A C${i} -j C${i + 1}`));
    const text = ['*nat', ':PREROUTING ACCEPT [0:0]', '-A PREROUTING -j C0', ...chains.flat(), 'COMMIT'].join('\n');
    expect(processorMs(() => goes(parseIptables(text), { destination: '10.96.0.1', port: 80 }))).toBeLessThan(5000);
  });
});
