import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { type ApiServer, failure, inTurn, json } from '../support/apiServer.ts';
import { createAuthority } from '../support/certificate.ts';
import { apiServer, connected, obstacleOf, temporaryDirectory } from './support.ts';

const PATH = '/version';
const OLD = '2020-01-01T00:00:00Z';

async function answering(): Promise<ApiServer> {
  const server = await apiServer();
  server.on('GET', PATH, json({}));
  return server;
}

const sent = (server: ApiServer) => server.requests.map(({ headers }) => headers.authorization);

describe('other credentials', () => {
  it('a token file is read, and read again after a 401', async () => {
    const directory = await temporaryDirectory();
    const tokenFile = `${directory}/token`;
    await writeFile(tokenFile, 'first\n');
    const server = await answering();
    const client = await connected(server, { user: { tokenFile, token: 'static' } });
    await client.raw(PATH);
    await writeFile(tokenFile, 'second\n');
    server.on('GET', PATH, inTurn(failure(401, 'Unauthorized', ''), json({})));
    await client.raw(PATH);
    expect(sent(server)).toEqual(['Bearer first', 'Bearer first', 'Bearer second']);
  });

  it('a static token that is refused is sent once', async () => {
    const server = await apiServer();
    server.on('GET', PATH, failure(401, 'Unauthorized', 'Unauthorized'));
    expect(obstacleOf(await (await connected(server)).raw(PATH))).toEqual({
      kind: 'unauthorized',
      message: 'Unauthorized',
    });
    expect(server.requests).toHaveLength(1);
  });

  it('user name and password', async () => {
    const server = await answering();
    await (await connected(server, { user: { username: 'me', password: 'pässword' } })).raw(PATH);
    expect(sent(server)).toEqual([`Basic ${Buffer.from('me:pässword').toString('base64')}`]);
  });

  it('nobody in particular', async () => {
    const server = await answering();
    expect(await (await connected(server, { user: {} })).raw(PATH)).toMatchObject({ known: true });
    expect(sent(server)).toEqual([undefined]);
  });

  it('a client certificate', async () => {
    const authority = createAuthority();
    const { cert, key } = authority.issue({ commonName: 'me' });
    const server = await apiServer({ clientCa: authority.cert });
    let authorized = false;
    server.on('GET', PATH, (response, seen) => {
      authorized = (response.socket as import('node:tls').TLSSocket).authorized;
      json({})(response, seen);
    });
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    const user = { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) };
    await (await connected(server, { user })).raw(PATH);
    expect(authorized).toBe(true);
  });

  it('impersonation with groups, uid and extra, on requests and upgrades', async () => {
    const server = await answering();
    const user = {
      token: 't',
      as: 'dev',
      'as-uid': '42',
      'as-groups': ['a', 'b'],
      'as-user-extra': { 'example.com/scope': ['x', 'y'] },
    };
    const client = await connected(server, { user });
    await client.raw(PATH);
    await client.exec({ namespace: 'n', name: 'p' }, { argv: ['x'], timeoutMs: 1_000 });
    const headers = {
      'impersonate-user': 'dev',
      'impersonate-uid': '42',
      'impersonate-group': 'a, b',
      'impersonate-extra-example.com%2fscope': 'x, y',
    };
    expect(server.requests.map((seen) => seen.headers)).toMatchObject([headers, headers]);
  });

  it.each(['gcp', 'azure'])('the %s provider that kubectl dropped is named, and its command not run', async (name) => {
    const user = { 'auth-provider': { name, config: { 'cmd-path': '/bin/false', expiry: OLD } } };
    expect(obstacleOf(await (await connected(await answering(), { user })).raw(PATH))).toMatchObject({
      kind: 'unauthorized',
      plugin: name,
    });
  });

  const idToken = (exp: number) =>
    ['{"alg":"none"}', JSON.stringify({ exp }), 'x'].map((part) => Buffer.from(part).toString('base64url')).join('.');
  const oidc = (exp: number) => ({ 'auth-provider': { name: 'oidc', config: { 'id-token': idToken(exp) } } });

  it('an OIDC login', async () => {
    const server = await answering();
    const later = Math.round(Date.now() / 1000) + 600;
    await (await connected(server, { user: oidc(later) })).raw(PATH);
    expect(sent(server)).toEqual([`Bearer ${idToken(later)}`]);
  });

  it('an OIDC login that expired and cannot be renewed sends nobody in', async () => {
    const server = await answering();
    const obstacle = obstacleOf(await (await connected(server, { user: oidc(1) })).raw(PATH));
    expect(obstacle).toEqual({ kind: 'unauthorized', plugin: 'oidc', message: 'the login has expired' });
    expect(server.requests).toEqual([]);
  });
});
