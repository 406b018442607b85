import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { type ApiServer, failure, json } from '../support/apiServer.ts';
import { createAuthority } from '../support/certificate.ts';
import { apiServer, connected, files, obstacleOf, program } from './support.ts';

const PATH = '/version';
const OLD = '2020-01-01T00:00:00Z';

const exec = (command: string, more: object = {}) => ({
  exec: { apiVersion: 'client.authentication.k8s.io/v1', command, interactiveMode: 'IfAvailable', ...more },
});

/** A plugin that notes each of its runs, and issues the number of the run as a token. */
async function counting(status = '{}') {
  const [log = ''] = await files({ runs: '' });
  const plugin = await program(`
    const fs = require('fs');
    fs.appendFileSync(${JSON.stringify(log)}, 'x');
    const run = fs.readFileSync(${JSON.stringify(log)}, 'utf8').length;
    console.log(JSON.stringify({ kind: 'ExecCredential', status: { token: 'issued-token-' + run, ...${status} } }));`);
  return { plugin, runs: async () => (await readFile(log, 'utf8')).length };
}

async function answering(): Promise<ApiServer> {
  const server = await apiServer();
  server.on('GET', PATH, json({}));
  return server;
}

const sent = (server: ApiServer) => server.requests.map(({ headers }) => headers.authorization);

