import { describe, expect, test } from 'vitest';
import { served } from '../served.ts';

const on = served();

describe('writing', () => {
  const services = { group: '', version: 'v1', plural: 'services', namespace: 'shop' };
  const body = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'new' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
  };

  test('creates, patches in three ways, and deletes', async () => {
    const created = await on.cluster.create<{ metadata: { uid: string }; spec: { clusterIP: string } }>(services, body);
    expect(created).toMatchObject({
      known: true,
      value: { spec: { type: 'ClusterIP', ports: [{ targetPort: 80, protocol: 'TCP' }] } },
    });
    const ref = { ...services, name: 'new' };
    const patches = [
      { type: 'strategic-merge-patch+json', body: { spec: { ports: [{ port: 80, name: 'http' }] } } },
      { type: 'merge-patch+json', body: { spec: { selector: { app: null, run: 'x' } } } },
      { type: 'json-patch+json', body: [{ op: 'replace', path: '/spec/ports/0/targetPort', value: 8080 }] },
    ] as const;
    for (const one of patches) expect((await on.cluster.patch(ref, one)).known).toBe(true);
    expect(await on.cluster.get(ref)).toMatchObject({
      value: {
        metadata: { generation: 4 },
        spec: { selector: { run: 'x' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
      },
    });
    expect(await on.cluster.delete(ref, { uid: 'another' })).toEqual({ known: true, value: false });
    const uid = created.known ? created.value.metadata.uid : '';
    expect(await on.cluster.delete(ref, { uid })).toEqual({ known: true, value: true });
    expect(await on.cluster.get(ref)).toEqual({ known: true, value: null });
  });

  test('on trial changes nothing', async () => {
    expect((await on.cluster.create(services, { ...body, metadata: { name: 'trial' } }, { dryRun: true })).known).toBe(
      true,
    );
    expect(await on.cluster.get({ ...services, name: 'trial' })).toEqual({ known: true, value: null });
    const scaled = { type: 'merge-patch+json', body: { spec: { replicas: 9 } }, dryRun: true } as const;
    const ref = { group: 'apps', version: 'v1', plural: 'deployments', namespace: 'shop', name: 'web' };
    expect(await on.cluster.patch(ref, scaled)).toMatchObject({ value: { spec: { replicas: 9 } } });
    expect(await on.cluster.get(ref)).toMatchObject({ value: { spec: { replicas: 3 } } });
  });

  test('of an old version is a conflict', async () => {
    const path = '/api/v1/namespaces/shop/services/web';
    const { json } = await on.raw(path);
    const stale = { ...json, metadata: { ...json.metadata, resourceVersion: '1' } };
    expect((await on.raw(path, { method: 'PUT', body: JSON.stringify(stale) })).json).toMatchObject({
      code: 409,
      reason: 'Conflict',
    });
    expect((await on.raw(path, { method: 'PUT', body: JSON.stringify(json) })).status).toBe(200);
  });

  test('an ephemeral container starts in a pod that runs', async () => {
    const container = { name: 'debug', image: 'busybox:1.36', command: ['sleep', '1000'] };
    const ref = {
      group: '',
      version: 'v1',
      plural: 'pods',
      namespace: 'shop',
      name: 'hidden',
      subresource: 'ephemeralcontainers',
    };
    await on.cluster.patch(ref, {
      type: 'strategic-merge-patch+json',
      body: { spec: { ephemeralContainers: [container] } },
    });
    const said = await on.cluster.exec(
      { namespace: 'shop', name: 'hidden' },
      { container: 'debug', argv: ['wget', '-qO-', 'http://127.0.0.1:8080/'], timeoutMs: 5000 },
    );
    expect(said).toMatchObject({ value: { exitCode: 0, stdout: 'hi\n' } });
  });
});
