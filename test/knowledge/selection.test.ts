/** What a Service selects, and what is listed for it. */
import { describe, expect, test } from 'vitest';
import { web } from '../steps/dns/world.ts';
import { ago } from '../support/facts.ts';
import { metaOf, pod } from '../support/objects.ts';
import { endpoint, slice, workload } from '../support/workloads.ts';
import { A, answering, B, C, diagnosed, NAMES, pods, served, VIP } from './scene.ts';

const empty = slice();
const waiting = { ready: false, readySince: 60 };

describe('endpoints', () => {
  test('are read from EndpointSlices; the deprecated Endpoints object is asked for nothing', async () => {
    const { verdict, asked } = await diagnosed({ objects: served(pods()), connections: answering(VIP, A, B, C) });
    expect(verdict).toBe('healthy');
    expect(asked).toContain('list endpointslices');
    expect(asked.filter((read) => read.endsWith(' endpoints'))).toEqual([]);
  });

  test('none of which is ready are no endpoints: broken, though they are listed', async () => {
    const connections = { [VIP]: 'refused' } as const;
    const { verdict, errors } = await diagnosed({ objects: served(pods(waiting)), connections });
    expect(verdict).toBe('broken');
    expect(errors).toContain('endpoints/none-ready');
  });

  test('without a ready condition are ready', async () => {
    const [one] = pods();
    const { conditions: _, ...unsaid } = endpoint(one!);
    const objects = [web(), one!, slice({ endpoints: [unsaid] })];
    const { verdict, observations } = await diagnosed({ objects, connections: answering(VIP, A) });
    expect(verdict).toBe('healthy');
    expect(observations).toContainEqual(
      expect.objectContaining({ what: 'endpoints.slices', params: expect.objectContaining({ ready: 1, notReady: 0 }) }),
    );
  });

  test('of a slice that names no object are asked by their address', async () => {
    const byHand = slice({ managedBy: null, endpoints: [{ addresses: ['10.244.0.5'] }] });
    const objects = [web({ selector: {} }), byHand];
    expect((await diagnosed({ objects, connections: answering(VIP, A) })).verdict).toBe('healthy');
    expect((await diagnosed({ objects, connections: { [VIP]: 'silent', [A]: 'silent' } })).causes).toEqual([
      'endpoints/dead-address',
    ]);
  });

  test('that nobody wrote down are missed: a controller that stopped', async () => {
    const members = pods();
    const { causes } = await diagnosed({ objects: [web(), ...members], connections: { [VIP]: 'refused' } });
    expect(causes).toEqual(['endpoints/controller-stale']);
  });

  test('that are on their way out serve only while nobody else does', async () => {
    const leaving = pods({ deletedAgo: 5 });
    const { errors } = await diagnosed({ objects: served(leaving), connections: { [VIP]: 'refused' } });
    expect(errors).toContain('endpoints/all-terminating');
  });

  test('that answer, though more than one controller writes them, are well', async () => {
    const other = slice({ name: 'web-by-hand', managedBy: 'somebody', endpoints: [{ addresses: ['10.244.0.5'] }] });
    const { verdict } = await diagnosed({
      objects: [...served(pods()), other],
      connections: answering(VIP, A, B, C),
    });
    expect(verdict).toBe('healthy');
  });
});

describe('a selector', () => {
  const webb = web({ selector: { app: 'webb' } });

  test('that nearly matches: the label that differs, and the workload that was meant', async () => {
    const objects = [webb, ...pods(), workload(), empty];
    const { causes, rootCauses } = await diagnosed({ objects, connections: { [VIP]: 'refused' } });
    expect(causes[0]).toBe('endpoints/selector-mismatch');
    expect(rootCauses[0]).toMatchObject({
      params: { workload: 'Deployment/web', wanted: ['app=webb'], found: ['app=web'] },
    });
  });

  test('with the labels of pods in another namespace', async () => {
    const objects = [web(), pod({ namespace: 'billing' }), empty];
    const { causes } = await diagnosed({ objects, connections: { [VIP]: 'refused' } });
    expect(causes).toEqual(['endpoints/pods-in-other-namespace']);
  });

  test('is no concern of pods with the same labels in another namespace', async () => {
    const objects = [...served(pods()), pod({ namespace: 'billing', name: 'web-x', ip: '10.244.9.9', ready: false })];
    const { verdict, warnings } = await diagnosed({ objects, connections: answering(VIP, A, B, C) });
    expect({ verdict, warnings }).toEqual({ verdict: 'healthy', warnings: [] });
  });

  test('whose workload is scaled to zero', async () => {
    const objects = [web(), workload({ replicas: 0 }), empty];
    const { causes } = await diagnosed({ objects, connections: { [VIP]: 'refused' } });
    expect(causes).toEqual(['endpoints/scaled-to-zero']);
  });

  test('that finds nothing but finished pods', async () => {
    const done = pod({ phase: 'Succeeded', ready: false, owner: { kind: 'Job', name: 'web-migrate' } });
    const { causes } = await diagnosed({ objects: [web(), done, empty], connections: { [VIP]: 'refused' } });
    expect(causes).toEqual(['endpoints/only-finished-pods']);
  });

  test('that takes in another application, which does not answer', async () => {
    const own = pods().slice(0, 1);
    const cache = pod({
      name: 'redis-5f6d7c8b9-aaaaa',
      deployment: 'redis',
      ip: '10.244.1.9',
      ports: [{ containerPort: 6379 }],
    });
    const all = [...own, cache];
    const { causes } = await diagnosed({
      objects: [web(), ...all, slice({ endpoints: all.map(endpoint) })],
      connections: { [VIP]: ['answered', 'refused'], [A]: 'answered', '10.244.1.9:8080': 'refused' },
    });
    expect(causes).toEqual(['endpoints/selects-other-app']);
  });
});

