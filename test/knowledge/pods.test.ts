/** What pods do behind a Service, and what others take it for. */
import { describe, expect, test } from 'vitest';
import type { Pod } from '../../src/model/kubernetes.ts';
import { web } from '../steps/dns/world.ts';
import { ago, type World } from '../support/facts.ts';
import { metaOf, pod } from '../support/objects.ts';
import { A, answering, B, C, client, diagnosed, listening, NAMES, pods, served, VIP } from './scene.ts';

type Status = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number];
const status = (state: Status['state'], more: Partial<Status> = {}): Status => ({
  name: 'app',
  image: 'app:1',
  imageID: '',
  ready: false,
  restartCount: 0,
  ...(state && { state }),
  ...more,
});
const running = { running: { startedAt: ago(900) } };
const crashed = (exitCode: number, reason: string) => ({
  restartCount: 6,
  lastState: { terminated: { exitCode, reason, startedAt: ago(60), finishedAt: ago(50) } },
});
const refused: World['connections'] = { [VIP]: 'refused' };

test('a process that listens on loopback: a port-forward gets through, and the Service is broken all the same', async () => {
  const connections = { [VIP]: 'refused', [A]: 'refused', [B]: 'refused', [C]: 'refused' } as const;
  const { verdict, causes } = await diagnosed({ objects: served(pods()), connections, forwards: listening });
  expect({ verdict, causes }).toEqual({ verdict: 'broken', causes: ['pods/loopback-only'] });
});

describe('a pod that is not ready', () => {
  const probe = { httpGet: { path: '/healthz', port: 9090 } };
  const unready = pods({
    ready: false,
    spec: { containers: [{ name: 'app', image: 'app:1', ports: [{ containerPort: 8080 }], readinessProbe: probe }] },
    status: { containerStatuses: [status(running)] },
  });
  const said = {
    kind: 'Event',
    metadata: metaOf({ name: 'unhealthy' }),
    type: 'Warning',
    reason: 'Unhealthy',
    message: 'Readiness probe failed: HTTP probe failed with statuscode: 404',
    lastTimestamp: ago(5),
    involvedObject: { kind: 'Pod', name: NAMES[0], namespace: 'shop', uid: `uid-shop-${NAMES[0]}` },
  };

  test('may answer on its own address: that proves nothing, since it gets no request', async () => {
    const { causes, verdict } = await diagnosed({
      objects: served(unready),
      connections: { ...answering(A, B, C), [VIP]: 'refused' },
    });
    expect({ causes, verdict }).toEqual({ causes: ['pods/not-ready'], verdict: 'broken' });
  });

  test('says why: path and port of its probe, and what that was answered', async () => {
    const { rootCauses } = await diagnosed({ objects: [...served(unready.slice(0, 1)), said], connections: refused });
    const text = JSON.stringify(rootCauses[0]?.params);
    expect(text).toContain(':9090/healthz');
    expect(text).toContain('404');
  });

  test('waits for a readiness gate', async () => {
    const gated = pods({
      ready: false,
      spec: {
        containers: [{ name: 'app', image: 'app:1' }],
        readinessGates: [{ conditionType: 'lb.example.com/ready' }],
      },
      status: {
        conditions: [
          { type: 'ContainersReady', status: 'True' },
          { type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady', lastTransitionTime: ago(600) },
        ],
        containerStatuses: [status(running, { ready: true })],
      },
    });
    expect((await diagnosed({ objects: served(gated), connections: refused })).causes).toEqual(['pods/readiness-gate']);
  });
});

const LOG = 'starting\npanic: no database\nat main.go:7\n';

describe('a container that crashes', () => {
  test.each<[string, Partial<Status>, Status['state']]>([
    ['while it waits for the next start', crashed(1, 'Error'), { waiting: { reason: 'CrashLoopBackOff' } }],
    [
      'in the seconds in which it has just ended',
      { restartCount: 6 },
      { terminated: { exitCode: 1, reason: 'Error', startedAt: ago(8), finishedAt: ago(5) } },
    ],
    ['in the seconds in which it runs again', crashed(1, 'Error'), { running: { startedAt: ago(2) } }],
  ])('is known %s', async (_, more, state) => {
    const members = pods({ ready: false, readySince: 300, status: { containerStatuses: [status(state, more)] } });
    expect((await diagnosed({ objects: served(members), connections: refused })).causes).toEqual(['pods/crash-loop']);
  });

  test.each([
    [137, 'OOMKilled', 'raise-memory'],
    [139, 'Error', 'read-logs'],
    [1, 'Error', 'read-logs'],
  ])('with exit code %i (%s): that, its last words, and the way out', async (exitCode, reason, remedy) => {
    const state = { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } };
    const members = pods({
      ready: false,
      readySince: 300,
      status: { containerStatuses: [status(state, crashed(exitCode, reason))] },
    });
    const { rootCauses } = await diagnosed({
      objects: served(members),
      connections: refused,
      logs: { [`${NAMES[0]}/app`]: LOG, [`${NAMES[0]}/app previous`]: LOG },
    });
    expect(rootCauses[0]).toMatchObject({
      params: { exitCode, reason, lastLine: 'at main.go:7' },
      evidence: expect.arrayContaining([
        expect.objectContaining({ what: 'pods.log', params: { pod: NAMES[0], line: 'panic: no database' } }),
      ]),
      remedies: expect.arrayContaining([expect.objectContaining({ id: remedy })]),
    });
  });
});

