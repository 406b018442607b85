import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Obstacle } from '../../src/model/fact.ts';
import { type Answer, cut, failure, html, inTurn, json, silence, startApiServer, text } from '../support/apiServer.ts';
import { createAuthority } from '../support/certificate.ts';
import { apiServer, type ConnectedOptions, connected, files, obstacleOf, SECRET } from './support.ts';

const PATH = '/version';

async function ask(answer: Answer, options: ConnectedOptions = {}) {
  const server = await apiServer();
  server.on('GET', PATH, answer);
  const client = await connected(server, options);
  return { fact: await client.raw<unknown>(PATH), server };
}

const raw =
  (bytes: string): Answer =>
  (response) => {
    response.socket?.end(bytes);
  };

describe('connections', () => {
  it('are kept: ten questions, one connection', async () => {
    const server = await apiServer();
    server.on('GET', PATH, json({}));
    const client = await connected(server);
    for (let i = 0; i < 10; i++) await client.raw(PATH);
    expect(server.requests).toHaveLength(10);
    expect(server.connections).toBe(1);
  });

  it('one that the server closed while it was idle is replaced', async () => {
    const server = await apiServer();
    server.on('GET', PATH, inTurn(json({}), cut, json({})));
    const client = await connected(server);
    expect(await client.raw(PATH)).toMatchObject({ known: true });
    expect(await client.raw(PATH)).toMatchObject({ known: true });
  });

  it('work over plain http, as of kubectl proxy', async () => {
    const server = await apiServer({ plainHttp: true });
    server.on('GET', PATH, json({ major: '1' }));
    expect(await (await connected(server)).raw(PATH)).toMatchObject({ known: true });
  });

  it('carry compressed answers', async () => {
    const { fact } = await ask((response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync('{"a":"é"}'));
    });
    expect(fact).toEqual({ known: true, value: { a: 'é' } });
  });
});

describe('retries of reads', () => {
  it.each([
    ['429 with Retry-After', failure(429, 'TooManyRequests', '', { 'Retry-After': '0' })],
    ['429 without', failure(429, 'TooManyRequests', '')],
    ['500', failure(500, 'InternalError', 'etcdserver: request timed out')],
    ['502 of a proxy', html('<html>bad gateway</html>', 502)],
    ['503', failure(503, 'ServiceUnavailable', '')],
    ['504', text('upstream timeout', 504)],
    ['a broken connection', cut],
    [
      'a body that breaks off',
      raw('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"a":'),
    ],
    ['a chunked body that breaks off', raw('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n')],
  ])('%s, then an answer', async (_what, trouble) => {
    const { fact, server } = await ask(inTurn(trouble, trouble, json({ fine: true })));
    expect(fact).toEqual({ known: true, value: { fine: true } });
    expect(server.requests).toHaveLength(3);
  });

  it('end: the trouble is told', async () => {
    const { fact, server } = await ask(failure(503, 'ServiceUnavailable', 'down'));
    expect(obstacleOf(fact)).toEqual({ kind: 'api-error', status: 503, reason: 'ServiceUnavailable', message: 'down' });
    expect(server.requests).toHaveLength(3);
  });

  it('are not made when the server asks for more time than there is', async () => {
    const { fact, server } = await ask(failure(429, 'TooManyRequests', 'later', { 'Retry-After': '60' }), {
      timeoutMs: 1_000,
    });
    expect(obstacleOf(fact)).toMatchObject({ kind: 'api-error', status: 429 });
    expect(server.requests).toHaveLength(1);
  });

  it.each([400, 403, 404, 409, 422])('are not made after %d', async (status) => {
    const { server } = await ask(failure(status, 'X', ''));
    expect(server.requests).toHaveLength(1);
  });
});

describe('limits', () => {
  it.each<[string, Answer]>([
    ['no answer', silence],
    ['a body that never ends', (response) => void response.writeHead(200).write('{')],
    ['retries without end', (response) => setTimeout(() => cut(response, {} as never), 20)],
  ])('%s', async (_what, answer) => {
    const delays = Array.from({ length: 1_000 }, () => 1);
    const { fact } = await ask(answer, { timeoutMs: 100, retryDelaysMs: delays });
    expect(obstacleOf(fact)).toEqual({ kind: 'timeout', what: 'GET /version', afterMs: 100 });
  });

  it.each([
    ['plain', (response: Parameters<Answer>[0]) => void response.end('x'.repeat(2_000))],
    [
      'compressed',
      (response: Parameters<Answer>[0]) =>
        void response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync('x'.repeat(2_000))),
    ],
  ])('a body over the cap, %s', async (_what, answer) => {
    const { fact, server } = await ask(answer, { maxBytes: 1_000 });
    expect(obstacleOf(fact)).toMatchObject({ kind: 'api-error', status: 200, reason: 'TooLarge' });
    expect(server.requests).toHaveLength(1);
  });
});

