import { describe, expect, it } from 'vitest';
import { probePodManifest } from '../../src/cluster/probeManifest.ts';
import { type ProbePodOptions, startProbePod } from '../../src/cluster/probePod.ts';
import type { Clock } from '../../src/cluster/probeWait.ts';
import type { Cluster, ObjectRef } from '../../src/model/cluster.ts';
import { type Fact, known, type NoProbeReason, type Obstacle, unknown } from '../../src/model/fact.ts';
import type { Pod } from '../../src/model/kubernetes.ts';
import { fakeCluster } from '../support/fakeCluster.ts';

type Status = NonNullable<Pod['status']>;

interface Script {
  /** Obstacles of the creations, in order; undefined: it succeeds. */
  creations?: (Obstacle | undefined)[];
  /** What the pod is at each look; the last one stays. */
  statuses?: (Status | Obstacle | null)[];
  /** Answers to deletions, in order; the last one stays. */
  deletions?: Fact<boolean>[];
  /** Holds the answer to the creation back. */
  until?: Promise<void>;
}

const isObstacle = (value: Status | Obstacle): value is Obstacle => 'kind' in value;

interface Log {
  created: Pod[];
  deleted: { ref: ObjectRef; uid: string | undefined; gracePeriodSeconds: number | undefined }[];
}

const next = <T>(queue: T[], otherwise: T): T =>
  queue.length > 1 ? (queue.shift() as T) : queue.length === 1 ? (queue[0] as T) : otherwise;

/** A cluster with nothing in it but the probe pod. */
function podCluster({ creations = [], statuses = [], deletions = [], until }: Script): Cluster & { log: never } & Log {
  const log: Log = { created: [], deleted: [] };
  const cluster = {
    ...fakeCluster({}),
    ...log,
    create: async (_: unknown, body: unknown) => {
      const pod = body as Pod;
      log.created.push(pod);
      await until;
      const trouble = creations.shift();
      return trouble ? unknown(trouble) : known({ ...pod, metadata: { ...pod.metadata, uid: 'u1' } });
    },
    get: async () => {
      const status = next(statuses, {});
      if (status === null) return known(null);
      if (isObstacle(status)) return unknown(status);
      const [pod] = log.created;
      return known({ ...pod, spec: { ...pod?.spec, nodeName: 'node1' }, status });
    },
    delete: async (ref: ObjectRef, options: { uid?: string; gracePeriodSeconds?: number } = {}) => {
      log.deleted.push({ ref, uid: options.uid, gracePeriodSeconds: options.gracePeriodSeconds });
      return next(deletions, known(true));
    },
    within: () => cluster,
  };
  return cluster as unknown as Cluster & { log: never } & Log;
}

const container = (state: object): Status => ({
  phase: 'Pending',
  containerStatuses: [{ name: 'probe', state, ready: false, restartCount: 0, image: '', imageID: '' }],
});
const waiting = (reason: string, message?: string) => container({ waiting: { reason, message } });
const RUNNING = container({ running: {} });
const refused = (message: string, status = 403): Obstacle => ({ kind: 'api-error', status, message });
const LOST: Obstacle = { kind: 'unreachable', message: 'socket hang up' };

/** Time passes only where somebody waits. */
function quickClock(): Clock {
  let now = 0;
  return {
    now: () => now,
    pause: async (ms) => {
      now += ms;
    },
  };
}

const start = (cluster: Cluster, options: Partial<ProbePodOptions> = {}) =>
  startProbePod(cluster, { namespace: 'shop', startWithinMs: 1000, clock: quickClock(), ...options });

