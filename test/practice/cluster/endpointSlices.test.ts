import { describe, expect, test } from 'vitest';
import { deployment, events, NETEXEC, pod, scene, service, slices, WEB } from '../scene.ts';

describe('EndpointSlices', () => {
  const probe = (path: string) => `readinessProbe: { httpGet: { path: ${path}, port: 80 } }`;

  test.each<[string, string, string, unknown]>([
    ['a port by number', WEB, '{ port: 80, targetPort: 8080 }', [{ name: '', port: 8080, protocol: 'TCP' }]],
    ['a port left out', WEB, '{ name: a, port: 81 }', [{ name: 'a', port: 81, protocol: 'TCP' }]],
    ['a port by name', WEB, '{ port: 81, targetPort: http }', [{ name: '', port: 80, protocol: 'TCP' }]],
    ['a name that no pod has', WEB, '{ port: 81, targetPort: web }', null],
    ['a name of another protocol', WEB, '{ port: 81, targetPort: http, protocol: UDP }', null],
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