test('an init container that waits for another Service: its last line says for which', async () => {
  const blocked = pods({
    ready: false,
    phase: 'Pending',
    spec: {
      containers: [{ name: 'app', image: 'app:1' }],
      initContainers: [
        { name: 'wait-for-db', image: 'busybox', command: ['sh', '-c', 'until nc -z db 5432; do sleep 1; done'] },
      ],
    },
    status: { initContainerStatuses: [{ ...status(running), name: 'wait-for-db' }] },
  });
  const { rootCauses } = await diagnosed({
    objects: served(blocked),
    connections: refused,
    logs: { [`${NAMES[0]}/wait-for-db`]: 'nc: bad address db\n' },
  });
  expect(rootCauses[0]).toMatchObject({
    code: 'pods/init-blocked',
    params: { container: 'wait-for-db', lastLine: 'nc: bad address db' },
    evidence: expect.arrayContaining([
      expect.objectContaining({
        what: 'pods.waits-for',
        params: expect.objectContaining({ service: 'shop/db', missing: true }),
      }),
    ]),
  });
});

describe('one bad pod of three', () => {
  const some: World['connections'] = { ...answering(A, B), [VIP]: ['answered', 'answered', 'hangs'], [C]: 'hangs' };

  test('is a verdict of its own, with counts; few tries would hide it three times in ten', async () => {
    const { verdict, rootCauses, findings } = await diagnosed({ objects: served(pods()), connections: some });
    expect(verdict).toBe('broken');
    expect(rootCauses).toMatchObject([{ code: 'pods/hangs', params: { pods: [NAMES[2]] } }]);
    const flaky = findings.find(({ code }) => code === 'ip/intermittent');
    const asked = flaky && 'asked' in flaky.params ? Number(flaky.params.asked) : 0;
    expect((2 / 3) ** asked).toBeLessThan(0.01);
  });

  test('is Ready because its probe asks another port: said', async () => {
    const readinessProbe = { httpGet: { path: '/healthz', port: 9090 } };
    const containers = [{ name: 'app', image: 'app:1', ports: [{ containerPort: 8080 }], readinessProbe }];
    const { rootCauses } = await diagnosed({ objects: served(pods({ spec: { containers } })), connections: some });
    expect(rootCauses[0]?.evidence).toContainEqual(
      expect.objectContaining({
        what: 'pods.ready-because',
        params: expect.objectContaining({ probe: 'GET :9090/healthz' }),
      }),
    );
  });

  test('is found by asking each, also where affinity holds the client to one', async () => {
    const sticky = web({ spec: { clusterIP: '10.96.7.7', clusterIPs: ['10.96.7.7'], sessionAffinity: 'ClientIP' } });
    const { causes } = await diagnosed({
      objects: served(pods(), sticky),
      connections: { ...answering(VIP, A, B), [C]: 'hangs' },
    });
    expect(causes).toEqual(['pods/hangs']);
  });
});

describe('behind a mesh', () => {
  const sidecar = { name: 'istio-proxy', image: 'istio/proxyv2:1' };
  const meshed = pods({
    spec: { containers: [{ name: 'app', image: 'app:1', ports: [{ containerPort: 8080 }] }, sidecar] },
  });
  const reset: World['connections'] = { [VIP]: 'reset', [A]: 'reset', [B]: 'reset', [C]: 'reset' };

  test('a reset met by a probe outside of it is not conclusive', async () => {
    const { verdict, errors } = await diagnosed({ objects: served(meshed), connections: reset });
    expect({ verdict, errors }).toEqual({ verdict: 'inconclusive', errors: [] });
  });

  test('a reset met by a client inside of it is the fault', async () => {
    const front = pod({ name: 'front', ip: '10.244.0.77', labels: { app: 'front' }, spec: { containers: [sidecar] } });
    const { verdict, causes } = await diagnosed({
      objects: [...served(meshed), front],
      connections: reset,
      vantage: client,
    });
    expect({ verdict, causes }).toEqual({ verdict: 'broken', causes: ['pods/reset'] });
  });
});

test('a pod nearby that crashes, and belongs to no backend, is none of this Service', async () => {
  const other = pod({
    name: 'billing-7d9f8c6b5-aaaaa',
    labels: { app: 'billing' },
    ip: '10.244.0.99',
    ready: false,
    status: { containerStatuses: [status({ waiting: { reason: 'CrashLoopBackOff' } }, crashed(1, 'Error'))] },
  });
  const { verdict, errors, warnings } = await diagnosed({
    objects: [...served(pods()), other],
    connections: answering(VIP, A, B, C),
  });
  expect({ verdict, errors, warnings }).toEqual({ verdict: 'healthy', errors: [], warnings: [] });
});
