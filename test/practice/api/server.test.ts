import { describe, expect, test } from 'vitest';
import { clusterOf, PODS, served, startServed } from '../served.ts';

const on = served();

describe('the server', () => {
  test('listens on the loopback interface alone, and wants its token', async () => {
    expect(on.practice.server.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(on.practice.server.token.length).toBeGreaterThan(30);
    for (const token of ['', 'x', `${on.practice.server.token}x`]) {
      expect(await on.raw('/version', { token })).toMatchObject({
        status: 401,
        json: { kind: 'Status', reason: 'Unauthorized' },
      });
    }
  });

  test.each([
    ['/version', { gitVersion: 'v1.34.0' }],
    ['/apis', { kind: 'APIGroupList' }],
    ['/api/v1', { kind: 'APIResourceList', groupVersion: 'v1' }],
    ['/apis/apps/v1', { groupVersion: 'apps/v1' }],
  ])('says of itself: %s', async (path, part) => {
    expect((await on.raw(path)).json).toMatchObject(part);
  });

  test.each<[string, { method?: string; body?: string; headers?: Record<string, string> }, number, string]>([
    ['/nowhere', {}, 404, '404 page not found\n'],
    ['/apis/example.com/v1/things', {}, 404, '404 page not found\n'],
    [`${PODS}/nosuch`, {}, 404, 'pods "nosuch" not found'],
    ['/apis/apps/v1/namespaces/shop/deployments/nosuch', {}, 404, 'deployments.apps "nosuch" not found'],
    [`${PODS}?watch=true`, {}, 501, 'the practice cluster does not simulate watches'],
    [`${PODS}/client/eviction`, { method: 'POST', body: '{}' }, 501, 'pods/eviction'],
    [PODS, { method: 'DELETE' }, 501, 'does not simulate'],
    [PODS, { method: 'OPTIONS' }, 405, 'does not allow this method'],
    [PODS, { method: 'POST', body: '{' }, 400, 'unrecognized'],
    [
      PODS,
      { method: 'POST', body: '{}', headers: { 'content-type': 'application/vnd.kubernetes.protobuf' } },
      415,
      'not protobuf: add --dry-run=client -o yaml | kubectl apply -f -',
    ],
    [PODS, { method: 'POST', body: '{"kind":"Service"}' }, 400, 'must be of type Pod'],
    [
      '/api/v1/namespaces/nosuch/pods',
      { method: 'POST', body: '{"kind":"Pod","metadata":{"name":"a"}}' },
      404,
      'namespaces "nosuch" not found',
    ],
    [`${PODS}?labelSelector=a%20b`, {}, 400, 'unable to parse requirement'],
    [
      `${PODS}/client`,
      { method: 'PATCH', body: '{}', headers: { 'content-type': 'text/plain' } },
      415,
      'unknown format',
    ],
  ])('%s %j is answered with %i', async (path, how, status, words) => {
    const answer = await on.raw(path, how);
    expect(answer.status).toBe(status);
    expect(answer.json?.message ?? answer.text).toContain(words);
    expect(on.logged.at(-1)).toContain(String(status));
  });

  test.each([
    [{ kind: 'Service', metadata: { name: 'x' }, spec: {} }, 'Service "x" is invalid: spec.ports: Required value'],
    [
      { kind: 'Service', metadata: { name: 'x' }, spec: { ports: [{ port: 99999 }] } },
      'Service "x" is invalid: spec.ports[0].port: Invalid value: 99999: must be between 1 and 65535, inclusive',
    ],
    [
      { kind: 'Service', metadata: { name: 'X' }, spec: { ports: [{ port: 1 }] } },
      'Service "X" is invalid: metadata.name: Invalid value: "X": a lowercase RFC 1123',
    ],
    [{ kind: 'Service', metadata: { name: 'x' }, spec: { type: 'ExternalName' } }, 'spec.externalName: Required value'],
    [{ kind: 'Service', metadata: { name: 'web' }, spec: { ports: [{ port: 1 }] } }, 'services "web" already exists'],
  ])('an invalid object %j gets the words of the API server', async (object, words) => {
    const answer = await on.raw('/api/v1/namespaces/shop/services', { method: 'POST', body: JSON.stringify(object) });
    expect(answer.json).toMatchObject({ kind: 'Status', message: expect.stringContaining(words) });
  });
});

describe('rights', () => {
  test('that are missing are named as RBAC names them', async () => {
    const restricted = await startServed(undefined, [
      { verbs: ['list'], resources: ['nodes'] },
      { resources: ['pods/exec'] },
      { verbs: ['get'], resources: ['configmaps'], namespaces: ['kube-system'] },
    ]);
    const limited = await clusterOf(restricted);
    expect(await limited.list({ group: '', version: 'v1', plural: 'nodes' })).toMatchObject({
      obstacle: { kind: 'forbidden', verb: 'list', resource: 'nodes' },
    });
    expect(
      await limited.get({ group: '', version: 'v1', plural: 'configmaps', namespace: 'kube-system', name: 'coredns' }),
    ).toMatchObject({ obstacle: { kind: 'forbidden', verb: 'get', namespace: 'kube-system' } });
    expect(
      await limited.exec({ namespace: 'shop', name: 'client' }, { argv: ['true'], timeoutMs: 3000 }),
    ).toMatchObject({ obstacle: { kind: 'forbidden', resource: 'pods/exec' } });
    expect((await limited.list({ group: '', version: 'v1', plural: 'pods', namespace: 'shop' })).known).toBe(true);
    limited.close();
    await restricted.close();
  });
});
