import { describe, expect, it } from 'vitest';
import type { ObjectRef } from '../../src/model/cluster.ts';
import { type ApiServer, failure, html, inTurn, json, silence } from '../support/apiServer.ts';
import { apiServer, connected, obstacleOf } from './support.ts';

const SERVICES = { group: '', version: 'v1', plural: 'services' };
const WEB: ObjectRef = { ...SERVICES, namespace: 'shop', name: 'web' };
const WEB_PATH = '/api/v1/namespaces/shop/services/web';
const SERVICES_PATH = '/api/v1/namespaces/shop/services';
const POD = { namespace: 'shop', name: 'p' };

const last = (server: ApiServer) => server.requests.at(-1)!;

describe('one cluster, several views', () => {
  it('counts every request, retries among them', async () => {
    const server = await apiServer();
    server.on('GET', WEB_PATH, inTurn(failure(503, 'ServiceUnavailable', ''), json({})));
    const client = await connected(server);
    const view = client.within(new AbortController().signal);
    await view.get(WEB);
    await client.list({ ...SERVICES, namespace: 'shop' });
    const path = WEB_PATH;
    expect(client.requests).toEqual([
      { method: 'GET', path },
      { method: 'GET', path },
      { method: 'GET', path: SERVICES_PATH },
    ]);
    expect(view.requests).toBe(client.requests);
  });

  it('within a signal a question is called off, alone', async () => {
    const server = await apiServer();
    server.on('GET', WEB_PATH, silence);
    server.on('GET', '/version', json({}));
    const client = await connected(server);
    const controller = new AbortController();
    const asked = client.within(controller.signal).get(WEB);
    await expect.poll(() => server.requests.length).toBe(1);
    controller.abort();
    expect(obstacleOf(await asked)).toEqual({ kind: 'cancelled' });
    expect(await client.raw('/version')).toMatchObject({ known: true });
    expect(obstacleOf(await client.within(controller.signal).raw('/version'))).toEqual({ kind: 'cancelled' });
  });

  it('a signal that is a time limit makes a timeout', async () => {
    const server = await apiServer();
    server.on('GET', WEB_PATH, silence);
    const asked = (await connected(server)).within(AbortSignal.timeout(30)).get(WEB);
    expect(obstacleOf(await asked)).toMatchObject({ kind: 'timeout', what: `GET ${WEB_PATH}` });
  });

  it('close() ends what is open', async () => {
    const server = await apiServer();
    server.on('GET', WEB_PATH, silence);
    server.onUpgrade('/api/v1/namespaces/shop/pods/p/exec', () => {});
    const client = await connected(server);
    const asked = [client.get(WEB), client.exec(POD, { argv: ['sleep', '9'], timeoutMs: 9_000 })];
    await expect.poll(() => server.requests.length).toBe(2);
    client.close();
    expect((await Promise.all(asked)).map(obstacleOf)).toEqual([{ kind: 'cancelled' }, { kind: 'cancelled' }]);
  });

  it('a name is one segment of the path', async () => {
    const server = await apiServer();
    const client = await connected(server);
    await client.get({ ...SERVICES, namespace: '../x', name: 'a/b?c#d' });
    expect(client.requests).toEqual([{ method: 'GET', path: '/api/v1/namespaces/..%2Fx/services/a%2Fb%3Fc%23d' }]);
    expect(last(server).query.size).toBe(0);
  });

  it('a page that is no API server is told as such', async () => {
    const server = await apiServer();
    server.on('GET', '/version', html('<title>Sign in</title><script>x</script>'));
    const obstacle = obstacleOf(await (await connected(server)).raw('/version'));
    expect(obstacle).toEqual({ kind: 'api-error', status: 200, reason: 'NotKubernetes', message: 'Sign in' });
  });
});
