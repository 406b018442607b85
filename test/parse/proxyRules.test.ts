import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseIptablesSave } from '../../src/parse/iptablesSave.ts';
import { parseKubeProxyLog } from '../../src/parse/kubeProxyLog.ts';
import { parseNftTable } from '../../src/parse/nftTable.ts';

const recorded = (name: string) => readFileSync(new URL(`../recorded/${name}`, import.meta.url), 'utf8');
const HOSTNAMES = ['10.244.0.5:9376', '10.244.0.6:9376', '10.244.0.7:9376'];

describe.each([
  ['iptables-save', parseIptablesSave(recorded('iptables-save.full.txt'))],
  ['nft list table', parseNftTable(recorded('nft-list-table-ip-kube-proxy.txt'))],
])('%s', (_, rules) => {
  it('leads a Service to its endpoints', () => {
    expect(rules.services['10.0.1.175/tcp/80']).toMatchObject({ does: 'forward' });
    expect([...(rules.services['10.0.1.175/tcp/80']?.endpoints ?? [])].sort()).toEqual(HOSTNAMES);
  });
  it('rejects a Service without endpoints', () => {
    expect(rules.services['10.0.1.176/tcp/80']).toEqual({ does: 'reject', endpoints: [] });
  });
  it('drops a Service without local endpoints', () => {
    expect(rules.services['10.0.1.177/tcp/80']).toEqual({ does: 'drop', endpoints: [] });
  });
  it('knows nothing of a port that is not listed', () => {
    expect(rules.services['10.0.1.175/tcp/8080']).toBeUndefined();
  });
  it('sees the hooks that lead packets there', () => {
    expect(rules.hooked).toBe(true);
  });
});

it('tells flushed iptables chains from rules that are there', () => {
  const flushed = recorded('iptables-save.full.txt')
    .split('\n')
    .filter((line) => !line.startsWith('-A KUBE-SERVICES'))
    .join('\n');
  expect(parseIptablesSave(flushed).services).toEqual({});
});

describe('the log of kube-proxy', () => {
  it.each([
    [
      'E1 server.go:1 "command failed" err="failed complete: Mode: Invalid value: \\"iptable\\": must be iptables, ipvs, nftables or blank"',
      'cannot-start',
    ],
    ['E1 proxier.go:1 "Failed to execute iptables-restore" err="exit status 4"', 'sync-failed'],
    [
      'E1 reflector.go:1 "Failed to watch" err="failed to list *v1.Service: Get \\"https://x\\": dial tcp: connect: connection refused"',
      'api-unreachable',
    ],
  ])('%s', (line, kind) => {
    expect(parseKubeProxyLog(`I1 server_linux.go:1 "Using iptables Proxier"\n${line}\n`)).toEqual({
      mode: 'iptables',
      trouble: { kind, line },
    });
  });
  it('shows no trouble in the line that every start prints', () => {
    const line =
      'E1 server.go:256] "Kube-proxy configuration may be incomplete or incorrect" err="nodePortAddresses is unset; ..."';
    expect(parseKubeProxyLog(line)).toEqual({});
  });
  it('forgets trouble from before the caches were synced', () => {
    expect(
      parseKubeProxyLog('E1 "Failed to watch" err="refused"\nI1 "Caches are synced" controller="service config"'),
    ).toEqual({});
  });
});
