import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { NODE_PROGRAMS, nodeCommand } from '../../src/model/nodeShell.ts';
import { parseIptables } from '../../src/parse/firewall/iptables.ts';
import { parseNodeOutput } from '../../src/parse/nodeOutput.ts';

const recorded = (name: string) => readFileSync(new URL(`../recorded/kube-proxy/${name}`, import.meta.url), 'utf8');
const RULES = recorded('iptables-save-1.34.txt');
/** conntrack 1.4.7. */
const FLOWS =
  'udp      17 29 src=10.244.0.29 dst=10.96.96.36 sport=5555 dport=5060 [UNREPLIED] src=10.244.1.250 dst=10.244.0.29 sport=5060 dport=5555 mark=0 use=1\n';
const network = NODE_PROGRAMS.network.at(-1);
const whole = [
  '## node node1',
  '## iptables-nft-save',
  '## iptables-save',
  RULES,
  '## conntrack -L -p udp',
  FLOWS,
  `## ${network}`,
  '/proc/sys/net/ipv4/ip_forward:1',
].join('\n');

describe('what the printed command showed', () => {
  it.each([
    ['as it is', whole],
    ['copied on Windows', `\uFEFF${whole.replaceAll('\n', '\r\n')}`],
    ['with words of a terminal before it', `$ sudo sh -c ...\n[sudo] password for op:\n${whole}`],
  ])('is read by section: %s', (_, text) => {
    const { node, printed } = parseNodeOutput(text);
    expect(node).toBe('node1');
    expect(Object.keys(printed).sort()).toEqual(['conntrack', 'iptables', 'iptables-nft', 'network']);
    expect(printed['iptables-nft']?.trim()).toBe('');
    expect(parseIptables(printed.iptables ?? '')).toEqual(parseIptables(RULES));
    expect(printed.network).toContain('ip_forward:1');
  });
  it('is read as far as it goes', () => {
    const cut = whole.slice(0, whole.indexOf('COMMIT'));
    expect(parseIptables(parseNodeOutput(cut).printed.iptables ?? '').complete).toBe(false);
  });
  it('is headed by what the command prints before each program', () => {
    const script = nodeCommand('node1')[3] ?? '';
    expect(script).toContain('echo "## node $0"');
    for (const name of ['iptables', 'nft', 'conntrack'] as const)
      expect(script).toContain(`'${NODE_PROGRAMS[name].join(' ')}'`);
  });
});

describe('what one program printed', () => {
  it.each([
    ['iptables', RULES],
    ['nft', recorded('nft-list-ruleset-1.34.json')],
    ['nft-text', recorded('nft-list-ruleset-1.34.txt')],
    ['conntrack', FLOWS],
    ['ipvs', 'IP Virtual Server version 1.2.1 (size=4096)\nTCP  10.0.1.175:80 rr\n'],
  ])('is told by its looks: %s', (program, text) => {
    expect(parseNodeOutput(text)).toEqual({ printed: { [program]: text } });
    expect(parseNodeOutput(`## node node2\n${text}`)).toEqual({ node: 'node2', printed: { [program]: text } });
  });
  it('is nothing where it looks like none of them', () => {
    expect(parseNodeOutput('bash: iptables-save: command not found\n').printed).toEqual({});
  });
});
