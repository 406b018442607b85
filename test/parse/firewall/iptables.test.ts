import { describe, expect, it } from 'vitest';
import { parseIptables } from '../../../src/parse/firewall/iptables.ts';
import { iptablesRule } from '../../../src/parse/firewall/iptablesRule.ts';
import { goes } from '../../model/firewall/ways.ts';

describe('a rule', () => {
  it.each([
    ['-d 10.0.0.1/32 -j DROP', [{ on: 'destination', among: ['10.0.0.1/32'], not: false }], [{ do: 'drop' }]],
    ['! -s 10.244.0.0/16 -j A', [{ on: 'source', among: ['10.244.0.0/16'], not: true }], [{ do: 'jump', chain: 'A' }]],
    [
      '-p tcp -m tcp --dport 80:90 -g A',
      [
        { on: 'protocol', among: ['tcp'], not: false },
        { on: 'port', ranges: [[80, 90]], not: false },
      ],
      [{ do: 'goto', chain: 'A' }],
    ],
    [
      '-p tcp -m multiport --dports 80,443,8000:8010 -j REJECT --reject-with tcp-reset',
      [
        { on: 'protocol', among: ['tcp'], not: false },
        {
          on: 'port',
          ranges: [
            [80, 80],
            [443, 443],
            [8000, 8010],
          ],
          not: false,
        },
      ],
      [{ do: 'reject' }],
    ],
    [
      '-m conntrack ! --ctstate RELATED,ESTABLISHED',
      [{ on: 'state', among: ['related', 'established'], not: true }],
      [],
    ],
    ['-m addrtype --dst-type LOCAL -j RETURN', [{ on: 'local-destination', not: false }], [{ do: 'return' }]],
    [
      '-m mark ! --mark 0x4000/0x4000 -j RETURN',
      [{ on: 'mark', value: 0x4000, mask: 0x4000, not: true }],
      [{ do: 'return' }],
    ],
    ['-m statistic --mode random --probability 0.5 -j A', [{ on: 'chance', share: 0.5 }], [{ do: 'jump', chain: 'A' }]],
    [
      '-m statistic --mode nth --every 4 --packet 0 -j A',
      [{ on: 'chance', share: 0.25 }],
      [{ do: 'jump', chain: 'A' }],
    ],
    [
      '-m recent --rcheck --seconds 10800 --reap --name A --rsource -j A',
      [{ on: 'never' }],
      [{ do: 'jump', chain: 'A' }],
    ],
    ['-m recent --set --name A --rsource', [], []],
    ['-i lo -j ACCEPT', [{ on: 'never' }], [{ do: 'accept' }]],
    ['-i eth0 -j ACCEPT', [{ on: 'unknown' }], [{ do: 'accept' }]],
    ['-m set --match-set block dst', [{ on: 'unknown' }, { on: 'unknown' }, { on: 'unknown' }], []],
    ['-m limit --limit 5/min', [{ on: 'unknown' }, { on: 'unknown' }], []],
    ['-m comment --comment "a -j DROP b" -j LOG --log-prefix "x "', [], []],
    ['-j MARK --set-xmark 0x4000/0x4000', [], [{ do: 'mark', value: 0x4000, mask: 0x4000 }]],
    ['-j MARK --or-mark 0x4000', [], [{ do: 'mark', value: 0x4000, mask: 0x4000 }]],
    ['-j DNAT --to-destination [fd00::5]:8080', [], [{ do: 'rewrite', to: '[fd00::5]:8080' }]],
    ['-j REDIRECT --to-ports 15001', [], [{ do: 'redirect' }]],
    ['-j CT --notrack', [], [{ do: 'untrack' }]],
    ['-j NFQUEUE --queue-num 1', [], [{ do: 'unknown' }]],
    ['-m comment --comment "only a word"', [], []],
  ])('%s', (text, conditions, actions) => {
    expect(iptablesRule('A', text)).toEqual({ conditions, actions, text: `-A A ${text}` });
  });
});