describe('a probe pod that starts', () => {
  it('is a vantage point', async () => {
    const cluster = podCluster({ statuses: [{ phase: 'Pending' }, waiting('ContainerCreating'), RUNNING] });
    const said: string[] = [];
    const pod = start(cluster, { progress: (why) => said.push(why) });
    expect(await pod.running).toEqual(
      known({
        id: 'probe/shop/node1',
        kind: 'probe',
        namespace: 'shop',
        pod: pod.name,
        container: 'probe',
        node: 'node1',
        labels: { 'app.kubernetes.io/managed-by': 'svc-debug', 'app.kubernetes.io/name': 'svc-debug-probe' },
      }),
    );
    expect(said).toEqual(['ContainerCreating']);
    expect(pod.name).toMatch(/^svc-debug-[0-9a-f]{10}$/);
  });

  it('outlives a moment in which the API server is away', async () => {
    expect((await start(podCluster({ statuses: [LOST, RUNNING] })).running).known).toBe(true);
  });

  it('is deleted once, that very pod and at once, however often it is stopped', async () => {
    const cluster = podCluster({ statuses: [RUNNING] });
    const pod = start(cluster);
    await pod.running;
    expect(await Promise.all([pod.stop(), pod.stop()])).toEqual([known(true), known(true)]);
    expect(cluster.deleted).toEqual([
      { ref: expect.objectContaining({ namespace: 'shop', name: pod.name }), uid: 'u1', gracePeriodSeconds: 0 },
    ]);
  });
});

describe('a probe pod that does not start', () => {
  const noProbe = (reason: string, message: string) => ({
    kind: 'no-probe',
    reason,
    message: expect.stringContaining(message),
  });
  it.each([
    ['an image that is not there', [waiting('ErrImagePull', 'not found')], noProbe('image', 'ErrImagePull: not found')],
    [
      'an image that was not there before',
      [waiting('ImagePullBackOff', 'Back-off pulling')],
      noProbe('image', 'Back-off'),
    ],
    ['a name that no image has', [waiting('InvalidImageName', 'x')], noProbe('image', 'InvalidImageName')],
    [
      'no such program',
      [waiting('RunContainerError', 'exec: "sleep": executable file not found in $PATH')],
      noProbe('no-shell', 'sleep'),
    ],
    ['a user that may not', [waiting('CreateContainerConfigError', 'runAsNonRoot')], noProbe('other', 'runAsNonRoot')],
    ['its end', [{ phase: 'Failed', reason: 'DeadlineExceeded' }], noProbe('not-running', 'DeadlineExceeded')],
    ['its deletion by somebody', [{ phase: 'Pending' }, null], noProbe('lost', 'deleted')],
    [
      'no right to look',
      [{ kind: 'forbidden', verb: 'get', resource: 'pods', message: 'no' }],
      { kind: 'forbidden', verb: 'get' },
    ],
    [
      'time',
      [waiting('ContainerCreating', '\u001b[31m')],
      noProbe('not-running', 'not running after 1 s: ContainerCreating'),
    ],
  ] as [string, (Status | Obstacle | null)[], object][])('for %s', async (_, statuses, obstacle) => {
    expect(await start(podCluster({ statuses })).running).toMatchObject({ known: false, obstacle });
  });

  it('for want of a node, after a moment', async () => {
    const none = {
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/2 nodes' }],
    };
    const running = await start(podCluster({ statuses: [none] }), { startWithinMs: 20_000 }).running;
    expect(running).toMatchObject({ known: false, obstacle: noProbe('unschedulable', '0/2 nodes') });
  });

  it('because the run was cancelled', async () => {
    const stop = new AbortController();
    const pod = start(podCluster({ statuses: [{ phase: 'Pending' }] }), { signal: stop.signal });
    stop.abort();
    expect(await pod.running).toEqual(unknown({ kind: 'cancelled' }));
  });

  it.each([
    ['pods "x" is forbidden: violates PodSecurity "restricted:latest": ...', 403, 'admission'],
    ['admission webhook "policy.example" denied the request: no', 400, 'admission'],
    ['Internal error occurred: failed calling webhook "x": no endpoints available for service "y"', 500, 'admission'],
    ["ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no", 422, 'admission'],
    [
      'pods "x" is forbidden: error looking up service account shop/default: serviceaccount "default" not found',
      403,
      'admission',
    ],
    ['pods "x" is forbidden: exceeded quota: q, requested: pods=1, used: pods=10, limited: pods=10', 403, 'quota'],
    ['pods "x" is forbidden: failed quota: q: must specify limits.cpu', 403, 'quota'],
    ['pods "x" is forbidden: [minimum cpu usage per Container is 100m, but request is 25m]', 403, 'quota'],
  ] as [string, number, NoProbeReason][])('because it is refused: %s', async (message, status, reason) => {
    const cluster = podCluster({ creations: [refused(message, status)] });
    expect(await start(cluster).running).toEqual(unknown({ kind: 'no-probe', reason, message }));
  });

  it('because of a missing right, which stays one', async () => {
    const obstacle: Obstacle = {
      kind: 'forbidden',
      verb: 'create',
      resource: 'pods',
      namespace: 'shop',
      message: 'no',
    };
    const pod = start(podCluster({ creations: [obstacle] }));
    expect(await pod.running).toEqual(unknown(obstacle));
    expect(await pod.stop()).toEqual(known(false));
  });
});

