import { describe, expect, it } from 'vitest';
import { json, startApiServer } from '../support/apiServer.ts';
import { createAuthority } from '../support/certificate.ts';
import { apiServer, connected, files, obstacleOf } from './support.ts';

const PATH = '/version';

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
