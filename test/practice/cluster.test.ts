import { describe, expect, test } from 'vitest';
import { iptablesSave } from '../../src/practice/network/iptables.ts';
import { nftTable } from '../../src/practice/network/nft.ts';
import { jsonPath } from '../../src/practice/scenario/jsonPath.ts';
import { CLIENT, deployment, NETEXEC, pod, type Scene, scene, service, WEB } from './scene.ts';

const BUSY = (script: string) => `image: "busybox:1.36", command: [sh, -c, ${JSON.stringify(script)}]`;
const events = (set: Scene, reason: string) =>
  set.world.store
    .list('Event', 'shop')
    .map((event) => event as unknown as { reason: string; message: string; count: number })
    .filter((event) => event.reason === reason);

interface Slice {
  ports: { name: string; port: number }[] | null;
  endpoints: { addresses: string[]; conditions: Record<string, boolean>; hostname?: string }[] | null;
}
const slices = (set: Scene) => set.world.store.list('EndpointSlice', 'shop') as unknown as Slice[];

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

describe('EndpointSlices', () => {
  const probe = (path: string) => `readinessProbe: { httpGet: { path: ${path}, port: 80 } }`;

  test.each<[string, string, string, unknown]>([
    ['a port by number', WEB, '{ port: 80, targetPort: 8080 }', [{ name: '', port: 8080, protocol: 'TCP' }]],
    ['a port left out', WEB, '{ name: a, port: 81 }', [{ name: 'a', port: 81, protocol: 'TCP' }]],
    ['a port by name', WEB, '{ port: 81, targetPort: http }', [{ name: '', port: 80, protocol: 'TCP' }]],
    ['a name that no pod has', WEB, '{ port: 81, targetPort: web }', []],
    ['a name of another protocol', WEB, '{ port: 81, targetPort: http, protocol: UDP }', []],
  ])('%s', async (_, container, port, ports) => {
    const set = await scene({
      manifests: deployment('web', container) + service('web', `selector: { app: web }, ports: [${port}]`),
    });
    expect(slices(set).map((slice) => slice.ports)).toEqual([ports]);
  });

  test('pods with different ports of one name stand in slices of their own', async () => {
    const two = ['a', 'b'].map((name, i) =>
      pod(name, `${NETEXEC(8080 + i)}, ports: [{ name: http, containerPort: ${8080 + i} }]`).replace(
        `run: ${name}`,
        'app: web',
      ),
    );
    const set = await scene({
      manifests: two.join('') + service('web', 'selector: { app: web }, ports: [{ port: 80, targetPort: http }]'),
    });
    expect(slices(set).map(({ ports, endpoints }) => [ports?.[0]?.port, endpoints?.length])).toEqual([
      [8080, 1],
      [8081, 1],
    ]);
  });

  test('a pod that is not ready, and a Service that wants it all the same', async () => {
    const set = await scene({
      manifests:
        deployment('web', `${WEB}, ${probe('/nope')}`) +
        service('web', 'selector: { app: web }, ports: [{ port: 80 }]') +
        service('early', 'publishNotReadyAddresses: true, selector: { app: web }, ports: [{ port: 80 }]'),
    });
    const conditions = slices(set).map(({ endpoints }) => endpoints?.[0]?.conditions);
    expect(conditions).toEqual([
      { ready: false, serving: false, terminating: false },
      { ready: true, serving: false, terminating: false },
    ]);
    expect(events(set, 'Unhealthy')[0]?.message).toBe('Readiness probe failed: HTTP probe failed with statuscode: 404');
  });

  test('a pod that is held back while it goes', async () => {
    const set = await scene({
      manifests:
        pod('web', WEB).replace('labels: { run: web }', 'labels: { app: web }, finalizers: [example.com/wait]') +
        service('web', 'selector: { app: web }, ports: [{ port: 80 }]'),
      break: [{ kubectl: 'delete pod web' }],
    });
    expect(slices(set)[0]?.endpoints?.[0]?.conditions).toEqual({ ready: false, serving: false, terminating: true });
    await set.kubectl('patch', 'pod', 'web', '--type=merge', '-p', '{"metadata":{"finalizers":null}}');
    expect([set.fields('pods', '.metadata.name'), slices(set)[0]?.endpoints]).toEqual(['', null]);
  });
});

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