describe('a Service without selector', () => {
  test('is well with slices made by hand', async () => {
    const byHand = slice({ managedBy: null, endpoints: [{ addresses: ['10.244.0.5'] }] });
    const { verdict } = await diagnosed({
      objects: [web({ selector: {} }), byHand],
      connections: answering(VIP, A),
    });
    expect(verdict).toBe('healthy');
  });

  test('is broken without any', async () => {
    const { causes } = await diagnosed({ objects: [web({ selector: {} })], connections: { [VIP]: 'refused' } });
    expect(causes).toEqual(['endpoints/no-selector-no-slices']);
  });

  test('has a slice that does not say whose it is', async () => {
    const unlinked = slice({ service: '', name: 'web-1', managedBy: null, endpoints: [{ addresses: ['10.244.0.5'] }] });
    const { causes } = await diagnosed({
      objects: [web({ selector: {} }), unlinked],
      connections: { [VIP]: 'refused' },
    });
    expect(causes).toEqual(['endpoints/slice-not-linked']);
  });
});

describe('by design', () => {
  test('an ExternalName has neither address nor endpoints', async () => {
    const external = web({
      selector: {},
      ports: [],
      spec: { type: 'ExternalName', externalName: 'db.example.com', clusterIP: '', clusterIPs: [] },
    });
    const heard = { dns: { 'web.shop.svc.cluster.local.': ['203.0.113.7'], 'db.example.com.': ['203.0.113.7'] } };
    const { verdict, steps, errors } = await diagnosed({ objects: [external], connections: {}, heard });
    expect({ verdict, errors }).toEqual({ verdict: 'healthy', errors: [] });
    expect(steps).toMatchObject({ ip: 'skip', pods: 'skip' });
  });

  test('a headless Service has no cluster IP: its pods are asked instead', async () => {
    const headless = web({
      ports: [{ port: 8080, targetPort: 8080, protocol: 'TCP' }],
      spec: { clusterIP: 'None', clusterIPs: ['None'] },
    });
    const addresses = ['10.244.0.5', '10.244.1.6', '10.244.1.7'];
    const heard = { dns: { 'web.shop.svc.cluster.local.': addresses }, lookups: { '*': addresses } };
    const { verdict, steps } = await diagnosed({
      objects: served(pods(), headless),
      connections: answering(A, B, C),
      heard,
    });
    expect(steps).toMatchObject({ ip: 'skip' });
    expect(verdict).toBe('healthy');
  });

  test('pods that are not ready are published where the Service says so', async () => {
    const all = served(
      pods(waiting),
      web({ spec: { clusterIP: '10.96.7.7', clusterIPs: ['10.96.7.7'], publishNotReadyAddresses: true } }),
    );
    const published = all.map((object) =>
      object.kind === 'EndpointSlice'
        ? slice({ endpoints: pods(waiting).map((each) => ({ ...endpoint(each), conditions: { ready: true } })) })
        : object,
    );
    const { verdict } = await diagnosed({ objects: published, connections: answering(VIP, A, B, C) });
    expect(verdict).toBe('healthy');
  });
});

test('every pod is looked at, not the first one alone', async () => {
  const { causes, rootCauses } = await diagnosed({
    objects: served(pods()),
    connections: { ...answering(A, B), [VIP]: ['answered', 'answered', 'hangs'], [C]: 'hangs' },
  });
  expect(causes).toEqual(['pods/hangs']);
  expect(rootCauses[0]?.params).toMatchObject({ pods: [NAMES[2]] });
});

test('an event of a namesake of another kind is not that of the pod', async () => {
  const [one] = pods({ ready: false });
  const event = {
    kind: 'Event',
    metadata: metaOf({ name: 'e1' }),
    type: 'Warning',
    reason: 'FailedScheduling',
    message: 'of another object',
    lastTimestamp: ago(5),
    involvedObject: { kind: 'Deployment', name: NAMES[0], namespace: 'shop', uid: 'another' },
  };
  const { findings } = await diagnosed({ objects: [...served([one!]), event], connections: { [VIP]: 'refused' } });
  expect(JSON.stringify(findings)).not.toContain('of another object');
});
