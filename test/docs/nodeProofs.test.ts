import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadCases } from '../e2e/lib/case.ts';

const cases = new Map(loadCases('test/e2e/cases').map((played) => [played.name, played]));
const [proofs = ''] = readFileSync('docs/node-proofs.md', 'utf8').split('\n## ');
const rows = proofs
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (broken|---)/.test(line))
  .map((line) => line.split('|').map((cell) => [...cell.matchAll(/`((?:kube-proxy|hairpin|healthy)-[a-z0-9-]+)`/g)]))
  .map(([, , iptables = [], nftables = [], twins = []]) => ({ iptables, nftables, twins }))
  .map(({ iptables, nftables, twins }) => ({
    iptables: iptables.map(([, name = '']) => name),
    nftables: nftables.map(([, name = '']) => name),
    twins: twins.map(([, name = '']) => name),
  }));

test('the proofs are many, and each has a healthy twin', () => {
  expect(rows.length).toBeGreaterThanOrEqual(18);
  for (const { iptables, twins } of rows) expect([iptables.length > 0, twins.length > 0]).toEqual([true, true]);
});

test('each is a case that can be played in that mode, and says what it should', () => {
  for (const { iptables, nftables, twins } of rows) {
    const odd = (names: string[], mode: string) =>
      names.filter((name) => ![undefined, mode].includes(cases.get(name)?.needs?.proxyMode as undefined));
    expect([...iptables, ...nftables, ...twins].filter((name) => !cases.has(name))).toEqual([]);
    expect([...odd(iptables, 'iptables'), ...odd(nftables, 'nftables')]).toEqual([]);
    expect([...iptables, ...nftables].map((name) => cases.get(name)?.expect.verdict)).not.toContain('healthy');
    expect(twins.filter((name) => cases.get(name)?.expect.verdict !== 'healthy')).toEqual([]);
  }
});
