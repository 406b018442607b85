import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseKubeProxyHealth } from '../../src/parse/kubeProxyHealth.ts';

const at = (time: string) => Date.parse(`2026-11-23T${time}Z`);

it('reads what 1.34 says, with the moment of the last sync of each family', () => {
  const text = readFileSync(new URL('../recorded/kube-proxy/healthz-1.34.json', import.meta.url), 'utf8');
  expect(parseKubeProxyHealth(`HTTP/1.0 200 OK\r\n\r\n${text}`)).toEqual({
    healthy: true,
    nodeEligible: true,
    lastSync: { IPv4: at('10:01:43'), IPv6: at('10:01:21') },
  });
});

it.each([
  [
    'HTTP/1.0 200 OK\r\n\r\n{"lastUpdated": "2026-05-25 03:22:43.1 +0000 UTC m=+12.3","currentTime": "x", "nodeEligible": true}',
    true,
    true,
  ],
  [
    'HTTP/1.0 503 Service Unavailable\r\n\r\n{"lastUpdated": "2026-05-25 03:22:43 +0000 UTC","nodeEligible": true}',
    false,
    true,
  ],
  [
    'HTTP/1.0 503 Service Unavailable\r\n\r\n{"lastUpdated": "2026-05-25 03:22:43 +0000 UTC","nodeEligible": false}',
    true,
    false,
  ],
  [
    'HTTP/1.1 503 x\r\n\r\n{"lastUpdated":"2026-11-23T10:00:00Z","nodeEligible":true,"healthy":false,"status":{"IPv4":{"lastUpdated":"2026-11-23T09:00:00Z","healthy":false}}}',
    false,
    true,
  ],
])('reads %s', (text, healthy, nodeEligible) => {
  expect(parseKubeProxyHealth(text)).toMatchObject({ healthy, nodeEligible });
});

it.each(['', 'ok', '{"status":"ok"}', '{'])('knows that %j is not kube-proxy', (text) => {
  expect(parseKubeProxyHealth(text)).toBeUndefined();
});
