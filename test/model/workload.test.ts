import { describe, expect, test } from 'vitest';
import type { Labels, Pod } from '../../src/model/kubernetes.ts';
import { labelledGroups, workloadOf } from '../../src/model/workload.ts';

describe('labelledGroups', () => {
  const pod = (name: string, labels: Labels, owner?: { kind: string; name: string }): Pod => ({
    metadata: {
      name,
      namespace: 'shop',
      labels,
      ...(owner && { ownerReferences: [{ ...owner, controller: true, apiVersion: 'apps/v1', uid: 'u' }] }),
    },
  });
  const hashed = (name: string, hash: string, labels: Labels) =>
    pod(`${name}-${hash}-x`, { ...labels, 'pod-template-hash': hash }, { kind: 'ReplicaSet', name: `${name}-${hash}` });

  test.each<[string, Pod, object]>([
    ['a ReplicaSet of a Deployment', hashed('web', '7d9f', {}), { kind: 'Deployment', name: 'web' }],
    ['a ReplicaSet of its own', pod('p', {}, { kind: 'ReplicaSet', name: 'web' }), { kind: 'ReplicaSet', name: 'web' }],
    ['a StatefulSet', pod('p', {}, { kind: 'StatefulSet', name: 'db' }), { kind: 'StatefulSet', name: 'db' }],
    ['nobody', pod('p', {}), { kind: 'Pod', name: 'p' }],
  ])('workloadOf: %s', (_name, one, expected) => {
    expect(workloadOf(one)).toEqual(expected);
  });

  test('pods by workload with their common labels; idle workloads by their template', () => {
    const pods = [hashed('web', 'a', { app: 'web' }), hashed('web', 'b', { app: 'web' }), pod('solo', { x: 'y' })];
    const workload = (name: string, templateLabels: Labels) => ({
      kind: 'Deployment',
      metadata: { name, namespace: 'shop', labels: { team: 't' } },
      templateLabels,
    });
    expect(labelledGroups(pods, [workload('web', { app: 'web' }), workload('idle', { app: 'idle' })])).toEqual([
      {
        workload: { kind: 'Deployment', name: 'web' },
        namespace: 'shop',
        labels: { app: 'web' },
        workloadLabels: { team: 't' },
        pods: 2,
      },
      { workload: { kind: 'Pod', name: 'solo' }, namespace: 'shop', labels: { x: 'y' }, pods: 1 },
      {
        workload: { kind: 'Deployment', name: 'idle' },
        namespace: 'shop',
        labels: { app: 'idle' },
        workloadLabels: { team: 't' },
        pods: 0,
      },
    ]);
  });
});
