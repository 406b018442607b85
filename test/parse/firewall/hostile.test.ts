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

/** Of the processor: how busy the machine is otherwise is not what is measured. */
function processorMs(work: () => void): number {
  const before = process.cpuUsage().user;
  work();
  return (process.cpuUsage().user - before) / 1000;
}
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

const RULES = 100_000;
/** Twenty thousand Services with one endpoint each: five rules a Service, as kube-proxy writes them. */
const services = Array.from({ length: RULES / 5 }, (_, i) => ({
  ip: `10.${100 + Math.floor(i / 65_536)}.${Math.floor(i / 256) % 256}.${i % 256}`,
  name: `H${i.toString(36).toUpperCase().padStart(15, '0')}`,
}));

const MANY = {
  iptables: () =>
    [
      '*nat',
      ':PREROUTING ACCEPT [0:0]',
      '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
      ...services.flatMap(({ ip, name }) => [
        `-A KUBE-SERVICES -d ${ip}/32 -p tcp -m comment --comment "shop/s cluster IP" -m tcp --dport 80 -j KUBE-SVC-${name}`,
        `-A KUBE-SVC-${name} ! -s 10.244.0.0/16 -d ${ip}/32 -p tcp -m comment --comment "shop/s cluster IP" -m tcp --dport 80 -j KUBE-MARK-MASQ`,
        `-A KUBE-SVC-${name} -m comment --comment "shop/s -> 10.244.0.5:80" -j KUBE-SEP-${name}`,
        `-A KUBE-SEP-${name} -s 10.244.0.5/32 -m comment --comment "shop/s" -j KUBE-MARK-MASQ`,
        `-A KUBE-SEP-${name} -p tcp -m comment --comment "shop/s" -m tcp -j DNAT --to-destination 10.244.0.5:80`,
      ]),
      'COMMIT',
    ].join('\n'),
  'nft text': () =>
    [
      'table ip kube-proxy {',
      '\tmap service-ips {',
      `\t\telements = { ${services.map(({ ip, name }) => `${ip} . tcp . 80 : goto service-${name}`).join(',\n\t\t\t     ')} }`,
      '\t}',
      '\tchain nat-prerouting {',
      '\t\ttype nat hook prerouting priority dstnat; policy accept;',
      '\t\tjump services',
      '\t}',
      '\tchain services {',
      '\t\tip daddr . meta l4proto . th dport vmap @service-ips',
      '\t}',
      ...services.flatMap(({ ip, name }) => [
        `\tchain service-${name} {`,
        `\t\tip daddr ${ip} ip saddr != 10.244.0.0/16 jump mark-for-masquerade`,
        `\t\tnumgen random mod 1 vmap { 0 : goto endpoint-${name} }`,
        '\t}',
        `\tchain endpoint-${name} {`,
        '\t\tip saddr 10.244.0.5 jump mark-for-masquerade',
        '\t\tmeta l4proto tcp dnat to 10.244.0.5:80',
        '\t}',
      ]),
      '}',
    ].join('\n'),
} as const;

it.each([
  ['iptables', MANY.iptables, (text: string) => parseIptables(text)],
  ['nft text', MANY['nft text'], parseNftText],
] as const)('reads 100,000 rules of %s in under two seconds', PATIENT, (_, made, parse) => {
  const text = made();
  let firewall = parse('');
  const tookMs = processorMs(() => {
    firewall = parse(text);
  });
  const last = services.at(-1)?.ip ?? '';
  expect(goes(firewall, { destination: last, port: 80 })).toEqual(['100% 10.244.0.5:80']);
  expect(tookMs).toBeLessThan(2000);
});