describe('answers that are none', () => {
  const notKubernetes = (status: number, message: string) => ({
    kind: 'api-error',
    status,
    reason: 'NotKubernetes',
    message,
  });
  it.each<[string, Answer, Obstacle | object]>([
    ['a login page', html('<!doctype html><title>Log in</title>'), notKubernetes(200, 'Log in')],
    ['a page without its content type', text('<html><body>Hi <b>you</b></body></html>', 200), { known: true }],
    ['a page that claims to be JSON', text('<html>Hi</html>', 200, 'application/json'), notKubernetes(200, 'Hi')],
    ['a 404 page', html('<title>404 Not Found</title>', 404), notKubernetes(404, '404 Not Found')],
    ['a 401 page', html('<title>Sign in</title>', 401), notKubernetes(401, 'Sign in')],
    ['a 403 page', html('<title>Blocked</title>', 403), notKubernetes(403, 'Blocked')],
    ['a 403 of few words', text('Forbidden', 403), notKubernetes(403, 'Forbidden')],
    [
      'a redirect',
      (response) => void response.writeHead(302, { Location: 'https://sso.example/login?token=abc' }).end(),
      notKubernetes(302, 'redirects to https://sso.example'),
    ],
    ['errors of some other API', json({ type: 'error', message: 'no' }, 404), notKubernetes(404, expect.anything())],
    ['nothing', (response) => void response.writeHead(200).end(), notKubernetes(200, 'HTTP 200')],
    [
      'truncated JSON',
      text('{"a":', 200, 'application/json'),
      { kind: 'api-error', status: 200, reason: 'InvalidJson' },
    ],
    [
      'a 502 page',
      html('<title>502 Bad Gateway</title>', 502),
      { kind: 'api-error', status: 502, message: '502 Bad Gateway' },
    ],
    ['401', failure(401, 'Unauthorized', 'Unauthorized'), { kind: 'unauthorized', message: 'Unauthorized' }],
    ['401 of few words', text('token expired', 401), { kind: 'unauthorized', message: 'token expired' }],
  ])('%s', async (_what, answer, expected) => {
    const { fact } = await ask(answer);
    expect(fact.known ? { known: true } : fact.obstacle).toMatchObject(expected);
  });

  it('no reason is given for what may well be the API server', async () => {
    const { fact } = await ask(html('<title>502</title>', 502));
    expect(obstacleOf(fact)).not.toHaveProperty('reason');
  });
});

describe('no connection', () => {
  async function unusedPort() {
    const server = await startApiServer();
    const { port } = server;
    await server.close();
    return port;
  }

  it.each([
    ['an address', '127.0.0.1'],
    ['a name with two addresses', 'localhost'],
  ])('refused: %s', async (_what, host) => {
    const server = await apiServer();
    const client = await connected(server, { cluster: { server: `https://${host}:${await unusedPort()}` } });
    const obstacle = obstacleOf(await client.raw(PATH));
    expect(obstacle).toMatchObject({
      kind: 'unreachable',
      code: 'ECONNREFUSED',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('a name that does not exist', async () => {
    const server = await apiServer();
    const client = await connected(server, { cluster: { server: 'https://nowhere.invalid:6443' } });
    expect(obstacleOf(await client.raw(PATH))).toMatchObject({
      kind: 'unreachable',
      code: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/),
    });
  });

  it('https spoken to a port of plain http', async () => {
    const server = await apiServer({ plainHttp: true });
    const client = await connected(server, { cluster: { server: server.url.replace('http:', 'https:') } });
    expect(obstacleOf(await client.raw(PATH))).toMatchObject({
      kind: 'unreachable',
      code: expect.stringMatching(/EPROTO|SSL/),
    });
  });
});

describe('certificates keep the code of their fault', () => {
  const authority = createAuthority();
  const long = new Date('2020-01-01');
  const other = Buffer.from(createAuthority('svc-debug other authority').cert).toString('base64');
  const caData = (pem: string) => ({ 'certificate-authority-data': Buffer.from(pem).toString('base64') });

  it.each([
    [
      'of another authority',
      authority.issue(),
      { 'certificate-authority-data': other },
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ],
    [
      'of an unknown authority',
      authority.issue(),
      { 'certificate-authority-data': undefined },
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ],
    ['expired', authority.issue({ notBefore: long, notAfter: long }), caData(authority.cert), 'CERT_HAS_EXPIRED'],
    [
      'for another name',
      authority.issue({ names: ['api.example'] }),
      caData(authority.cert),
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ],
  ])('%s', async (_what, certificate, cluster, code) => {
    const server = await apiServer({ certificate, ca: authority.cert });
    server.on('GET', PATH, json({}));
    const client = await connected(server, { cluster });
    expect(obstacleOf(await client.raw(PATH))).toMatchObject({ kind: 'unreachable', code });
    expect(
      obstacleOf(await client.exec({ namespace: 'a', name: 'b' }, { argv: ['x'], timeoutMs: 1_000 })),
    ).toMatchObject({ code });
  });

  it.each([
    ['tls-server-name', { 'tls-server-name': 'api.example' }],
    ['insecure-skip-tls-verify', { 'insecure-skip-tls-verify': true }],
  ])('%s is honoured', async (_what, cluster) => {
    const server = await apiServer({ certificate: authority.issue({ names: ['api.example'] }), ca: authority.cert });
    server.on('GET', PATH, json({}));
    expect(await (await connected(server, { cluster })).raw(PATH)).toMatchObject({ known: true });
  });

  it('the authorities of the system are trusted where the kubeconfig names none', async () => {
    const [bundle = ''] = await files({ 'bundle.pem': authority.cert });
    const server = await apiServer({ certificate: authority.issue(), ca: authority.cert });
    server.on('GET', PATH, json({}));
    const options = { cluster: { 'certificate-authority-data': undefined }, env: { SSL_CERT_FILE: bundle } };
    expect(await (await connected(server, options)).raw(PATH)).toMatchObject({ known: true });
  });
});

describe('secrets', () => {
  it('do not come back in messages, whoever repeats them', async () => {
    const { fact } = await ask((response, { headers }) =>
      failure(400, 'BadRequest', `odd header ${headers.authorization}`)(response, {} as never),
    );
    expect(obstacleOf(fact)).toMatchObject({ kind: 'api-error', status: 400 });
    expect(JSON.stringify(fact)).not.toContain(SECRET);
  });
});
