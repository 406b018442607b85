import { describe, expect, it } from 'vitest';
import type { ObjectRef } from '../../src/model/cluster.ts';
import { type ApiServer, failure, inTurn, json, text } from '../support/apiServer.ts';
import { apiServer, connected, knownValue, obstacleOf, SECRET } from './support.ts';

const SERVICES = { group: '', version: 'v1', plural: 'services' };
const SLICES = { group: 'discovery.k8s.io', version: 'v1', plural: 'endpointslices' };
const WEB: ObjectRef = { ...SERVICES, namespace: 'shop', name: 'web' };
const WEB_PATH = '/api/v1/namespaces/shop/services/web';
const SERVICES_PATH = '/api/v1/namespaces/shop/services';
const LOG_PATH = '/api/v1/namespaces/shop/pods/p/log';
const POD = { namespace: 'shop', name: 'p' };

const last = (server: ApiServer) => server.requests.at(-1)!;

describe('get', () => {
  it('gives the object as the server sent it', async () => {
    const server = await apiServer();
    const service = {
      kind: 'Service',
      metadata: { name: 'web', creationTimestamp: '2026-01-01T00:00:00Z' },
      from: [{ x: 1 }],
    };
    server.on('GET', WEB_PATH, json(service));
    const client = await connected(server);
    expect(knownValue(await client.get(WEB))).toEqual(service);
    expect(last(server).headers).toMatchObject({ authorization: `Bearer ${SECRET}`, accept: 'application/json' });
    expect(client).toMatchObject({ context: 'test', namespace: 'shop', server: server.url });
  });

  it('gives null when there is no such object, or no such kind', async () => {
    const server = await apiServer();
    server.on('GET', '/apis/x.io/v1/things/t', text('404 page not found\n', 404));
    const client = await connected(server);
    expect(await client.get(WEB)).toEqual({ known: true, value: null });
    expect(await client.get({ group: 'x.io', version: 'v1', plural: 'things', name: 't' })).toEqual({
      known: true,
      value: null,
    });
  });

  it('names what a Role lacks, from the message or else from the request', async () => {
    const server = await apiServer();
    const rbac =
      'services "web" is forbidden: User "a \\"b" cannot get resource "services" in API group "" in the namespace "shop"';
    server.on('GET', WEB_PATH, failure(403, 'Forbidden', rbac));
    server.on('GET', '/apis/discovery.k8s.io/v1/endpointslices', failure(403, 'Forbidden', 'no'));
    const client = await connected(server);
    const missing = { kind: 'forbidden', verb: 'get', resource: 'services', group: '', namespace: 'shop' };
    expect(obstacleOf(await client.get(WEB))).toEqual({ ...missing, message: rbac });
    expect(obstacleOf(await client.list(SLICES))).toEqual({
      kind: 'forbidden',
      verb: 'list',
      resource: 'endpointslices',
      group: 'discovery.k8s.io',
      message: 'no',
    });
  });

  it('tells missing impersonation and missing login from a missing right to read', async () => {
    const server = await apiServer();
    const impersonate =
      'users "x" is forbidden: User "u" cannot impersonate resource "users" in API group "" at the cluster scope';
    const anonymous =
      'services is forbidden: User "system:anonymous" cannot get resource "services" in API group "" in the namespace "shop"';
    server.on('GET', WEB_PATH, inTurn(failure(403, 'Forbidden', impersonate), failure(403, 'Forbidden', anonymous)));
    const client = await connected(server);
    expect(obstacleOf(await client.get(WEB))).toMatchObject({
      kind: 'forbidden',
      verb: 'impersonate',
      resource: 'users',
    });
    expect(obstacleOf(await client.get(WEB))).toMatchObject({ kind: 'unauthorized' });
  });
});

