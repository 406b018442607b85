import { describe, expect, test } from 'vitest';
import type { Pod } from '../../../src/model/kubernetes.ts';
import { pods } from '../../../src/steps/pods/pods.ts';
import { ago, factsOf } from '../../support/facts.ts';
import { type Made, type PodLike, pod, service } from '../../support/objects.ts';
import { wellSaid } from '../../support/sentences.ts';
import { endpoint, slice } from '../../support/workloads.ts';

const VIP = '10.96.0.10:80';
const POD = '10.244.0.5:8080';
const objects = (one: Made<Pod>) => [service(), one, slice({ endpoints: [endpoint(one)] })];
type Met = 'answered' | 'refused' | 'hangs' | 'silent';
const check = async (one: Made<Pod>, met: Met) =>
  wellSaid(await pods.check(factsOf({ objects: objects(one), connections: { [VIP]: met, [POD]: met } })));

const container = (restartCount: number, endedAgo: number): NonNullable<PodLike['status']> => ({
  containerStatuses: [
    {
      name: 'app',
      image: 'app:1',
      imageID: '',
      ready: true,
      started: true,
      restartCount,
      state: { running: { startedAt: ago(endedAgo - 2) } },
      lastState: {
        terminated: { exitCode: 1, reason: 'Error', startedAt: ago(endedAgo + 20), finishedAt: ago(endedAgo) },
      },
    },
  ],
});
const noted = async (like: PodLike) => {
  const { outcome, findings, observations } = await check(pod(like), 'answered');
  expect({ outcome, findings }).toEqual({ outcome: 'pass', findings: [] });
  const told = observations.filter(({ detail }) => !detail);
  return told.map(({ what }) => what).filter((what) => what !== 'pods.state' && what !== 'pods.answered');
};

describe('a pod that answers', () => {
  test.each([
    ['was restarted often, and lately', { status: container(5, 900) }, ['pods.restarted']],
    ['was restarted often, long ago', { status: container(5, 90_000) }, []],
    ['was restarted once', { status: container(1, 900) }, []],
    ['is on the network of its node', { spec: { hostNetwork: true } }, ['pods.host-network']],
    ['has no readiness probe', {}, []],
  ])('%s', async (_, like, what) => {
    expect(await noted(like)).toEqual(what);
  });
});

describe('a pod that is Ready and does not answer', () => {
  const probing = (readinessProbe: object) =>
    pod({ spec: { containers: [{ name: 'app', image: 'app:1', ports: [{ containerPort: 8080 }], readinessProbe }] } });
  const because = async (one: Made<Pod>, met: Met) => {
    const { findings } = await check(one, met);
    return findings.flatMap(({ evidence }) => evidence).find(({ what }) => what === 'pods.ready-because')?.params;
  };

  test.each(['refused', 'hangs'] as const)('%s: nothing asks it', async (met) => {
    expect(await because(pod(), met)).toMatchObject({ probe: '', number: 8080 });
  });

  test.each([
    [{ httpGet: { port: 9090, path: '/healthz' } }, 'GET :9090/healthz'],
    [{ tcpSocket: { port: 9090 } }, 'TCP connect to :9090'],
    [{ exec: { command: ['true'] } }, 'true'],
  ])('%j asks something else', async (readinessProbe, probe) => {
    expect(await because(probing(readinessProbe), 'hangs')).toMatchObject({ probe });
  });

  test('its probe asks that very port: nothing to say', async () => {
    expect(await because(probing({ httpGet: { port: 8080, path: '/' } }), 'hangs')).toBeUndefined();
  });

  test('silence is not of the process: nothing to say', async () => {
    expect(await because(pod(), 'silent')).toBeUndefined();
  });
});

test('a pod of which one container is not ready names it', async () => {
  const status = (name: string, ready: boolean) => ({
    name,
    image: 'i',
    imageID: '',
    ready,
    started: true,
    restartCount: 0,
    state: { running: { startedAt: ago(300) } },
  });
  const meshed = pod({
    ready: false,
    spec: {
      containers: [
        { name: 'app' },
        { name: 'istio-proxy', readinessProbe: { httpGet: { port: 15021, path: '/healthz/ready' } } },
      ],
    },
    status: {
      containerStatuses: [status('app', true), status('istio-proxy', false)],
      conditions: [{ type: 'Ready', status: 'False' }],
    },
  });
  expect((await check(meshed, 'refused')).findings).toMatchObject([
    { code: 'pods/not-ready', severity: 'error', params: { culprit: 'istio-proxy' } },
  ]);
});
