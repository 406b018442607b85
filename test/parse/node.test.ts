import { describe, expect, it } from 'vitest';
import { nodeCommand } from '../../src/model/nodeShell.ts';
import { parseConntrack } from '../../src/parse/conntrack.ts';
import { parseNodeNetwork } from '../../src/parse/links.ts';
import { parseNodeOutput } from '../../src/parse/nodeOutput.ts';

describe('conntrack', () => {
  const flow = {
    protocol: 'udp',
    source: '10.244.0.9',
    destination: '10.96.0.10',
    port: 53,
    answers: '10.244.1.2',
    answersPort: 53,
    unreplied: false,
  };
  it.each([
    [
      'conntrack -L',
      'udp      17 25 src=10.244.0.9 dst=10.96.0.10 sport=40000 dport=53 src=10.244.1.2 dst=10.244.0.9 sport=53 dport=40000 [ASSURED] mark=0 use=1',
      flow,
    ],
    [
      '/proc/net/nf_conntrack',
      'ipv4     2 udp      17 25 src=10.244.0.9 dst=10.96.0.10 sport=40000 dport=53 [UNREPLIED] src=10.244.1.2 dst=10.244.0.9 sport=53 dport=40000 mark=0 zone=0 use=2',
      { ...flow, unreplied: true },
    ],
  ])('%s', (_, line, expected) => {
    expect(parseConntrack(`${line}\nconntrack v1.4.7 (conntrack-tools): 1 flow entries have been shown.\n`)).toEqual([
      expected,
    ]);
  });
});

/** Two pods on a bridge of a real node; hairpin is off for the second. */
const NETWORK = `/sys/class/net/cni0/ifindex:3
/sys/class/net/eth0/ifindex:2
/sys/class/net/veth2aff176b/ifindex:5
/sys/class/net/veth69ce0f2c/ifindex:4
/sys/class/net/cni0/flags:0x1103
/sys/class/net/eth0/flags:0x1003
/sys/class/net/veth2aff176b/flags:0x1303
/sys/class/net/veth69ce0f2c/flags:0x1003
/sys/class/net/veth2aff176b/brport/hairpin_mode:1
/sys/class/net/veth69ce0f2c/brport/hairpin_mode:0
/sys/class/net/veth2aff176b/brport/bridge/ifindex:3
/sys/class/net/veth69ce0f2c/brport/bridge/ifindex:3
/proc/sys/net/ipv4/ip_forward:1
/proc/sys/net/bridge/bridge-nf-call-iptables:0
`;

describe('the network of a node', () => {
  it('has bridges, their ports, and what is forwarded', () => {
    expect(parseNodeNetwork(NETWORK)).toEqual({
      links: [
        { name: 'cni0', index: 3, promiscuous: true },
        { name: 'eth0', index: 2, promiscuous: false },
        { name: 'veth2aff176b', index: 5, promiscuous: true, hairpin: true, bridge: 'cni0' },
        { name: 'veth69ce0f2c', index: 4, promiscuous: false, hairpin: false, bridge: 'cni0' },
      ],
      ipForward: true,
      bridgeNetfilter: 'off',
    });
  });
  it('may have no br_netfilter', () => {
    expect(parseNodeNetwork('/proc/sys/net/ipv4/ip_forward:0\n')).toEqual({
      links: [],
      ipForward: false,
      bridgeNetfilter: 'absent',
    });
  });
});

describe('what somebody ran on a node', () => {
  it('is read section by section', () => {
    const text =
      '## node n-1\n## iptables-save\n*nat\nCOMMIT\n## nft -j list ruleset\n{"nftables":[]}\n## grep -s . /x\n/a:1\n## rm -rf /\nx';
    expect(parseNodeOutput(text)).toEqual({
      node: 'n-1',
      printed: { iptables: '*nat\nCOMMIT', nft: '{"nftables":[]}', network: '/a:1' },
    });
  });
  it.each([
    ['*nat\nCOMMIT\n', 'iptables'],
    ['# Generated\n*filter\nCOMMIT\n', 'iptables'],
    ['{"nftables":[]}', 'nft'],
    ['table ip kube-proxy {\n}\n', 'nft-text'],
    ['IP Virtual Server version 1.2.1 (size=4096)\n', 'ipvs'],
    ['-A -t 10.0.0.1:80 -s rr\n', 'ipvs'],
  ])('is known by its looks where nothing says what it is: %j', (text, program) => {
    expect(parseNodeOutput(text)).toEqual({ printed: { [program]: text } });
  });
  it('comes from one command that holds no word from the cluster but the name of the node, as an argument', () => {
    const command = nodeCommand('n-1; rm -rf /');
    expect(command.filter((word) => word.includes('rm -rf'))).toEqual(['n-1; rm -rf /', 'n-1; rm -rf /.txt']);
  });
});
