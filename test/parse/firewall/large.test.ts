/** What the parsers cost on the largest cluster. */
import { expect, it } from 'vitest';
import { parseConntrack } from '../../../src/parse/conntrack.ts';
import { parseIptables } from '../../../src/parse/firewall/iptables.ts';
import { parseIpvs } from '../../../src/parse/firewall/ipvs.ts';
import { parseNftJson } from '../../../src/parse/firewall/nftJson.ts';
import { parseNftText } from '../../../src/parse/firewall/nftText.ts';
import { goes } from '../../model/firewall/ways.ts';
import { processorMs } from '../processorMs.ts';

const PATIENT = { timeout: 60_000 };

const RULES = 100_000;
/** Twenty thousand Services with one endpoint each: five rules a Service, as kube-proxy writes them. */
const services = Array.from({ length: RULES / 5 }, (_, i) => ({
  ip: `10.${100 + Math.floor(i / 65_536)}.${Math.floor(i / 256) % 256}.${i % 256}`,
  name: `H${i.toString(36).toUpperCase().padStart(15, '0')}`,
}));

const OWN = { family: 'ip', table: 'kube-proxy' };
const chain = (name: string) => ({ chain: { ...OWN, name } });
const rule = (name: string, ...expr: object[]) => ({ rule: { ...OWN, chain: name, handle: 1, expr } });
const goto = (target: string) => ({ goto: { target } });
const field = (protocol: string, name: string) => ({ payload: { protocol, field: name } });
const match = (op: string, left: object, right: unknown) => ({ match: { op, left, right } });

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
  'nft JSON': () =>
    JSON.stringify({
      nftables: [
        { metainfo: { json_schema_version: 1 } },
        { table: { ...OWN, name: 'kube-proxy' } },
        {
          map: {
            ...OWN,
            name: 'service-ips',
            map: 'verdict',
            elem: services.map(({ ip, name }) => [{ concat: [ip, 'tcp', 80] }, goto(`service-${name}`)]),
          },
        },
        { chain: { ...OWN, name: 'nat-prerouting', type: 'nat', hook: 'prerouting', prio: -100, policy: 'accept' } },
        { chain: { ...OWN, name: 'services' } },
        ...services.flatMap(({ name }) => [chain(`service-${name}`), chain(`endpoint-${name}`)]),
        rule('nat-prerouting', { jump: { target: 'services' } }),
        rule('services', {
          vmap: {
            key: { concat: [field('ip', 'daddr'), { meta: { key: 'l4proto' } }, field('th', 'dport')] },
            data: '@service-ips',
          },
        }),
        ...services.flatMap(({ ip, name }) => [
          rule(
            `service-${name}`,
            match('==', field('ip', 'daddr'), ip),
            match('!=', field('ip', 'saddr'), { prefix: { addr: '10.244.0.0', len: 16 } }),
            { jump: { target: 'mark-for-masquerade' } },
          ),
          rule(`service-${name}`, {
            vmap: {
              key: { numgen: { mode: 'random', mod: 1, offset: 0 } },
              data: { set: [[0, goto(`endpoint-${name}`)]] },
            },
          }),
          rule(`endpoint-${name}`, match('==', field('ip', 'saddr'), '10.244.0.5'), {
            jump: { target: 'mark-for-masquerade' },
          }),
          rule(`endpoint-${name}`, match('==', { meta: { key: 'l4proto' } }, 'tcp'), {
            dnat: { addr: '10.244.0.5', port: 80 },
          }),
          rule(`endpoint-${name}`, { counter: { packets: 0, bytes: 0 } }),
        ]),
      ],
    }),
} as const;

it.each([
  ['iptables', MANY.iptables, (text: string) => parseIptables(text)],
  ['nft text', MANY['nft text'], parseNftText],
  ['nft JSON', MANY['nft JSON'], parseNftJson],
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

it('reads 100,000 servers of ipvs in under two seconds', PATIENT, () => {
  const text = services
    .flatMap(({ ip }) => [
      `TCP  ${ip}:80 rr`,
      ...[1, 2, 3, 4, 5].map((i) => `  -> 10.244.0.${i}:80                Masq    1      0          0`),
    ])
    .join('\n');
  let found = parseIpvs('');
  const tookMs = processorMs(() => {
    found = parseIpvs(text);
  });
  expect([...found.values()].flat().length).toBe(RULES);
  expect(tookMs).toBeLessThan(2000);
});

it('reads 100,000 flows in under two seconds', PATIENT, () => {
  const text = Array.from(
    { length: RULES },
    (_, i) =>
      `udp      17 25 src=10.244.0.9 dst=10.96.0.10 sport=${i % 65_536} dport=53 src=10.244.1.2 dst=10.244.0.9 sport=53 dport=${i % 65_536} [ASSURED] mark=0 use=1`,
  ).join('\n');
  let flows = parseConntrack('');
  const tookMs = processorMs(() => {
    flows = parseConntrack(text);
  });
  expect(flows.length).toBe(RULES);
  expect(tookMs).toBeLessThan(2000);
});
