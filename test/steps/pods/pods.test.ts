import { describe, expect, it } from 'vitest';
import type { Pod } from '../../../src/model/kubernetes.ts';
import { pods } from '../../../src/steps/pods/pods.ts';
import { ago, factsOf, type World } from '../../support/facts.ts';
import { type Made, metaOf, type PodLike, pod, service } from '../../support/objects.ts';
import { endpoint, slice } from '../../support/workloads.ts';

const one = pod();
const two = pod({ name: 'web-6c5d8b7f9-bbbbb', ip: '10.244.1.6', node: 'node2' });
const three = pod({ name: 'web-6c5d8b7f9-ccccc', ip: '10.244.1.7', node: 'node2' });
const A = '10.244.0.5:8080';
const B = '10.244.1.6:8080';
const C = '10.244.1.7:8080';
const VIP = '10.96.0.10:80';
const cluster = (...members: Made<Pod>[]) => [service(), ...members, slice({ endpoints: members.map(endpoint) })];
const check = (world: World) => pods.check(factsOf({ objects: cluster(one, two, three), ...world }));
const codes = async (world: World) => (await check(world)).findings.map(({ code, severity }) => `${severity} ${code}`);

describe('listeners', () => {
  it('pass when every ready pod answers', async () => {
    const { outcome, observations } = await check({
      connections: { [VIP]: 'answered', [A]: 'answered', [B]: 'answered', [C]: 'answered' },
    });
    expect(outcome).toBe('pass');
    expect(observations).toContainEqual(
      expect.objectContaining({ what: 'pods.answered', params: expect.objectContaining({ answered: 3, asked: 3 }) }),
    );
  });

  it('say that a sample was asked where there are very many', async () => {
    const many = Array.from({ length: 300 }, (_, i) =>
      pod({ name: `web-${i}`, ip: `10.244.${Math.floor(i / 200)}.${(i % 200) + 1}` }),
    );
    const answering = many.map(({ status }) => [`${status?.podIP}:8080`, 'answered'] as const);
    const { outcome, observations } = await check({
      objects: cluster(...many),
      connections: { [VIP]: 'answered', ...Object.fromEntries(answering) },
    });
    expect(outcome).toBe('pass');
    expect(observations).toContainEqual(
      expect.objectContaining({ what: 'pods.sampled', params: { asked: 20, of: 300 } }),
    );
  });

  it('name the one of three that hangs', async () => {
    const { findings } = await check({
      connections: { [VIP]: ['answered', 'hangs'], [A]: 'answered', [B]: 'hangs', [C]: 'answered' },
    });
    expect(findings).toMatchObject([
      {
        code: 'pods/hangs',
        subject: { port: '80/TCP', backend: two.metadata?.name },
        params: { pods: [two.metadata?.name], opened: true },
        remedies: [
          { id: 'take-out', commands: [['kubectl', '-n', 'shop', 'label', 'pod', two.metadata?.name, 'app-']] },
          { id: 'restart', commands: [['kubectl', '-n', 'shop', 'delete', 'pod', two.metadata?.name]] },
        ],
      },
    ]);
  });

  it('are not to be restarted where a port-forward is answered: the way loses what they say', async () => {
    const forwards = { [`${one.metadata?.name}:8080`]: 'answered' } as const;
    const { findings } = await check({ connections: { [A]: 'hangs', [B]: 'hangs', [C]: 'hangs' }, forwards });
    expect(findings).toMatchObject([{ code: 'pods/hangs', breaks: 'pod-address', remedies: [{ id: 'try-beside' }] }]);
  });

  it('tell a loopback bind by a port-forward that gets through', async () => {
    const forwards = { [`${one.metadata?.name}:8080`]: 'answered' } as const;
    const world = { connections: { [A]: 'refused', [B]: 'refused', [C]: 'refused' }, forwards } as const;
    expect(await codes(world)).toEqual(['error pods/loopback-only']);
  });

  it('call the port closed when the port-forward is refused too', async () => {
    expect(await codes({ connections: { [A]: 'refused', [B]: 'refused', [C]: 'refused' } })).toEqual([
      'error pods/port-closed',
    ]);
  });

  it.each([
    ['silent', 'error pods/silent'],
    ['reset', 'error pods/reset'],
    ['no-route', 'error pods/no-route'],
  ] as const)('%s', async (met, code) => {
    expect(await codes({ connections: { [A]: met, [B]: met, [C]: met } })).toEqual([code]);
  });

  it('that are silent are to be tried from their own node', async () => {
    const { findings } = await check({ connections: { [A]: 'answered', [B]: 'silent', [C]: 'silent' } });
    const [remedy] = findings[0]?.remedies ?? [];
    expect(remedy?.id).toBe('try-beside');
    expect(remedy?.commands).toHaveLength(1);
    expect(remedy?.commands[0]).toContain('--overrides={"spec":{"nodeName":"node2"}}');
    expect(remedy?.commands[0]?.at(-1)).toBe(`http://${B}/`);
  });

  it('tell a hanging process from a dropped packet by a port-forward that is silent too', async () => {
    const forwards = { [`${one.metadata?.name}:8080`]: 'silent' } as const;
    const world = { connections: { [A]: 'silent', [B]: 'silent', [C]: 'silent' }, forwards } as const;
    expect((await check(world)).findings).toMatchObject([{ code: 'pods/hangs', params: { opened: false } }]);
    // where nothing is said, an open connection that stays quiet is no sign of a hang
    const tcp = { ...world, target: { scheme: 'tcp' } } as const;
    expect(await codes(tcp)).toEqual(['error pods/silent']);
  });

  it('call a pod that fails now and then intermittent', async () => {
    expect(
      await codes({ connections: { [A]: ['answered', 'reset', 'answered'], [B]: 'answered', [C]: 'answered' } }),
    ).toEqual(['error pods/intermittent']);
  });

  it('do not expect a pod to answer that is not ready', async () => {
    const late = pod({ name: 'web-6c5d8b7f9-ddddd', ip: '10.244.1.9', ready: false });
    const { outcome, findings } = await check({
      objects: cluster(one, late),
      connections: { [VIP]: 'answered', [A]: 'answered', '10.244.1.9:8080': 'refused' },
    });
    expect(outcome).toBe('pass');
    expect(findings).toMatchObject([{ severity: 'warning', code: 'pods/starting' }]);
  });
});