it('leaves the user to OpenShift where that insists', async () => {
  const message =
    'pods "x" is forbidden: unable to validate against any security context constraint: [.containers[0].runAsUser: Invalid value: 65534: must be in the ranges: [1000, 2000]]';
  const cluster = podCluster({ creations: [refused(message)], statuses: [RUNNING] });
  expect((await start(cluster).running).known).toBe(true);
  expect(cluster.created.map(({ spec }) => spec?.securityContext?.runAsUser)).toEqual([65534, undefined]);
});

describe('stopping while the creation is under way', () => {
  it('waits for it, and deletes what came of it', async () => {
    let go: () => void = () => undefined;
    const until = new Promise<void>((resolve) => {
      go = resolve;
    });
    const cluster = podCluster({ until, statuses: [RUNNING] });
    const pod = start(cluster);
    const stopped = pod.stop();
    expect(cluster.deleted).toEqual([]);
    go();
    expect(await stopped).toEqual(known(true));
    expect(cluster.deleted).toMatchObject([{ uid: 'u1' }]);
  });

  it('deletes by name when its answer was lost, and looks again', async () => {
    const cluster = podCluster({ creations: [LOST], deletions: [known(false), known(true)] });
    const pod = start(cluster);
    expect(await pod.stop()).toEqual(known(true));
    expect(cluster.deleted.map(({ ref, uid }) => [ref.name, uid])).toEqual([
      [pod.name, undefined],
      [pod.name, undefined],
    ]);
  });

  it('deletes nothing that was refused', async () => {
    const cluster = podCluster({ creations: [refused('exceeded quota: q')] });
    expect(await start(cluster).stop()).toEqual(known(false));
    expect(cluster.deleted).toEqual([]);
  });

  it('tries again when the deletion is lost, and tells when it may be there still', async () => {
    const cluster = podCluster({ statuses: [RUNNING], deletions: [unknown(LOST)] });
    const pod = start(cluster);
    await pod.running;
    expect(await pod.stop()).toEqual(unknown(LOST));
    expect(cluster.deleted).toHaveLength(3);
  });
});

describe('the manifest', () => {
  it('meets the restricted level and needs nothing of the cluster', () => {
    const { metadata, spec } = probePodManifest('svc-debug-1', { namespace: 'shop' });
    expect(spec).toMatchObject({
      activeDeadlineSeconds: 120,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 0,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          image: 'busybox:1.36',
          command: ['sleep', '120'],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
    });
    expect(spec).not.toHaveProperty('hostNetwork');
    expect(Object.keys(metadata?.labels ?? {})).toEqual(['app.kubernetes.io/managed-by', 'app.kubernetes.io/name']);
  });

  it('says what it is told to', () => {
    const { metadata, spec } = probePodManifest('svc-debug-1', {
      namespace: 'shop',
      image: 'mirror/busybox:1',
      imagePullSecret: 'pull',
      node: 'node1',
      dns: { dnsPolicy: 'None', dnsConfig: { nameservers: ['1.1.1.1'] } },
      runId: 'r1',
      lifeSeconds: 30,
    });
    expect(metadata?.annotations).toMatchObject({ 'svc-debug/run': 'r1' });
    expect(spec).toMatchObject({
      activeDeadlineSeconds: 30,
      dnsPolicy: 'None',
      imagePullSecrets: [{ name: 'pull' }],
      tolerations: [{ operator: 'Exists' }],
      containers: [{ image: 'mirror/busybox:1', command: ['sleep', '30'] }],
    });
    expect(JSON.stringify(spec?.affinity)).toContain('"values":["node1"]');
  });
});
