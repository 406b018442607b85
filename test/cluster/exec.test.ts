import { describe, expect, it } from 'vitest';
import type { ExecQuery } from '../../src/model/cluster.ts';
import { failure, type Session } from '../support/apiServer.ts';
import { apiServer, connected, knownValue, obstacleOf, program } from './support.ts';

const POD = { namespace: 'shop', name: 'p' };
const PATH = '/api/v1/namespaces/shop/pods/p/exec';
const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;
const SUCCESS = JSON.stringify({ metadata: {}, status: 'Success' });

const nonZero = (code: number) =>
  JSON.stringify({
    metadata: {},
    status: 'Failure',
    reason: 'NonZeroExitCode',
    message: `command terminated with non-zero exit code: exit status ${code}`,
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  });

async function exec(behaviour: (session: Session) => void, query: Partial<ExecQuery> = {}, protocols?: string[]) {
  const server = await apiServer(protocols ? { protocols } : {});
  server.onUpgrade(PATH, (session) => {
    for (const channel of [STDOUT, STDERR, STATUS]) session.send(channel, ''); // as a real server does
    behaviour(session);
  });
  const client = await connected(server);
  return { server, client, fact: await client.exec(POD, { argv: ['sh'], timeoutMs: 5_000, ...query }) };
}

const finish =
  (status: string, stdout = '', stderr = '') =>
  (session: Session) => {
    session.send(STDOUT, stdout);
    session.send(STDERR, stderr);
    session.send(STATUS, status);
    session.close();
  };

describe('a program that ran', () => {
  it('gives its output and exit code', async () => {
    const { fact, server } = await exec(finish(SUCCESS, 'out\n', 'err\n'), {
      argv: ['sh', '-c', 'a b&c=d?'],
      container: 'app',
    });
    expect(knownValue(fact)).toEqual({
      exitCode: 0,
      stdout: 'out\n',
      stderr: 'err\n',
      truncated: false,
      durationMs: expect.any(Number),
    });
    const query = [...server.requests[0]!.query];
    expect(query).toContainEqual(['container', 'app']);
    expect(query).toContainEqual(['tty', 'false']);
    expect(query).toContainEqual(['stdin', 'false']);
    expect(server.requests[0]!.query.getAll('command')).toEqual(['sh', '-c', 'a b&c=d?']);
    expect(server.requests[0]!.headers['sec-websocket-protocol']).toBe('v5.channel.k8s.io,v4.channel.k8s.io');
  });

  it.each([1, 3, 127, 255])('exit code %d', async (code) => {
    const { fact } = await exec(finish(nonZero(code), '', 'sh: curl: not found'));
    expect(knownValue(fact)).toMatchObject({ exitCode: code, stderr: 'sh: curl: not found' });
  });

  it('characters that are split between frames are whole', async () => {
    const bytes = Buffer.from('한글');
    const { fact } = await exec((session) => {
      session.send(STDOUT, bytes.subarray(0, 2));
      session.send(STDOUT, bytes.subarray(2));
      session.send(STATUS, SUCCESS);
    });
    expect(knownValue(fact).stdout).toBe('한글');
  });

  it('too much output is cut, and the exit code still comes', async () => {
    const behaviour = (session: Session) => {
      for (let i = 0; i < 100; i++) session.send(STDOUT, 'z'.repeat(65_536));
      finish(nonZero(2))(session);
    };
    const { fact } = await exec(behaviour, { maxBytes: 100_000 });
    const { stdout, truncated, exitCode } = knownValue(fact);
    expect([stdout.length, truncated, exitCode]).toEqual([100_000, true, 2]);
  });

  it('a frame that closes a channel touches nothing of ours', async () => {
    const { fact } = await exec((session) => {
      session.send(255, Buffer.of(STDOUT));
      finish(SUCCESS, 'x')(session);
    });
    expect(knownValue(fact).stdout).toBe('x');
    expect(process.stdout.writable).toBe(true);
  });
});

describe('stdin', () => {
  const cat = (session: Session) =>
    session.onReceived((channel) => {
      if (channel === 255 || session.received(0).endsWith('exit\n')) finish(SUCCESS, session.received(0))(session);
    });

  it('is sent and closed under v5', async () => {
    const stdin = 'é'.repeat(50_000);
    const { fact } = await exec(cat, { stdin });
    expect(knownValue(fact).stdout).toBe(stdin);
  });

  it('is sent under v4, which cannot close it', async () => {
    const { fact } = await exec(cat, { stdin: 'echo hi\nexit\n' }, ['v4.channel.k8s.io']);
    expect(knownValue(fact).stdout).toBe('echo hi\nexit\n');
  });
});

describe('limits', () => {
  it('a program that never ends', async () => {
    const { fact } = await exec((session) => session.send(STDOUT, 'x'), { timeoutMs: 60 });
    expect(obstacleOf(fact)).toEqual({ kind: 'timeout', what: `GET ${PATH}`, afterMs: 60 });
  });

  it('a server that never answers the upgrade', async () => {
    const server = await apiServer();
    server.onUpgrade(PATH, { hang: true });
    const fact = await (await connected(server)).exec(POD, { argv: ['x'], timeoutMs: 60 });
    expect(obstacleOf(fact)).toMatchObject({ kind: 'timeout', afterMs: 60 });
  });

  it('a caller who gives up', async () => {
    const server = await apiServer();
    const controller = new AbortController();
    let closed = false;
    server.onUpgrade(PATH, ({ socket }) => {
      socket.on('close', () => {
        closed = true;
      });
      controller.abort();
    });
    const client = await connected(server);
    const fact = await client.within(controller.signal).exec(POD, { argv: ['x'], timeoutMs: 5_000 });
    expect(obstacleOf(fact)).toEqual({ kind: 'cancelled' });
    await expect.poll(() => closed).toBe(true);
  });

  it('ten at once', async () => {
    const server = await apiServer();
    server.onUpgrade(PATH, (session) => finish(SUCCESS, session.seen.query.getAll('command').join())(session));
    const client = await connected(server);
    const numbers = Array.from({ length: 10 }, (_, i) => String(i));
    const facts = await Promise.all(numbers.map((n) => client.exec(POD, { argv: [n], timeoutMs: 5_000 })));
    expect(facts.map((fact) => knownValue(fact).stdout)).toEqual(numbers);
    expect(client.requests).toHaveLength(10);
  });
});

it('a login that has expired is renewed once', async () => {
  const server = await apiServer();
  const plugin = await program('console.log(JSON.stringify({ status: { token: String(process.hrtime.bigint()) } }))');
  server.onUpgrade(PATH, { refuse: failure(401, 'Unauthorized', 'Unauthorized') });
  const client = await connected(server, { user: { exec: { command: plugin } } });
  expect(obstacleOf(await client.exec(POD, { argv: ['x'], timeoutMs: 5_000 }))).toMatchObject({ kind: 'unauthorized' });
  const tokens = server.requests.map(({ headers }) => headers.authorization);
  expect(new Set(tokens).size).toBe(2);
  expect(tokens).toHaveLength(2);
});