type Status = NonNullable<PodLike['status']>;
const waiting = (reason: string, message = ''): Status => ({
  containerStatuses: [
    {
      name: 'app',
      image: 'app:1',
      imageID: '',
      ready: false,
      restartCount: 0,
      state: { waiting: { reason, message } },
    },
  ],
});
const crashing: Status = {
  containerStatuses: [
    {
      name: 'app',
      image: 'app:1',
      imageID: '',
      ready: false,
      restartCount: 5,
      state: { terminated: { exitCode: 1, reason: 'Error', finishedAt: ago(5) } },
      lastState: { terminated: { exitCode: 1, reason: 'Error', finishedAt: ago(60) } },
    },
  ],
};
const running: Status = {
  containerStatuses: [
    {
      name: 'app',
      image: 'app:1',
      imageID: '',
      ready: false,
      started: true,
      restartCount: 0,
      state: { running: { startedAt: ago(300) } },
    },
  ],
};
const unready = (status: Status, more: PodLike = {}) =>
  pod({
    ready: false,
    status: {
      ...status,
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(300) }, ...(status.conditions ?? [])],
    },
    ...more,
  });

describe('pods that do not serve', () => {
  it.each([
    ['pods/crash-loop', unready(crashing)],
    ['pods/image-pull', unready(waiting('ImagePullBackOff', 'Back-off pulling image "app:1"'))],
    ['pods/config-error', unready(waiting('CreateContainerConfigError', 'configmap "web" not found'))],
    [
      'pods/unschedulable',
      unready(
        {
          phase: 'Pending',
          conditions: [
            {
              type: 'PodScheduled',
              status: 'False',
              reason: 'Unschedulable',
              message: '0/2 nodes are available: 2 Insufficient cpu.',
            },
          ],
        },
        { node: '', ip: '', phase: 'Pending' },
      ),
    ],
    [
      'pods/not-ready',
      unready(running, {
        spec: { containers: [{ name: 'app', image: 'app:1', readinessProbe: { httpGet: { port: 9999, path: '/' } } }] },
      }),
    ],
    [
      'pods/readiness-gate',
      unready(
        { containerStatuses: [{ ...running.containerStatuses![0]!, ready: true }] },
        { spec: { readinessGates: [{ conditionType: 'lb.example/ready' }] } },
      ),
    ],
    [
      'pods/evicted',
      pod({
        ready: false,
        phase: 'Failed',
        status: { reason: 'Evicted', message: 'The node was low on resource: memory.' },
      }),
    ],
  ])('%s is the error when none is left', async (code, broken) => {
    expect(await codes({ objects: cluster(broken), connections: {} })).toContain(`error ${code}`);
  });

  it('say that a container is still starting', async () => {
    const starting = unready(waiting('ContainerCreating'), { ip: '' });
    expect(await codes({ objects: cluster(starting), connections: {} })).toEqual(['error pods/starting']);
  });

  it('say which init container holds them up', async () => {
    const blocked = unready(
      {
        initContainerStatuses: [
          {
            name: 'wait-for-db',
            image: 'busybox',
            imageID: '',
            ready: false,
            started: true,
            restartCount: 0,
            state: { running: { startedAt: ago(200) } },
          },
        ],
        ...waiting('PodInitializing'),
      },
      {
        spec: {
          initContainers: [{ name: 'wait-for-db', image: 'busybox' }],
          containers: [{ name: 'app', image: 'app:1' }],
        },
      },
    );
    const { findings } = await check({
      objects: cluster(blocked),
      connections: {},
      logs: { [`${blocked.metadata?.name}/wait-for-db`]: "nslookup: can't resolve 'db'\n" },
    });
    expect(findings).toMatchObject([
      { code: 'pods/init-blocked', params: { container: 'wait-for-db', lastLine: "nslookup: can't resolve 'db'" } },
    ]);
  });

  it('quote the event of a sandbox that the network plugin cannot make', async () => {
    const stuck = unready(waiting('ContainerCreating'), { ip: '' });
    const event = {
      kind: 'Event',
      metadata: metaOf({ name: 'e1' }),
      involvedObject: { kind: 'Pod', name: stuck.metadata?.name },
      reason: 'FailedCreatePodSandBox',
      message: 'plugin type="bridge" failed',
    };
    expect(await codes({ objects: [...cluster(stuck), event], connections: {} })).toEqual([
      'error pods/sandbox-failed',
    ]);
  });

  it('name the node that is down', async () => {
    const lost = unready({ containerStatuses: [{ ...running.containerStatuses![0]!, ready: true }] });
    const node = {
      kind: 'Node',
      metadata: { name: 'node1' },
      status: {
        conditions: [
          {
            type: 'Ready',
            status: 'Unknown',
            reason: 'NodeStatusUnknown',
            message: 'Kubelet stopped posting node status.',
          },
        ],
      },
    };
    expect(await codes({ objects: [...cluster(lost), node], connections: {} })).toEqual(['error pods/node-down']);
  });

  it('name the node that does not exist', async () => {
    const nobodys = unready({}, { node: 'node9', ip: '' });
    const { startTime: _, hostIP: __, podIP: ___, podIPs: ____, ...status } = nobodys.status ?? {};
    const { findings } = await check({ objects: cluster({ ...nobodys, status }), connections: {} });
    expect(findings).toMatchObject([
      { code: 'pods/node-down', severity: 'error', params: { node: 'node9', exists: false } },
    ]);
    expect(findings[0]?.remedies[0]?.commands).toEqual([['kubectl', 'get', 'nodes']]);
  });

  it('are warnings beside a pod that serves: a stuck rollout breaks nothing', async () => {
    const stuck = unready(waiting('ImagePullBackOff'), { name: 'web-6c5d8b7f9-zzzzz', ip: '' });
    const { outcome, findings } = await check({
      objects: cluster(one, stuck),
      connections: { [VIP]: 'answered', [A]: 'answered' },
    });
    expect(outcome).toBe('pass');
    expect(findings).toMatchObject([{ code: 'pods/image-pull', severity: 'warning' }]);
  });

  it('quote the last words of a crash', async () => {
    const broken = unready(crashing);
    const { findings } = await check({
      objects: cluster(broken),
      connections: {},
      logs: { [`${broken.metadata?.name}/app`]: 'starting\npanic: no config\n' },
    });
    expect(findings).toMatchObject([
      { code: 'pods/crash-loop', params: { exitCode: 1, restarts: 5, lastLine: 'panic: no config' } },
    ]);
  });
});

