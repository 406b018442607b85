import { expect, it } from 'vitest';
import { removeLeftovers } from '../../src/cluster/probeLeftovers.ts';
import { probePodManifest, RUN_ANNOTATION } from '../../src/cluster/probeManifest.ts';
import type { Cluster, ObjectRef } from '../../src/model/cluster.ts';
import { known, unknown } from '../../src/model/fact.ts';
import { type FakeObject, fakeCluster } from '../support/fakeCluster.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');

function probePod(
  name: string,
  secondsOld: number,
  phase: string,
  { namespace = 'shop', runId = name } = {},
): FakeObject {
  const pod = probePodManifest(name, { namespace, runId });
  const creationTimestamp = new Date(NOW - secondsOld * 1000).toISOString();
  return {
    ...pod,
    kind: 'Pod',
    metadata: { ...pod.metadata, uid: name, creationTimestamp },
    status: { phase },
  } as FakeObject;
}

function clusterOf(objects: FakeObject[], stuck: string[] = []): Cluster & { deleted: string[] } {
  const deleted: string[] = [];
  return {
    ...fakeCluster({ objects }),
    deleted,
    delete: async ({ namespace, name }: ObjectRef, options) => {
      if (stuck.includes(name)) return unknown({ kind: 'forbidden', verb: 'delete', resource: 'pods', message: 'no' });
      deleted.push(`${namespace}/${name} ${options?.uid} ${options?.gracePeriodSeconds}`);
      return known(true);
    },
  };
}

const PODS = [
  probePod('finished', 10, 'Succeeded'),
  probePod('killed', 130, 'Failed'),
  probePod('stale', 181, 'Running'),
  probePod('busy', 119, 'Running'),
  probePod('skewed', 150, 'Pending'),
  probePod('elsewhere', 500, 'Failed', { namespace: 'bank' }),
  { kind: 'Pod', metadata: { name: 'app', namespace: 'shop', creationTimestamp: '2020-01-01T00:00:00Z' } },
];

it('removes what no run can be using, those very pods and at once', async () => {
  const cluster = clusterOf(PODS);
  expect(await removeLeftovers(cluster, 'shop', NOW)).toMatchObject({
    known: true,
    value: { removed: ['shop/finished', 'shop/killed', 'shop/stale'], kept: [] },
  });
  expect(cluster.deleted).toEqual(['shop/finished finished 0', 'shop/killed killed 0', 'shop/stale stale 0']);
});

it('looks into all namespaces', async () => {
  const leftovers = await removeLeftovers(clusterOf(PODS), undefined, NOW);
  expect(leftovers).toMatchObject({ value: { removed: expect.arrayContaining(['bank/elsewhere']) } });
});

it('removes the pod of a run that is known to be over', async () => {
  expect(RUN_ANNOTATION).toBe('svc-debug/run');
  const leftovers = await removeLeftovers(clusterOf(PODS), 'shop', NOW, (runId) => runId === 'busy');
  expect(leftovers).toMatchObject({ value: { removed: expect.arrayContaining(['shop/busy']) } });
});

it('names what it could not remove', async () => {
  const leftovers = await removeLeftovers(clusterOf(PODS, ['stale']), 'shop', NOW);
  expect(leftovers).toMatchObject({ value: { kept: [{ pod: 'shop/stale', obstacle: { kind: 'forbidden' } }] } });
});

it('says when it may not look', async () => {
  const cluster = fakeCluster({ forbidden: ['list pods'] });
  expect(await removeLeftovers(cluster, 'shop', NOW)).toMatchObject({ known: false, obstacle: { verb: 'list' } });
});