const nat = (...rules: string[]) =>
  parseIptables(['*nat', ':PREROUTING ACCEPT [0:0]', '-A PREROUTING -j KUBE-SERVICES', ...rules, 'COMMIT'].join('\n'));
const VIP = { destination: '10.96.0.1', port: 80 };

describe('a packet', () => {
  it('is lost where a rule of an endpoint is gone', () => {
    const firewall = nat(
      '-A KUBE-SERVICES -d 10.96.0.1/32 -p tcp -m tcp --dport 80 -j S',
      '-A S -m statistic --mode random --probability 0.5 -j E1',
      '-A S -j E2',
      '-A E1 -p tcp -j DNAT --to-destination 10.244.0.5:8080',
    );
    expect(goes(firewall, VIP)).toEqual(['50% 10.244.0.5:8080', '50% lost']);
  });
  it('goes to the others where the jump to an endpoint is gone', () => {
    const firewall = nat(
      '-A KUBE-SERVICES -d 10.96.0.1/32 -j S',
      '-A S -j E2',
      '-A E2 -p tcp -j DNAT --to-destination 10.244.0.6:80',
    );
    expect(goes(firewall, VIP)).toEqual(['100% 10.244.0.6:80']);
  });
  it('never comes to the Service where a rule before it accepts it', () => {
    const text = [
      '*nat',
      ':PREROUTING ACCEPT [0:0]',
      '-A PREROUTING -d 10.96.0.0/12 -j ACCEPT',
      '-A PREROUTING -j KUBE-SERVICES',
      '-A KUBE-SERVICES -j DNAT --to-destination 10.244.0.6:80',
      'COMMIT',
    ];
    expect(goes(parseIptables(text.join('\n')), VIP)).toEqual(['100% lost']);
  });
  it('is not rewritten where it is not tracked', () => {
    const raw = ['*raw', ':PREROUTING ACCEPT [0:0]', '-A PREROUTING -d 10.96.0.1/32 -j CT --notrack', 'COMMIT'];
    const text = [
      ...raw,
      '*nat',
      ':PREROUTING ACCEPT [0:0]',
      '-A PREROUTING -j DNAT --to-destination 10.244.0.6:80',
      'COMMIT',
    ];
    expect(goes(parseIptables(text.join('\n')), VIP)).toEqual(['100% redirected by PREROUTING']);
  });
  it('is dropped by the policy of a chain that lets nothing through', () => {
    const filter = ['*filter', ':FORWARD DROP [0:0]', '-A FORWARD -d 10.244.0.0/24 -j ACCEPT', 'COMMIT'].join('\n');
    expect(goes(parseIptables(filter), VIP)).toEqual(['100% dropped by FORWARD']);
    expect(goes(parseIptables(filter), { destination: '10.244.0.5', port: 80 })).toEqual(['100% lost']);
  });
});

it('reads counters, and IPv6', () => {
  const text = [
    '*nat',
    ':PREROUTING ACCEPT [9:9]',
    '[5:300] -A PREROUTING -d fd00::1/128 -p tcp -m tcp --dport 80 -j DNAT --to-destination [fd00::5]:8080',
    'COMMIT',
  ];
  const firewall = parseIptables(text.join('\n'), 'ip6');
  expect(goes(firewall, { destination: 'fd00::1', port: 80, source: 'fd00::9' })).toEqual(['100% [fd00::5]:8080']);
});

it.each([
  ['', true],
  ['*nat\nCOMMIT\n', true],
  ['*nat\n:PREROUTING ACCEPT [0:0]\n', false],
  ["# Table `nat' is incompatible, use 'nft' tool.\n*filter\nCOMMIT\n", false],
])('knows whether %j is all', (text, complete) => {
  expect(parseIptables(text).complete).toBe(complete);
});