describe('without the right to look', () => {
  it('events: the state is told all the same', async () => {
    expect(await codes({ objects: cluster(unready(crashing)), connections: {}, forbidden: ['list events'] })).toEqual([
      'error pods/crash-loop',
    ]);
  });
  it('pods: unknown, with verb and resource', async () => {
    const { outcome, obstacles } = await check({ forbidden: ['list pods'] });
    expect(outcome).toBe('unknown');
    expect(obstacles).toContainEqual(expect.objectContaining({ kind: 'forbidden', verb: 'list', resource: 'pods' }));
  });
});

it('skips a Service that has no pods at all', async () => {
  expect(await check({ objects: [service()], connections: {} })).toMatchObject({ outcome: 'skip' });
});

describe('what is reached and not well', () => {
  const named = (name: string) => [
    service({ ports: [{ name, port: 443, targetPort: 8080 }] }),
    one,
    slice({ ports: [{ name, port: 8080, protocol: 'TCP' }], endpoints: [endpoint(one)] }),
  ];
  const status = (httpStatus: number) => ({ outcome: 'answered', durationMs: 3, httpStatus }) as const;
  it('a server error on a path that was asked for is the error of the pod', async () => {
    const world = {
      target: { path: '/orders' },
      connections: { [A]: status(503), [B]: status(200), [C]: status(200) },
    };
    expect((await check(world)).findings).toMatchObject([
      { code: 'pods/http-error', severity: 'error', params: { status: 503, pods: [one.metadata?.name], of: 3 } },
    ]);
  });
  it('plain text where TLS is promised', async () => {
    const world = {
      objects: named('https'),
      connections: { [A]: { outcome: 'answered', durationMs: 3, spoke: 'not-tls' } },
    } as const;
    expect(await codes(world)).toEqual(['error pods/wrong-protocol']);
  });
  it('TLS on a port that is merely called http is a warning', async () => {
    const world = {
      objects: named('http'),
      connections: { [A]: { outcome: 'answered', durationMs: 3, spoke: 'tls' } },
    } as const;
    expect(await codes(world)).toEqual(['warning pods/wrong-protocol']);
  });
});

