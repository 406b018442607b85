import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseKubeProxyLog } from '../../src/parse/kubeProxyLog.ts';

const recorded = (name: string) =>
  readFileSync(new URL(`../recorded/kube-proxy/log-${name}.txt`, import.meta.url), 'utf8');

describe('the log of a real kube-proxy 1.34.4', () => {
  it.each([
    ['mode-typo', 'cannot-start', /Invalid value: .*iptable.* must be iptables, ipvs, nftables or blank/],
    ['yaml-error', 'cannot-start', /failed to decode: yaml: line 3/],
    ['ipvs-missing', 'cannot-start', /can't use the IPVS proxier/],
    ['no-ca', 'cannot-start', /unable to read certificate-authority/],
    ['no-extensions', 'cannot-start', /iptables is not available on this host : .*match extension not found/],
    ['wrong-port', 'api-unreachable', /dial tcp 172\.30\.2\.11:6444: connect: connection refused/],
    ['bad-token', 'api-denied', /failed to list \*v1\.Node: Unauthorized/],
    ['no-role', 'api-denied', /is forbidden: .*cannot list resource .*nodes/],
    ['sync-failed-v4', 'sync-failed', /Failed to execute iptables-restore.*Couldn't load match `statistic'/],
  ])('%s', (name, kind, line) => {
    expect(parseKubeProxyLog(recorded(name)).trouble).toMatchObject({ kind, line: expect.stringMatching(line) });
  });
  it('shows no trouble where there is none, although it prints an error at every start', () => {
    expect(recorded('healthy')).toContain('may be incomplete or incorrect');
    expect(parseKubeProxyLog(recorded('healthy'))).toEqual({ mode: 'iptables', noClusterCidr: false, verbose: false });
  });
  it('at -v=4 tells what it does', () => {
    expect(parseKubeProxyLog(recorded('v4'))).toMatchObject({ verbose: true });
    expect(parseKubeProxyLog(recorded('v4')).trouble).toBeUndefined();
  });
});

describe('the words of other releases', () => {
  it.each([
    [
      'E1 proxier.go:1 "nftables sync failed" err="exit status 1"\nI1 proxier.go:1143] "Sync failed" retryingTime="30s"',
      'sync-failed',
    ],
    ['E1 proxier.go:1 "Failed to ensure chain jumps" table="nat"', 'sync-failed'],
    ['Another app is currently holding the xtables lock. Perhaps you want to use the -w option?', 'sync-failed'],
    [
      'W1 reflector.go:539] k8s.io/client-go/informers/factory.go:159: failed to list *v1.Service: Get "https://127.0.0.1:6443/api": dial tcp 127.0.0.1:6443: connect: connection refused',
      'api-unreachable',
    ],
    [
      'E1 reflector.go:147] k8s.io/client-go/informers/factory.go:159: Failed to watch *v1.Service: failed to list *v1.Service: services is forbidden: User "system:serviceaccount:kube-system:kube-proxy" cannot list resource "services"',
      'api-denied',
    ],
    [
      'E1 reflector.go:158] "Unhandled Error" err="k8s.io/client-go/informers/factory.go:160: Failed to watch *v1.EndpointSlice: failed to list *v1.EndpointSlice: x509: certificate has expired"',
      'api-denied',
    ],
    ['E1 server.go:1] "Failed to retrieve node info" err="nodes \\"ip-10-0-0-1\\" not found"', 'node-unknown'],
    ['F1 server.go:1] kube-proxy in nftables mode requires kernel 5.13 or later', 'cannot-start'],
    ['E1 run.go:74] "command failed" err="unknown flag: --proxy-mod"', 'cannot-start'],
  ])('%s', (line, kind) => {
    expect(parseKubeProxyLog(`I1 server_linux.go:1] "Using iptables Proxier"\n${line}\n`)).toMatchObject({
      mode: 'iptables',
      trouble: { kind },
    });
  });
  it.each(['iptables', 'nftables', 'ipvs'])('knows mode %s by its own word', (mode) => {
    expect(parseKubeProxyLog(`I1 server_linux.go:132] "Using ${mode} Proxier"`).mode).toBe(mode);
  });
  it('knows that it was given no cluster CIDR', () => {
    const line = 'I1 "Detect-local-mode set to ClusterCIDR, but no cluster CIDR specified for primary IP family"';
    expect(parseKubeProxyLog(line).noClusterCidr).toBe(true);
  });
});

describe('what comes again', () => {
  const failed = 'E1 "Failed to execute iptables-restore" err="exit status 4"\nI1 "Sync failed" retryingTime="30s"';
  const stamped = (time: string, text: string) =>
    text.split('\n').map((line) => `2026-11-23T${time}.123456789Z ${line}`);
  it('is counted from its first time on', () => {
    const text = [...stamped('10:00:00', failed), ...stamped('10:00:30', failed), ...stamped('10:01:00', failed)];
    expect(parseKubeProxyLog(text.join('\n')).trouble).toEqual({
      kind: 'sync-failed',
      line: 'E1 "Failed to execute iptables-restore" err="exit status 4"',
      times: 3,
      since: Date.parse('2026-11-23T10:00:00Z'),
      last: Date.parse('2026-11-23T10:01:00Z'),
    });
  });
  it('is over when a sync went through, which only verbose logs tell', () => {
    const begins = 'I1 "Syncing iptables rules" fullSync=true';
    const ends = 'I1 "SyncProxyRules complete" elapsed="1s"';
    expect(parseKubeProxyLog([begins, failed, ends].join('\n')).trouble).toMatchObject({ kind: 'sync-failed' });
    expect(parseKubeProxyLog([begins, failed, ends, begins, ends].join('\n')).trouble).toBeUndefined();
  });
  it('is over when the caches are filled, for the way to the API server', () => {
    const lost = 'E1 reflector.go:1] "Failed to watch" err="failed to list *v1.Service: connection refused"';
    expect(parseKubeProxyLog(`${lost}\nI1 "Caches are synced" controller="service config"`).trouble).toBeUndefined();
  });
});