describe('raw', () => {
  it('gives JSON, or text where the server sends text', async () => {
    const server = await apiServer();
    server.on('GET', '/version', json({ major: '1' }));
    server.on('GET', '/readyz', text('ok'));
    const client = await connected(server);
    expect(await client.raw('/version')).toEqual({ known: true, value: { major: '1' } });
    expect(await client.raw('/readyz')).toEqual({ known: true, value: 'ok' });
    expect(obstacleOf(await client.raw('/nope'))).toMatchObject({ kind: 'api-error', status: 404 });
  });

  it('keeps the path of a server behind a gateway', async () => {
    const server = await apiServer();
    server.on('GET', '/k8s/clusters/c-1/version', json({ major: '1' }));
    const client = await connected(server, { cluster: { server: `${server.url}/k8s/clusters/c-1/` } });
    expect(await client.raw('/version')).toEqual({ known: true, value: { major: '1' } });
    expect(client.requests).toEqual([{ method: 'GET', path: '/version' }]);
  });
});

describe('list', () => {
  it('asks for one page, by selectors', async () => {
    const server = await apiServer();
    server.on('GET', SERVICES_PATH, json({ items: [{ a: 1 }], metadata: {} }));
    const client = await connected(server);
    const query = { ...SERVICES, namespace: 'shop', labelSelector: 'a in (b,c)', fieldSelector: 'metadata.name=x' };
    expect(await client.list(query)).toEqual({ known: true, value: { items: [{ a: 1 }], more: false } });
    expect(Object.fromEntries(last(server).query)).toEqual({
      limit: '500',
      labelSelector: 'a in (b,c)',
      fieldSelector: 'metadata.name=x',
    });
  });

  it.each([
    ['a continue token', { continue: 'abc' }, true],
    ['a remaining count', { remainingItemCount: 3 }, true],
    ['neither', { continue: '' }, false],
  ])('%s', async (_what, metadata, more) => {
    const server = await apiServer();
    server.on('GET', SERVICES_PATH, json({ items: null, metadata }));
    const page = await (await connected(server)).list({ ...SERVICES, namespace: 'shop', limit: 2 });
    expect(page).toEqual({ known: true, value: { items: [], more } });
    expect(last(server).query.get('limit')).toBe('2');
  });

  it('can ask for metadata only', async () => {
    const server = await apiServer();
    server.on('GET', '/api/v1/services', json({ items: [] }));
    await (await connected(server)).list({ ...SERVICES, metadataOnly: true });
    expect(last(server).headers.accept).toMatch(/^application\/json;as=PartialObjectMetadataList;g=meta\.k8s\.io;v=v1/);
  });

  it('is empty for a kind that is not served', async () => {
    const server = await apiServer();
    server.on('GET', '/apis/cilium.io/v2/ciliumnetworkpolicies', text('404 page not found\n', 404));
    const page = await (await connected(server)).list({
      group: 'cilium.io',
      version: 'v2',
      plural: 'ciliumnetworkpolicies',
    });
    expect(page).toEqual({ known: true, value: { items: [], more: false } });
  });
});

describe('log', () => {
  it('gives the text as it stands, even when it looks like a page', async () => {
    const server = await apiServer();
    server.on('GET', LOG_PATH, text('<html>404</html>\n'));
    const client = await connected(server);
    const log = await client.log(POD, { container: 'c', tailLines: 5, previous: true });
    expect(log).toEqual({ known: true, value: '<html>404</html>\n' });
    expect(Object.fromEntries(last(server).query)).toEqual({
      container: 'c',
      tailLines: '5',
      previous: 'true',
      limitBytes: '1048576',
    });
  });

  it.each([
    ['no such pod', failure(404, 'NotFound', 'pods "p" not found'), null],
    [
      'no previous container',
      failure(400, 'BadRequest', 'previous terminated container "c" in pod "p" not found'),
      null,
    ],
    [
      'not started yet',
      failure(400, 'BadRequest', 'container "c" in pod "p" is waiting to start: ContainerCreating'),
      '',
    ],
  ])('%s', async (_what, answer, value) => {
    const server = await apiServer();
    server.on('GET', LOG_PATH, answer);
    expect(await (await connected(server)).log(POD, {})).toEqual({ known: true, value });
  });

  it('names pods/log where it is forbidden', async () => {
    const server = await apiServer();
    server.on('GET', LOG_PATH, failure(403, 'Forbidden', 'no'));
    expect(obstacleOf(await (await connected(server)).log(POD, {}))).toMatchObject({
      kind: 'forbidden',
      resource: 'pods/log',
    });
  });
});
