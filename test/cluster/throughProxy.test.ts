import http from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { json } from '../support/apiServer.ts';
import { createAuthority } from '../support/certificate.ts';
import { apiServer, connected, knownValue, obstacleOf } from './support.ts';

const PATH = '/version';
const EXEC = '/api/v1/namespaces/shop/pods/p/exec';

async function listening<S extends Server>(server: S): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

function joined(one: Socket, other: Socket) {
  one.on('error', () => other.destroy());
  other.on('error', () => one.destroy());
  one.pipe(other).pipe(one);
}

/** A proxy to which every name is this machine. */
async function httpProxy(status = '200 OK') {
  const asked: string[] = [];
  const server = http.createServer().on('connect', (request, client: Socket) => {
    asked.push(request.url ?? '');
    const port = Number(request.url?.split(':').at(-1));
    const upstream = connect(port, '127.0.0.1', () => client.write(`HTTP/1.1 ${status}\r\n\r\n`));
    joined(client, upstream);
  });
  return { url: `http://127.0.0.1:${await listening(server)}`, asked };
}

/** RFC 1928, as far as a client without password needs it. */
async function socksProxy() {
  const asked: string[] = [];
  const server = createServer((client) => {
    client.once('data', () => {
      client.write(Buffer.of(5, 0));
      client.once('data', (request) => {
        const byName = request[3] === 3;
        const port = request.readUInt16BE(request.length - 2);
        asked.push(byName ? request.subarray(5, -2).toString() : 'an address');
        const upstream = connect(port, '127.0.0.1', () => client.write(Buffer.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0)));
        joined(client, upstream);
      });
    });
  });
  return { url: `socks5://127.0.0.1:${await listening(server)}`, asked };
}

/** A server with a name that only the proxy knows. */
async function hiddenServer() {
  const authority = createAuthority();
  const server = await apiServer({ certificate: authority.issue({ names: ['api.invalid'] }), ca: authority.cert });
  server.on('GET', PATH, json({ major: '1' }));
  server.onUpgrade(EXEC, ({ send }) => send(3, JSON.stringify({ status: 'Success' })));
  return { server, address: `https://api.invalid:${server.port}` };
}

describe('requests and upgrades go through a proxy', () => {
  it('that the environment names, over one tunnel', async () => {
    const { server, address } = await hiddenServer();
    const proxy = await httpProxy();
    const client = await connected(server, { cluster: { server: address }, env: { HTTPS_PROXY: proxy.url } });
    for (let i = 0; i < 5; i++) expect(await client.raw(PATH)).toMatchObject({ known: true });
    expect(proxy.asked).toEqual([`api.invalid:${server.port}`]);
    const pod = { namespace: 'shop', name: 'p' };
    expect(knownValue(await client.exec(pod, { argv: ['x'], timeoutMs: 5_000 }))).toMatchObject({ exitCode: 0 });
  });

  it('of SOCKS, which resolves the name', async () => {
    const { server, address } = await hiddenServer();
    const proxy = await socksProxy();
    const client = await connected(server, { cluster: { server: address, 'proxy-url': proxy.url } });
    for (let i = 0; i < 5; i++) expect(await client.raw(PATH)).toMatchObject({ known: true });
    expect(proxy.asked).toEqual(['api.invalid']);
  });

  it('that refuses: it is the proxy that is named', async () => {
    const { server, address } = await hiddenServer();
    const proxy = await httpProxy('407 Proxy Authentication Required');
    const client = await connected(server, {
      cluster: { server: address, 'proxy-url': proxy.url.replace('//', '//me:secret-word@') },
    });
    const obstacle = obstacleOf(await client.raw(PATH));
    expect(obstacle).toEqual({ kind: 'unreachable', message: `through proxy ${proxy.url}: Bad response: 407` });
  });

  it('that is not there', async () => {
    const { server, address } = await hiddenServer();
    const client = await connected(server, { cluster: { server: address, 'proxy-url': 'http://127.0.0.1:1' } });
    expect(obstacleOf(await client.raw(PATH))).toMatchObject({
      kind: 'unreachable',
      code: 'ECONNREFUSED',
      message: expect.stringContaining('through proxy'),
    });
  });

  it('but not to this machine itself', async () => {
    const server = await apiServer();
    server.on('GET', PATH, json({}));
    const client = await connected(server, { env: { HTTPS_PROXY: 'http://127.0.0.1:1' } });
    expect(await client.raw(PATH)).toMatchObject({ known: true });
  });
});
