import { describe, expect, test } from 'vitest';
import { BUSY, deployment, scene, service, slices, WEB } from '../scene.ts';

describe('what follows from manifests', () => {
  test('a Deployment gets a ReplicaSet and pods, spread over the nodes', async () => {
    const set = await scene({ manifests: deployment('web', WEB, { replicas: 4 }) });
    expect(set.fields('replicasets', '.status.readyReplicas')).toBe('4');
    expect(set.fields('pods', '.spec.nodeName').split(' ').sort()).toEqual(['node1', 'node1', 'node2', 'node2']);
    expect(new Set(set.fields('pods', '.status.podIP').split(' ')).size).toBe(4);
  });

  test('a rollout replaces pods, and stops where the new ones do not come up', async () => {
    const set = await scene({ manifests: deployment('web', WEB, { replicas: 3 }) });
    await set.kubectl('set', 'image', 'deployment/web', 'main=nginx:1.26');
    expect(set.fields('pods', '.spec.containers[0].image')).toBe('nginx:1.26 nginx:1.26 nginx:1.26');
    await set.kubectl('set', 'image', 'deployment/web', 'main=nginx:nosuch');
    expect(set.fields('pods', '.spec.containers[0].image').split(' ').sort()).toEqual([
      'nginx:1.26',
      'nginx:1.26',
      'nginx:1.26',
      'nginx:nosuch',
    ]);
    expect(set.fields('deployments', '.status.conditions[0].reason')).toBe('MinimumReplicasAvailable');
  });

  test('scaling, and a pod whose label was taken away', async () => {
    const set = await scene({
      manifests:
        deployment('web', WEB, { replicas: 2 }) + service('web', 'selector: { app: web }, ports: [{ port: 80 }]'),
    });
    const [first = ''] = set.fields('pods', '.metadata.name').split(' ');
    await set.kubectl('label', 'pod', first, 'app-');
    expect(set.fields('pods', '.metadata.name').split(' ')).toHaveLength(3);
    expect(slices(set)[0]?.endpoints).toHaveLength(2);
    await set.kubectl('scale', 'deployment', 'web', '--replicas=0');
    expect([set.fields('pods', '.metadata.name'), slices(set)[0]?.endpoints]).toEqual([first, null]);
  });

  const statefulSet = (policy: string, container: string) => `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db }
spec:
  serviceName: db
  replicas: 3
  podManagementPolicy: ${policy}
  selector: { matchLabels: { app: db } }
  template: { metadata: { labels: { app: db } }, spec: { containers: [{ name: main, ${container} }] } }
---
${service('db', 'clusterIP: None, selector: { app: db }, ports: [{ port: 80 }]')}`;

  test.each([
    ['OrderedReady', WEB, 'db-0 db-1 db-2'],
    ['OrderedReady', 'image: "nginx:nosuch"', 'db-0'],
    ['Parallel', 'image: "nginx:nosuch"', 'db-0 db-1 db-2'],
  ])('a StatefulSet, %s, with %s', async (policy, container, names) => {
    const set = await scene({ manifests: statefulSet(policy, container) });
    expect(set.fields('pods', '.metadata.name')).toBe(names);
    expect(
      slices(set)[0]
        ?.endpoints?.map(({ hostname }) => hostname)
        .join(' '),
    ).toBe(names);
  });

  test('a DaemonSet runs where it fits', async () => {
    const daemon = (selector: string) => `
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent }
spec:
  selector: { matchLabels: { app: agent } }
  template: { metadata: { labels: { app: agent } }, spec: { ${selector} containers: [{ name: main, ${WEB} }] } }
`;
    const set = await scene({ manifests: daemon('') });
    expect(set.fields('pods', '.spec.nodeName')).toBe('node1 node2');
    await set.kubectl(
      'patch',
      'daemonset',
      'agent',
      '-p',
      '{"spec":{"template":{"spec":{"nodeSelector":{"kubernetes.io/hostname":"node2"}}}}}',
    );
    expect(set.fields('pods', '.spec.nodeName')).toBe('node2');
    expect(
      (await scene({ manifests: daemon('nodeSelector: { gpu: "true" },') })).fields(
        'daemonsets',
        '.status.desiredNumberScheduled',
      ),
    ).toBe('0');
  });

  test.each([
    ['echo done', 'Succeeded', 'Complete'],
    ['exit 2', 'Failed', 'Failed'],
  ])('a Job that says %s ends', async (script, phase, condition) => {
    const manifests = `
apiVersion: batch/v1
kind: Job
metadata: { name: once }
spec: { backoffLimit: 0, template: { metadata: { labels: { app: web } }, spec: { restartPolicy: Never, containers: [{ name: main, ${BUSY(script)} }] } } }
---
${service('web', 'selector: { app: web }, ports: [{ port: 80 }]')}`;
    const set = await scene({ manifests });
    expect(set.fields('pods', '.status.phase')).toBe(phase);
    expect(set.fields('jobs', '.status.conditions[0].type')).toBe(condition);
    expect(slices(set)[0]?.endpoints).toBeNull();
  });
});
