import { describe, expect, it } from 'vitest';
import { parseNftJson } from '../../../src/parse/firewall/nftJson.ts';
import { parseNftText } from '../../../src/parse/firewall/nftText.ts';
import { goes } from '../../model/firewall/ways.ts';

const VIP = { destination: '10.96.0.1', port: 80 };

/** A rule in a base chain at the very beginning, in the words of nft and as its JSON. */
const rules: [string, unknown[], string][] = [
  ['ip daddr 10.96.0.1 drop', [match('ip', 'daddr', '10.96.0.1'), { drop: null }], '100% dropped by pre'],
  ['ip daddr 10.96.0.2 drop', [match('ip', 'daddr', '10.96.0.2'), { drop: null }], '100% lost'],
  ['ip daddr != 10.96.0.0/12 drop', [match('ip', 'daddr', prefix('10.96.0.0', 12), '!='), { drop: null }], '100% lost'],
  [
    'tcp dport { 80, 443 } reject',
    [match('tcp', 'dport', { set: [80, 443] }), { reject: null }],
    '100% rejected by pre',
  ],
  [
    'tcp dport 70-90 counter packets 3 bytes 180 drop',
    [match('tcp', 'dport', { range: [70, 90] }), { counter: {} }, { drop: null }],
    '100% dropped by pre',
  ],
  ['udp dport 80 drop', [match('udp', 'dport', 80), { drop: null }], '100% lost'],
  [
    'meta l4proto 6 drop',
    [{ match: { op: '==', left: { meta: { key: 'l4proto' } }, right: 6 } }, { drop: null }],
    '100% dropped by pre',
  ],
  ['ct state established,related drop', [state(['established', 'related']), { drop: null }], '100% lost'],
  ['ct state new drop', [state('new'), { drop: null }], '100% dropped by pre'],
  [
    'iifname "lo" drop',
    [{ match: { op: '==', left: { meta: { key: 'iifname' } }, right: 'lo' } }, { drop: null }],
    '100% lost',
  ],
  ['limit rate 5/second drop', [{ limit: { rate: 5 } }, { drop: null }], '100% lost'],
  [
    'fib daddr type local drop',
    [{ match: { op: '==', left: { fib: { result: 'type', flags: ['daddr'] } }, right: 'local' } }, { drop: null }],
    '100% lost',
  ],
  ['dnat to 10.244.0.9:8080', [{ dnat: { addr: '10.244.0.9', port: 8080 } }], '100% 10.244.0.9:8080'],
  ['redirect to :15001', [{ redirect: { port: 15001 } }], '100% redirected by pre'],
  ['ip daddr @blocked drop', [match('ip', 'daddr', '@blocked'), { drop: null }], '100% dropped by pre'],
  [
    'ip daddr vmap { 10.96.0.1 : drop, 10.96.0.2 : accept }',
    [
      vmap([
        ['10.96.0.1', { drop: null }],
        ['10.96.0.2', { accept: null }],
      ]),
    ],
    '100% dropped by pre',
  ],
];

function match(protocol: string, field: string, right: unknown, op = '==') {
  return { match: { op, left: { payload: { protocol, field } }, right } };
}
function prefix(addr: string, len: number) {
  return { prefix: { addr, len } };
}
function state(right: unknown) {
  return { match: { op: 'in', left: { ct: { key: 'state' } }, right } };
}
function vmap(set: unknown[]) {
  return { vmap: { key: { payload: { protocol: 'ip', field: 'daddr' } }, data: { set } } };
}

const place = { family: 'inet', table: 'audit' };
const asJson = (expr: unknown[]) =>
  parseNftJson(
    JSON.stringify({
      nftables: [
        { metainfo: {} },
        { set: { ...place, name: 'blocked', elem: [{ elem: { val: '10.96.0.1', comment: 'x' } }] } },
        { chain: { ...place, name: 'pre', type: 'nat', hook: 'prerouting', prio: -300, policy: 'accept' } },
        { rule: { ...place, chain: 'pre', handle: 4, expr } },
      ],
    }),
  );
const asText = (rule: string) =>
  parseNftText(
    [
      'table inet audit {',
      '\tset blocked {',
      '\t\ttype ipv4_addr',
      '\t\telements = { 10.96.0.1 comment "x" }',
      '\t}',
      '',
      '\tchain pre {',
      '\t\ttype nat hook prerouting priority raw; policy accept;',
      `\t\t${rule}`,
      '\t}',
      '}',
    ].join('\n'),
  );

describe.each(rules)('%s', (words, expr, end) => {
  it('as JSON', () => {
    expect(goes(asJson(expr), VIP)).toEqual([end]);
  });
  it('as text', () => {
    expect(goes(asText(words), VIP)).toEqual([end]);
  });
});

it.each([
  ['raw', -300],
  ['dstnat - 10', -110],
  ['filter + 5', 5],
  ['-100', -100],
  ['srcnat', 100],
])('reads priority %s', (words, priority) => {
  const firewall = parseNftText(
    `table ip t {\n\tchain c {\n\t\ttype filter hook forward priority ${words}; policy drop;\n\t}\n}`,
  );
  expect(firewall.tables[0]?.chains.get('c')?.base).toEqual({
    hook: 'forward',
    priority,
    type: 'filter',
    policy: 'drop',
  });
});

it('leaves the tables of iptables to iptables-save', () => {
  const text = 'table ip nat {\n\tchain PREROUTING {\n\t}\n}\ntable ip other {\n\tchain c {\n\t}\n}';
  expect(parseNftText(text).tables.map(({ name }) => name)).toEqual(['other']);
});

it('takes a client for a new one whatever a set of affinity remembers', () => {
  const set = { family: 'ip', table: 'kube-proxy', name: 'affinity-A', flags: ['timeout'], elem: ['10.244.0.9'] };
  const firewall = parseNftJson(JSON.stringify({ nftables: [{ set }] }));
  expect(firewall.tables[0]?.sets.get('affinity-A')).toEqual([]);
});

it('reads several tables, one JSON a line', () => {
  const one = (name: string) => JSON.stringify({ nftables: [{ chain: { family: 'ip', table: name, name: 'c' } }] });
  expect(parseNftJson(`${one('a')}\n${one('b')}\n`).tables.map(({ name }) => name)).toEqual(['a', 'b']);
});