describe('the rules of the nodes', () => {
  const ONE = deployment('hostnames', NETEXEC(9376), { replicas: 3 });
  /** As on a real node: the name of the chain is a hash of the Service's. */
  const CHAIN = 'KUBE-SVC-YN5D6RYVEVZOH44Q';

  test.each(['iptables', 'nftables'] as const)('%s: print where every Service leads', async (proxyMode) => {
    const set = await scene({
      manifests:
        ONE +
        service('hostnames', 'selector: { app: hostnames }, ports: [{ port: 80, targetPort: 9376 }]') +
        service('none', 'selector: { app: none }, ports: [{ port: 80 }]'),
      needs: { proxyMode },
    });
    const node = set.world.network.nodes.get('node1')!;
    const printed = proxyMode === 'iptables' ? iptablesSave(node, 'now') : nftTable(node);
    for (const address of set.fields('pods', '.status.podIP').split(' ')) expect(printed).toContain(`${address}:9376`);
    const [, none] = set.fields('services', '.spec.clusterIP').split(' ');
    expect(printed).toMatch(
      proxyMode === 'iptables'
        ? `-d ${none}/32 -p tcp -m comment --comment "shop/none has no endpoints"`
        : `${none} . tcp . 80 comment "shop/none" : goto reject-chain`,
    );
  });

  test('chains have the names that kube-proxy computes', async () => {
    const set = await scene({
      manifests:
        'apiVersion: v1\nkind: Service\nmetadata: { name: hostnames, namespace: default }\nspec: { ports: [{ port: 80 }] }\n',
    });
    await set.world.change(1000, () => {
      set.world.store.add({
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        addressType: 'IPv4',
        ports: [{ name: '', port: 9376, protocol: 'TCP' }],
        metadata: { name: 'x', namespace: 'default', labels: { 'kubernetes.io/service-name': 'hostnames' } },
        endpoints: [{ addresses: ['10.244.0.5'] }],
      });
    });
    const printed = iptablesSave(set.world.network.nodes.get('node1')!, 'now');
    expect(printed).toContain(`-j ${CHAIN}`);
    expect(printed).toContain(
      '-A KUBE-SEP-SSAABTGROZSQSKZY -p tcp -m comment --comment "default/hostnames" -m tcp -j DNAT --to-destination 10.244.0.5:9376',
    );
  });

  test('stay as they are without kube-proxy, and where somebody emptied them until it starts again', async () => {
    const proxy = { pod: 'k8s-app=kube-proxy', namespace: 'kube-system', node: 'node1' };
    const set = await scene({
      manifests:
        ONE +
        service('hostnames', 'selector: { app: hostnames }, ports: [{ port: 80, targetPort: 9376 }]') +
        CLIENT.replace('spec: {', 'spec: { nodeName: node1,'),
      vars: { PROXY: proxy },
      break: [{ kubectl: '-n kube-system exec $PROXY -- iptables -t nat -F KUBE-SERVICES' }],
    });
    const asked = async () => (await set.sh('client', 'wget -qO- -T 2 http://hostnames/')).exitCode;
    expect(await asked()).toBe(1);
    await set.kubectl('-n', 'kube-system', 'delete', 'pods', '-l', 'k8s-app=kube-proxy');
    expect(await asked()).toBe(0);
    await set.kubectl(
      '-n',
      'kube-system',
      'patch',
      'daemonset',
      'kube-proxy',
      '-p',
      '{"spec":{"template":{"spec":{"nodeSelector":{"a":"b"}}}}}',
    );
    expect(await asked()).toBe(0);
    await set.kubectl('delete', 'pods', '-l', 'app=hostnames');
    expect(await asked()).toBe(1);
  });
});

describe('the API machinery', () => {
  test('what belongs to nobody any more goes, and a namespace takes everything with it', async () => {
    const set = await scene({
      manifests: deployment('web', WEB) + service('web', 'selector: { app: web }, ports: [{ port: 80 }]'),
    });
    await set.kubectl('delete', 'deployment', 'web');
    expect([set.fields('replicasets', '.metadata.name'), set.fields('pods', '.metadata.name')]).toEqual(['', '']);
    await set.kubectl('delete', 'service', 'web');
    expect(slices(set)).toEqual([]);
    await set.kubectl('delete', 'namespace', 'shop');
    expect(set.world.store.list('Namespace').map(({ metadata }) => metadata.name)).not.toContain('shop');
  });

  test('time that is shown is never ahead of the real one', async () => {
    const set = await scene({ manifests: deployment('web', WEB) });
    await set.world.change(3_600_000, () => undefined);
    await set.kubectl('delete', 'pods', '-l', 'app=web');
    const created = Date.parse(set.fields('pods', '.metadata.creationTimestamp'));
    expect(created).toBeLessThanOrEqual(Date.now());
    expect(Date.now() - created).toBeLessThan(60_000);
  });

  test.each([
    ['{.a.b}', '1'],
    ['{.list[*].n}', 'x y'],
    ['{.list[1].n}', 'y'],
    ['{.list[?(@.n=="x")].v}', '{"k":2}'],
    ['<{.none}>', '<>'],
  ])('JSONPath %s', (path, text) => {
    expect(jsonPath({ a: { b: 1 }, list: [{ n: 'x', v: { k: 2 } }, { n: 'y' }] }, path)).toBe(text);
  });
});
