import { expect, test } from 'vitest';
import { remembering } from '../../src/cluster/remembering.ts';
import { fakeCluster } from '../support/fakeCluster.ts';

const pods = { group: '', version: 'v1', plural: 'pods', namespace: 'shop' };
const web = { kind: 'Pod', metadata: { name: 'web', namespace: 'shop' } };

test('what was read is not read again, by whatever signal it is bounded', async () => {
  const cluster = fakeCluster({ objects: [web] });
  const remembered = remembering(cluster);
  const first = await remembered.list(pods);
  const second = await remembered.within(new AbortController().signal).list(pods);
  expect(second).toEqual(first);
  expect(cluster.asked).toEqual(['list pods']);
});

test('another question is another read', async () => {
  const cluster = fakeCluster({ objects: [web] });
  const remembered = remembering(cluster);
  await remembered.list(pods);
  await remembered.list({ ...pods, labelSelector: 'app=web' });
  await remembered.get({ ...pods, name: 'web' });
  expect(cluster.asked).toEqual(['list pods', 'list pods', 'get pods']);
});

test('what could not be read is asked again', async () => {
  const cluster = fakeCluster({ forbidden: ['list pods'] });
  const remembered = remembering(cluster);
  expect((await remembered.list(pods)).known).toBe(false);
  expect((await remembered.list(pods)).known).toBe(false);
  expect(cluster.asked).toHaveLength(2);
});
