import { describe, expect, it } from 'vitest';
import type { ObjectRef } from '../../src/model/cluster.ts';
import { type ApiServer, cut, failure, inTurn, json } from '../support/apiServer.ts';
import { apiServer, connected, obstacleOf } from './support.ts';

const SERVICES = { group: '', version: 'v1', plural: 'services' };
const WEB: ObjectRef = { ...SERVICES, namespace: 'shop', name: 'web' };
const WEB_PATH = '/api/v1/namespaces/shop/services/web';
const SERVICES_PATH = '/api/v1/namespaces/shop/services';
const POD = { namespace: 'shop', name: 'p' };

const last = (server: ApiServer) => server.requests.at(-1)!;

describe('writes', () => {
  const BODY = { metadata: { name: 'web' } };

  it('create', async () => {
    const server = await apiServer();
    server.on('POST', SERVICES_PATH, (response, { body }) => json(JSON.parse(body), 201)(response, last(server)));
    const client = await connected(server);
    expect(await client.create({ ...SERVICES, namespace: 'shop' }, BODY, { dryRun: true })).toEqual({
      known: true,
      value: BODY,
    });
    expect(Object.fromEntries(last(server).query)).toEqual({ fieldManager: 'svc-debug', dryRun: 'All' });
    expect(last(server).headers['content-type']).toBe('application/json');
  });

  it('patch, with the content type of its kind', async () => {
    const server = await apiServer();
    const path = '/api/v1/namespaces/shop/pods/p/ephemeralcontainers';
    server.on('PATCH', path, json({}));
    const pod = { group: '', version: 'v1', plural: 'pods', ...POD, subresource: 'ephemeralcontainers' };
    await (await connected(server)).patch(pod, { type: 'strategic-merge-patch+json', body: BODY });
    expect(last(server)).toMatchObject({ method: 'PATCH', path, body: JSON.stringify(BODY) });
    expect(last(server).headers['content-type']).toBe('application/strategic-merge-patch+json');
    expect(last(server).query.has('dryRun')).toBe(false);
  });

  it.each([
    ['there', json({}), true],
    ['not there', failure(404, 'NotFound', 'gone'), false],
    ['another object of that name', failure(409, 'Conflict', 'the UID in the precondition does not match'), false],
  ])('delete: %s', async (_what, answer, value) => {
    const server = await apiServer();
    server.on('DELETE', WEB_PATH, answer);
    const deleted = await (await connected(server)).delete(WEB, { uid: 'u-1', gracePeriodSeconds: 0 });
    expect(deleted).toEqual({ known: true, value });
    expect(JSON.parse(last(server).body)).toMatchObject({ gracePeriodSeconds: 0, preconditions: { uid: 'u-1' } });
  });

  it('a 403 of admission is no missing right', async () => {
    const server = await apiServer();
    const message = 'pods "p" is forbidden: violates PodSecurity "restricted:latest"';
    server.on('POST', SERVICES_PATH, failure(403, 'Forbidden', message));
    const created = await (await connected(server)).create({ ...SERVICES, namespace: 'shop' }, BODY);
    expect(obstacleOf(created)).toEqual({ kind: 'api-error', status: 403, reason: 'Forbidden', message });
  });

  it.each([
    ['a 503', failure(503, 'ServiceUnavailable', 'etcd'), 'api-error'],
    ['a broken connection', cut, 'unreachable'],
    ['a 429 that does not say when', failure(429, 'TooManyRequests', 'slow'), 'api-error'],
  ])('are sent once: %s', async (_what, answer, kind) => {
    const server = await apiServer();
    server.on('POST', SERVICES_PATH, answer);
    const created = await (await connected(server)).create({ ...SERVICES, namespace: 'shop' }, BODY);
    expect(obstacleOf(created).kind).toBe(kind);
    expect(server.requests).toHaveLength(1);
  });

  it('are sent again after a 429 that says when: it was not looked at', async () => {
    const server = await apiServer();
    server.on(
      'POST',
      SERVICES_PATH,
      inTurn(failure(429, 'TooManyRequests', 'slow', { 'Retry-After': '0' }), json(BODY)),
    );
    expect(await (await connected(server)).create({ ...SERVICES, namespace: 'shop' }, BODY)).toMatchObject({
      known: true,
    });
  });
});
