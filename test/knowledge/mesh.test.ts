/** Behind a mesh: who accepted, reset or answered may be a proxy alone. */
import { describe, expect, test } from 'vitest';
import type { Attempt } from '../../src/model/probe.ts';
import { web } from '../steps/dns/world.ts';
import type { Connections } from '../support/facts.ts';
import { pod } from '../support/objects.ts';
import { A, B, C, client, diagnosed, pods, served, VIP } from './scene.ts';

const app = { name: 'app', image: 'app:1', ports: [{ containerPort: 8080 }] };
const AMBIENT = { annotations: { 'ambient.istio.io/redirection': 'enabled' } };
const MESHED = [
  ['a sidecar', { spec: { containers: [app, { name: 'istio-proxy', image: 'proxyv2' }] } }],
  ['a native sidecar', { spec: { containers: [app], initContainers: [{ name: 'linkerd-proxy', image: 'proxy' }] } }],
  ['ambient mode', AMBIENT],
] as const;
const every = (met: Attempt | 'reset' | 'opened'): Connections => ({ [VIP]: met, [A]: met, [B]: met, [C]: met });
/** A port of which nothing says what is spoken on it: connections are only opened. */
const silentPort = web({ ports: [{ port: 5000, targetPort: 8080, protocol: 'TCP' }] });
const opened: Connections = { '10.96.7.7:5000': 'opened', [A]: 'opened', [B]: 'opened', [C]: 'opened' };

describe.each(MESHED)('by %s', (_, like) => {
  const members = pods(like as Parameters<typeof pods>[0]);

  test('a reset from outside is not conclusive', async () => {
    const { verdict, errors } = await diagnosed({ objects: served(members), connections: every('reset') });
    expect({ verdict, errors }).toEqual({ verdict: 'inconclusive', errors: [] });
  });

  test('a connection that opens proves nothing', async () => {
    const { verdict, errors } = await diagnosed({ objects: served(members, silentPort), connections: opened });
    expect({ verdict, errors }).toEqual({ verdict: 'inconclusive', errors: [] });
  });

  test('an answer over HTTP counts', async () => {
    const ok: Attempt = { outcome: 'answered', durationMs: 3, httpStatus: 200 };
    expect((await diagnosed({ objects: served(members), connections: every(ok) })).verdict).toBe('healthy');
  });
});

test('without a mesh a connection that opens is one', async () => {
  const { verdict } = await diagnosed({ objects: served(pods(), silentPort), connections: opened });
  expect(verdict).toBe('healthy');
});

test('the proxy of the client accepts connections as well', async () => {
  const front = pod({ name: 'front', ip: '10.244.0.77', labels: { app: 'front' }, deployment: null, ...AMBIENT });
  const { verdict } = await diagnosed({
    objects: [...served(pods(), silentPort), front],
    connections: opened,
    vantage: client,
  });
  expect(verdict).toBe('inconclusive');
});

test('from inside of it, a reset is the fault', async () => {
  const front = pod({ name: 'front', ip: '10.244.0.77', labels: { app: 'front' }, deployment: null, ...AMBIENT });
  const { causes } = await diagnosed({
    objects: [...served(pods(AMBIENT)), front],
    connections: every('reset'),
    vantage: client,
  });
  expect(causes).toEqual(['pods/reset']);
});

test.each([
  'upstream connect error or disconnect/reset before headers. reset reason: connection failure',
  'no healthy upstream',
])('a proxy that answers 503 for an application that it did not reach: broken (%s)', async (body) => {
  const failed: Attempt = { outcome: 'answered', durationMs: 3, httpStatus: 503, body };
  const { verdict, causes } = await diagnosed({ objects: served(pods(AMBIENT)), connections: every(failed) });
  expect({ verdict, causes }).toEqual({ verdict: 'broken', causes: ['pods/http-error'] });
});

test('a 503 of the application itself is an answer', async () => {
  const busy: Attempt = { outcome: 'answered', durationMs: 3, httpStatus: 503, body: 'busy' };
  const { verdict, warnings } = await diagnosed({ objects: served(pods(AMBIENT)), connections: every(busy) });
  expect(verdict).toBe('healthy');
  expect(warnings).toContain('pods/http-error');
});
