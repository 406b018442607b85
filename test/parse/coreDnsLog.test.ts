import { expect, test } from 'vitest';
import { parseDnsLog } from '../../src/parse/coreDnsLog.ts';

// Recorded from CoreDNS 1.14.7 on Kubernetes 1.34.
const LOOP = `maxprocs: Leaving GOMAXPROCS=2: CPU quota undefined
.:53
CoreDNS-1.14.7
linux/amd64, go1.26.8,
[FATAL] plugin/loop: Loop (127.0.0.1:57374 -> :53) detected for zone ".", see https://coredns.io/plugins/loop#troubleshooting. Query: "HINFO 2915800709892044266.531071259573660724."
`;
const UNSYNCED = `[INFO] plugin/ready: Plugins not ready: "kubernetes"
[ERROR] plugin/kubernetes: Failed to watch: failed to list *v1.Service: services is forbidden: User "system:serviceaccount:kube-system:coredns" cannot list resource "services" in API group "" at the cluster scope
[INFO] plugin/ready: Plugins not ready: "kubernetes"
`;

test('a loop', () => {
  expect(parseDnsLog(LOOP).loop).toMatch(/^\[FATAL\] plugin\/loop: Loop \(127\.0\.0\.1:57374 -> :53\)/);
});

test.each([
  "/etc/coredns/Corefile:6 - Error during parsing: Unknown directive 'forwrd'",
  "plugin/kubernetes: /etc/coredns/Corefile:4 - Error during parsing: unknown property 'podz'",
  'plugin/forward: not an IP address or file: "nowhere.example"',
])('a Corefile that cannot be read: %s', (line) => {
  const log = parseDnsLog(`${line}\nmaxprocs: Leaving GOMAXPROCS=2: CPU quota undefined\n`);
  expect(log).toEqual({ corefile: line, last: line });
});

test('no right to read Services', () => {
  expect(parseDnsLog(UNSYNCED).api).toContain('services is forbidden');
});

test('an upstream server that does not answer', () => {
  const line = '[ERROR] plugin/errors: 2 example.com. A: read udp 10.244.1.12:33609->203.0.113.9:53: i/o timeout';
  expect(parseDnsLog(line)).toEqual({ upstream: line, last: line });
});

test('a healthy log says nothing', () => {
  expect(parseDnsLog('maxprocs: Leaving GOMAXPROCS=2\n.:53\nCoreDNS-1.14.7\nlinux/amd64, go1.26.8,\n')).toEqual({});
  expect(parseDnsLog('')).toEqual({});
});

test('a plugin that complains while it runs is not a Corefile error', () => {
  expect(parseDnsLog('[WARNING] plugin/health: Local health request failed')).toEqual({
    last: '[WARNING] plugin/health: Local health request failed',
  });
});
