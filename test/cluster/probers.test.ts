import { expect, test, vi } from 'vitest';
import { type Place, type ProberSettings, startProbers } from '../../src/cluster/probers.ts';
import type { Cluster, ObjectRef } from '../../src/model/cluster.ts';
import { type Fact, known, type Obstacle, unknown } from '../../src/model/fact.ts';
import type { Pod } from '../../src/model/kubernetes.ts';
import { fakeCluster } from '../support/fakeCluster.ts';

const NEW: Place[] = [{ kind: 'new-pod' }];
const THERE = Promise.resolve(known({}));

/** A cluster in which pods can be created; `runs`: whether they start. */
function podCluster(runs: boolean) {
  const pods = new Map<string, Pod>();
  const calls: string[] = [];
  const cluster: Cluster = {
    ...fakeCluster({}),
    create: async <T>(_resource: unknown, body: unknown) => {
      const pod = body as Pod;
      const state = runs ? { running: {} } : { waiting: { reason: 'ContainerCreating' } };
      const status = { name: 'probe', image: 'i', imageID: '', ready: runs, restartCount: 0, state };
      const name = pod.metadata?.name ?? '';
      calls.push(`create ${name}`);
      pods.set(name, {
        ...pod,
        metadata: { ...pod.metadata, uid: 'u' },
        spec: { ...pod.spec!, nodeName: 'node1' },
        status: { phase: runs ? 'Running' : 'Pending', containerStatuses: [status] },
      });
      return known(pods.get(name) as T);
    },
    get: async <T>({ name }: ObjectRef) => known((pods.get(name) ?? null) as T | null),
    delete: async ({ name }: ObjectRef) => {
      calls.push(`delete ${name}`);
      return known(pods.delete(name));
    },
    within: () => cluster,
  };
  return { cluster, pods, calls };
}

const settings = (cluster: Cluster, change: Partial<ProberSettings> = {}): ProberSettings => ({
  cluster,
  namespace: 'shop',
  runId: 'run',
  hasEnded: () => false,
  forSeconds: 0,
  signal: new AbortController().signal,
  progress: () => undefined,
  ...change,
});

test('nothing is created before it is known to be worthwhile, and one pod only', async () => {
  const { cluster, calls, pods } = podCluster(true);
  const probers = startProbers(NEW, settings(cluster));
  const [prober] = probers.list;
  const vantage = prober!.vantage();
  expect(calls).toEqual([]);
  probers.begin(THERE);
  probers.begin(THERE);
  expect(await vantage).toMatchObject({ known: true, value: { kind: 'probe', namespace: 'shop', node: 'node1' } });
  await prober!.vantage();
  expect(pods.size).toBe(1);
  expect(probers.asked()).toHaveLength(1);
  expect(probers.leftovers()).toEqual([`shop/${[...pods.keys()][0]}`]);
  expect(await probers.remove()).toEqual([]);
  expect([pods.size, probers.leftovers()]).toEqual([0, []]);
});

test('what makes it not worthwhile is the obstacle of every prober', async () => {
  const { cluster, calls } = podCluster(true);
  const probers = startProbers([...NEW, { kind: 'node', name: 'node2' }], settings(cluster));
  const obstacle: Obstacle = { kind: 'not-applicable', reason: 'there is no Service' };
  probers.begin(Promise.resolve(unknown(obstacle)));
  for (const prober of probers.list) {
    expect(await prober.vantage()).toEqual(unknown(obstacle));
    expect(await prober.ask([])).toEqual(unknown(obstacle));
  }
  expect([calls, await probers.remove()]).toEqual([[], []]);
});

test('giving up ends the wait, and the pod is removed all the same', async () => {
  const { cluster, pods } = podCluster(false);
  const said: (string | undefined)[] = [];
  const probers = startProbers(NEW, settings(cluster, { progress: (event) => said.push(event) }));
  probers.begin(THERE);
  await vi.waitFor(() => expect(pods.size).toBe(1));
  probers.giveUp();
  expect(await probers.list[0]!.vantage()).toMatchObject({ obstacle: { kind: 'no-probe', reason: 'not-running' } });
  expect(said.at(-1)).toBeUndefined();
  expect(await probers.remove()).toEqual([]);
  expect(pods.size).toBe(0);
});

test('when the run is called off, a prober settles at once', async () => {
  const { cluster } = podCluster(false);
  const controller = new AbortController();
  const probers = startProbers(NEW, settings(cluster, { signal: controller.signal }));
  probers.begin(THERE);
  const vantage = probers.list[0]!.vantage();
  controller.abort();
  expect(await vantage).toEqual(unknown({ kind: 'cancelled' }));
  expect(await probers.remove()).toEqual([]);
});

test('nothing is created once it is removed', async () => {
  const { cluster, calls } = podCluster(true);
  const probers = startProbers(NEW, settings(cluster));
  await probers.remove();
  probers.begin(THERE);
  expect(await probers.list[0]!.vantage()).toEqual(unknown({ kind: 'cancelled' }));
  expect(calls).toEqual([]);
});

test('a pod that cannot be removed is named, with the reason and its deadline', async () => {
  const { cluster, pods } = podCluster(true);
  const obstacle = { kind: 'forbidden', verb: 'delete', resource: 'pods', message: 'm' } as const;
  const forbidden: Fact<boolean> = unknown(obstacle);
  const probers = startProbers(NEW, settings({ ...cluster, delete: async () => forbidden }, { forSeconds: 10 }));
  probers.begin(THERE);
  await probers.list[0]!.vantage();
  const left = { pod: `shop/${[...pods.keys()][0]}`, lifeSeconds: 130, obstacle };
  expect(await probers.remove()).toEqual([left]);
});

test('samples that are spread over minutes keep the pod alive', async () => {
  const { cluster, pods } = podCluster(true);
  const probers = startProbers(NEW, settings(cluster, { forSeconds: 300 }));
  probers.begin(THERE);
  await probers.list[0]!.vantage();
  expect([...pods.values()][0]?.spec?.activeDeadlineSeconds).toBe(420);
  await probers.remove();
});

test('with labels that the Service selects nothing is created: the pod would be one of its backends', async () => {
  const { cluster, calls } = podCluster(true);
  const labels = { app: 'web', team: 'a' };
  const probers = startProbers(NEW, settings(cluster, { labels }));
  probers.begin(Promise.resolve(known({ metadata: { name: 'web' }, spec: { selector: { app: 'web' } } })));
  const vantage = await probers.list[0]!.vantage();
  expect(vantage).toMatchObject({ known: false, obstacle: { kind: 'no-probe' } });
  expect(JSON.stringify(vantage)).toContain('would make the probe pod a backend of web');
  expect(calls).toEqual([]);
});

test('labels and tolerations of the settings stand on the pod, beside its own', async () => {
  const { cluster, pods } = podCluster(true);
  const tolerations = [{ key: 'dedicated', operator: 'Exists' }];
  const probers = startProbers(NEW, settings(cluster, { labels: { team: 'a' }, tolerations }));
  probers.begin(Promise.resolve(known({ metadata: { name: 'web' }, spec: { selector: { app: 'web' } } })));
  await probers.list[0]!.vantage();
  const [pod] = pods.values();
  expect(pod?.metadata?.labels).toMatchObject({ team: 'a', 'app.kubernetes.io/name': 'svc-debug-probe' });
  expect(pod?.spec?.tolerations).toEqual(tolerations);
});