describe('a credential plugin', () => {
  it('runs once, however many questions are asked at once, and afterwards', async () => {
    const server = await answering();
    const { plugin, runs } = await counting();
    const client = await connected(server, { user: exec(plugin) });
    await Promise.all(Array.from({ length: 8 }, () => client.raw(PATH)));
    await client.raw(PATH);
    expect(await runs()).toBe(1);
    expect(new Set(sent(server))).toEqual(new Set(['Bearer issued-token-1']));
  });

  it('runs once more after a 401, for all questions that met it', async () => {
    const server = await answering();
    server.on('GET', PATH, (response, seen) => {
      const stale = seen.headers.authorization === 'Bearer issued-token-1';
      (stale ? failure(401, 'Unauthorized', 'Unauthorized') : json({}))(response, seen);
    });
    const { plugin, runs } = await counting();
    const client = await connected(server, { user: exec(plugin) });
    const facts = await Promise.all(Array.from({ length: 8 }, () => client.raw(PATH)));
    expect(facts.every(({ known }) => known)).toBe(true);
    expect(await runs()).toBe(2);
  });

  it('is not asked a third time: what the server refuses twice is refused', async () => {
    const server = await apiServer();
    server.on('GET', PATH, failure(401, 'Unauthorized', 'Unauthorized'));
    const { plugin, runs } = await counting();
    const obstacle = obstacleOf(await (await connected(server, { user: exec(plugin) })).raw(PATH));
    expect(obstacle).toEqual({ kind: 'unauthorized', message: 'Unauthorized' });
    expect(await runs()).toBe(2);
  });

  it('does not run for every question when our clock says that its token has expired', async () => {
    const server = await answering();
    const { plugin, runs } = await counting(JSON.stringify({ expirationTimestamp: OLD }));
    const client = await connected(server, { user: exec(plugin) });
    await client.raw(PATH);
    await client.raw(PATH);
    expect(await runs()).toBe(1);
  });

  it('meets the end of its input at once', async () => {
    const server = await answering();
    const plugin = await program(`
      let input = '';
      process.stdin.on('data', (text) => (input += text));
      process.stdin.on('end', () => console.log(JSON.stringify({ status: { token: 'read-' + input.length + '-bytes' } })));`);
    expect(await (await connected(server, { user: exec(plugin) })).raw(PATH)).toMatchObject({ known: true });
    expect(sent(server)).toEqual(['Bearer read-0-bytes']);
  });

  it('is told about the cluster, and gets the environment of the kubeconfig', async () => {
    const server = await answering();
    const plugin = await program(`
      const { spec, apiVersion } = JSON.parse(process.env.KUBERNETES_EXEC_INFO);
      const token = [apiVersion, spec.interactive, spec.cluster.server, spec.cluster.config.audience, process.env.PROFILE, process.argv[2]];
      console.log(JSON.stringify({ status: { token: token.join('|') } }));`);
    const more = { provideClusterInfo: true, env: [{ name: 'PROFILE', value: 'prod' }], args: ['get-token'] };
    const extensions = [{ name: 'client.authentication.k8s.io/exec', extension: { audience: 'abc' } }];
    await (await connected(server, { user: exec(plugin, more), cluster: { extensions } })).raw(PATH);
    const told = ['client.authentication.k8s.io/v1', false, server.url, 'abc', 'prod', 'get-token'];
    expect(sent(server)).toEqual([`Bearer ${told.join('|')}`]);
  });

  it('may issue a client certificate', async () => {
    const authority = createAuthority();
    const { cert, key } = authority.issue({ commonName: 'me' });
    const server = await apiServer({ clientCa: authority.cert });
    let subject: unknown;
    server.on('GET', PATH, (response, seen) => {
      subject = (response.socket as import('node:tls').TLSSocket).getPeerCertificate().subject;
      json({})(response, seen);
    });
    const status = JSON.stringify({ clientCertificateData: cert, clientKeyData: key });
    const plugin = await program(`console.log(${JSON.stringify(JSON.stringify({ status: JSON.parse(status) }))})`);
    expect(await (await connected(server, { user: exec(plugin) })).raw(PATH)).toMatchObject({ known: true });
    expect(subject).toMatchObject({ CN: 'me' });
  });

  it.each<[what: string, source: string, message: string | RegExp]>([
    ['says why', 'console.error("run: aws sso login"); process.exit(255)', 'run: aws sso login'],
    ['says nothing', 'process.exit(3)', 'it failed with exit code 3'],
    ['answers with something else', 'console.log("hello")', 'its answer holds no credential'],
    ['answers without credential', 'console.log(JSON.stringify({ status: {} }))', 'its answer holds no credential'],
    [
      'answers with a certificate that is none',
      'console.log(JSON.stringify({ status: { clientCertificateData: "x", clientKeyData: "y" } }))',
      /certificate cannot be used/,
    ],
    [
      'tells a secret',
      'console.error("bad token: eyJhbGciOi.eyJzdWIi.c2ln password=hunter2hunter2"); process.exit(1)',
      'bad token: [hidden] password=[hidden]',
    ],
  ])('that fails is named: it %s', async (_what, source, message) => {
    const server = await answering();
    const plugin = await program(source);
    const obstacle = obstacleOf(await (await connected(server, { user: exec(plugin) })).raw(PATH));
    const words = message instanceof RegExp ? expect.stringMatching(message) : message;
    expect(obstacle).toEqual({ kind: 'unauthorized', plugin, message: words });
    expect(server.requests).toEqual([]);
  });

  it('that is missing brings the hint of the kubeconfig', async () => {
    const server = await answering();
    const user = exec('no-such-login', { installHint: 'Install it from https://example.com' });
    expect(obstacleOf(await (await connected(server, { user })).raw(PATH))).toEqual({
      kind: 'unauthorized',
      plugin: 'no-such-login',
      message: 'executable not found. Install it from https://example.com',
    });
  });

  it('that needs a terminal is not started', async () => {
    const user = exec('login', { interactiveMode: 'Always' });
    const obstacle = obstacleOf(await (await connected(await answering(), { user })).raw(PATH));
    expect(obstacle).toEqual({ kind: 'unauthorized', plugin: 'login', message: 'it needs a terminal to log in' });
  });

  const hanging = 'require("child_process").spawn("sleep", ["5"], { stdio: "inherit" }); setInterval(() => {}, 1e9)';

  it('that hangs is given up, for all questions, and not started again at once', async () => {
    const plugin = await program(hanging);
    const client = await connected(await answering(), { user: exec(plugin), pluginTimeoutMs: 300 });
    const startedAt = performance.now();
    const facts = await Promise.all([client.raw(PATH), client.raw(PATH)]);
    facts.push(await client.raw(PATH));
    const obstacle = { kind: 'unauthorized', plugin, message: 'it gave no answer within 0.3 s' };
    expect(facts.map(obstacleOf)).toEqual([obstacle, obstacle, obstacle]);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  it('does not keep a question from being called off', async () => {
    const plugin = await program(hanging);
    const client = await connected(await answering(), { user: exec(plugin) });
    const asked = client.within(AbortSignal.timeout(50)).raw(PATH);
    expect(obstacleOf(await asked)).toMatchObject({ kind: 'timeout' });
  });

  it('is not run where there is a token', async () => {
    const server = await answering();
    await (await connected(server, { user: { ...exec('no-such-login'), token: 'static' } })).raw(PATH);
    expect(sent(server)).toEqual(['Bearer static']);
  });
});