describe('pods that cannot be created', () => {
  const deployment = {
    kind: 'Deployment',
    metadata: metaOf({ name: 'web' }),
    spec: { replicas: 3, template: { metadata: { labels: { app: 'web' } } } },
  };
  const event = {
    kind: 'Event',
    metadata: metaOf({ name: 'e1' }),
    involvedObject: { kind: 'ReplicaSet', name: 'web-6c5d8b7f9' },
    reason: 'FailedCreate',
    message: 'Error creating: pods "web-x" is forbidden: exceeded quota: compute',
  };

  it.each([
    ['those of another workload crash', 'other', ['error pods/starting', 'error pods/create-failed']],
    ['there are others of it, which say for themselves', 'web', ['error pods/starting']],
  ])('%s', async (_, name, found) => {
    const there = pod({ name: `${name}-6c5d8b7f9-aaaaa`, deployment: name, ready: false });
    expect(await codes({ objects: [...cluster(there), deployment, event], connections: {} })).toEqual(found);
  });

  it('quote the event of the controller that tries', async () => {
    const { outcome, findings } = await check({ objects: [service(), deployment, event], connections: {} });
    expect(outcome).toBe('fail');
    expect(findings).toMatchObject([
      {
        code: 'pods/create-failed',
        params: { workload: 'Deployment web', message: 'pods "web-x" is forbidden: exceeded quota: compute' },
      },
    ]);
  });
});

it('does not blame a pod behind a mesh that resets a probe outside of it', async () => {
  const meshed = pod({
    spec: {
      containers: [
        { name: 'app', image: 'app:1' },
        { name: 'istio-proxy', image: 'proxy:1' },
      ],
    },
  });
  const { outcome, findings, obstacles } = await check({
    objects: cluster(meshed),
    connections: { [VIP]: 'reset', [A]: 'reset' },
  });
  expect({ outcome, findings }).toEqual({ outcome: 'unknown', findings: [] });
  expect(obstacles).toMatchObject([{ kind: 'not-applicable', reason: expect.stringContaining('istio-proxy') }]);
});
