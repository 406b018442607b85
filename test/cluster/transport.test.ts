import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Answer, cut, failure, html, inTurn, json, silence, text } from '../support/apiServer.ts';
import { apiServer, type ConnectedOptions, connected, obstacleOf } from './support.ts';

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
    const { fact } = await ask(answer, { timeoutMs: 300, retryDelaysMs: delays });
    expect(obstacleOf(fact)).toEqual({ kind: 'timeout', what: 'GET /version', afterMs: 300 });
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
