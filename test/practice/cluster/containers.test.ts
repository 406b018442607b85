import { describe, expect, test } from 'vitest';
import { BUSY, deployment, events, NETEXEC, pod, scene, WEB } from '../scene.ts';

describe('containers that do not serve', () => {
  test.each<[string, string, string, string]>([
    ['crashes', BUSY('echo why >&2; exit 3'), 'state.waiting.reason', 'CrashLoopBackOff'],
    ['crashes', BUSY('exit 3'), 'lastState.terminated.exitCode', '3'],
    [
      'uses too much memory',
      `${BUSY('x=xxxx; while true; do x=$x$x; done')}, resources: { limits: { memory: 8Mi } }`,
      'lastState.terminated.reason',
      'OOMKilled',
    ],
    ['has no image', 'image: "nginx:nosuch"', 'state.waiting.reason', 'ImagePullBackOff'],
    [
      'has no Secret',
      `${WEB}, env: [{ name: A, valueFrom: { secretKeyRef: { name: s, key: k } } }]`,
      'state.waiting.message',
      'secret "s" not found',
    ],
    [
      'has no ConfigMap',
      `${WEB}, envFrom: [{ configMapRef: { name: c } }]`,
      'state.waiting.reason',
      'CreateContainerConfigError',
    ],
    [
      'is killed by its liveness probe',
      `${NETEXEC(8080)}, livenessProbe: { tcpSocket: { port: 1 }, periodSeconds: 1 }`,
      'lastState.terminated.exitCode',
      '2',
    ],
    [
      'has not started yet',
      `${BUSY('sleep 86400')}, startupProbe: { tcpSocket: { port: 80 }, failureThreshold: 999 }`,
      'started',
      'false',
    ],
    ['knows no such program', 'image: "busybox:1.36", command: [java]', 'lastState.terminated.exitCode', '127'],
  ])('one that %s: %s', async (_, container, path, value) => {
    const set = await scene({ manifests: pod('web', container) });
    expect(set.fields('pods', `.status.containerStatuses[0].${path}`)).toBe(value);
    expect(set.fields('pods', '.status.containerStatuses[0].ready')).toBe('false');
  });

  test('one that fails twice and then runs is well', async () => {
    const script = 'echo x >> /data/n; if [ $(wc -l < /data/n) -lt 3 ]; then exit 1; fi; exec httpd -f -p 80 -h /data';
    const set = await scene({
      manifests: pod(
        'web',
        `${BUSY(script)}, volumeMounts: [{ name: d, mountPath: /data }]`,
        'volumes: [{ name: d, emptyDir: {} }]',
      ),
    });
    expect(set.fields('pods', '.status.containerStatuses[0].restartCount')).toBe('2');
    expect((await set.sh('web', 'wget -qO- http://localhost/n')).text).toBe('x\nx\nx\n');
  });

  test('init containers run one after the other, and wait as long as they have to', async () => {
    const init = `initContainers: [{ name: i1, ${BUSY('echo first')} }, { name: i2, ${BUSY('until nc -z -w 1 db 80; do sleep 1; done')} }]`;
    const set = await scene({ manifests: pod('web', WEB, init) });
    expect(set.fields('pods', '.status.phase')).toBe('Pending');
    expect(set.fields('pods', '.status.initContainerStatuses[0].state.terminated.reason')).toBe('Completed');
    expect(set.fields('pods', '.status.containerStatuses[0].state.waiting.reason')).toBe('PodInitializing');
    await set.kubectl('run', 'db', '--image=nginx:1.27', '--labels=app=db');
    await set.kubectl('create', 'service', 'clusterip', 'db', '--tcp=80:80');
    await set.world.change(60_000, () => undefined);
    expect(set.fields('pods', '.status.phase')).toBe('Running Running');
  });

  test('a gate that nobody opens, and a pod that fits no node', async () => {
    const set = await scene({
      manifests:
        pod('gated', WEB, 'readinessGates: [{ conditionType: x.io/y }]') +
        pod('choosy', WEB, 'nodeSelector: { disk: ssd }'),
    });
    expect(set.fields('pods', '.status.conditions[?(@.type=="Ready")].reason')).toBe('ReadinessGatesNotReady');
    expect(set.fields('pods', '.status.conditions[?(@.type=="PodScheduled")].reason')).toBe('Unschedulable');
    expect(events(set, 'FailedScheduling')).toHaveLength(1);
  });

  test('pods that admission refuses', async () => {
    const quota =
      'apiVersion: v1\nkind: ResourceQuota\nmetadata: { name: budget }\nspec: { hard: { limits.memory: 1Gi } }\n---';
    const bounded = await scene({ manifests: quota + deployment('web', WEB) });
    expect(events(bounded, 'FailedCreate')[0]?.message).toMatch(
      /^Error creating: pods "web-\w+-" is forbidden: failed quota: budget: must specify limits.memory for: main$/,
    );
    expect(bounded.fields('replicasets', '.status.conditions[0].type')).toBe('ReplicaFailure');
    await bounded.kubectl('set', 'resources', 'deployment/web', '--limits=memory=64Mi');
    expect(bounded.fields('pods', '.status.phase')).toBe('Running');
    const strict =
      'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop, labels: { pod-security.kubernetes.io/enforce: baseline } }\n---';
    const set = await scene({ manifests: strict + deployment('web', `${WEB}, securityContext: { privileged: true }`) });
    expect(events(set, 'FailedCreate')[0]?.message).toMatch(
      /violates PodSecurity "baseline:latest": privileged \(container "main" must not set securityContext.privileged=true\)/,
    );
  });
});
