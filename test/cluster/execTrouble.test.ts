import { describe, expect, it } from 'vitest';
import type { ExecQuery } from '../../src/model/cluster.ts';
import { type Answer, failure, html, json, type Session, text } from '../support/apiServer.ts';
import { apiServer, connected, obstacleOf } from './support.ts';

const POD = { namespace: 'shop', name: 'p' };
const PATH = '/api/v1/namespaces/shop/pods/p/exec';
const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;
const nonZero = (code: number) =>
  JSON.stringify({
    metadata: {},
    status: 'Failure',
    reason: 'NonZeroExitCode',
    message: `command terminated with non-zero exit code: exit status ${code}`,
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  });

const internal = (message: string) =>
  JSON.stringify({
    metadata: {},
    status: 'Failure',
    reason: 'InternalError',
    code: 500,
    message: `Internal error occurred: ${message}`,
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

describe('a program that is not there', () => {
  const runc =
    'error executing command in container: failed to exec in container: OCI runtime exec failed: exec failed: unable to start container process: exec: "X": ';
  it.each([
    ['sh', internal(`${runc}executable file not found in $PATH: unknown`), 'no-shell'],
    ['/bin/bash', internal(`${runc}stat /bin/bash: no such file or directory: unknown`), 'no-shell'],
    ['curl', internal(`${runc}executable file not found in $PATH: unknown`), 'no-tool'],
    ['/etc/passwd', internal(`${runc}permission denied: unknown`), 'no-tool'],
  ])('%s', async (command, status, reason) => {
    const { fact } = await exec(finish(status), { argv: [command] });
    expect(obstacleOf(fact)).toMatchObject({
      kind: 'no-probe',
      reason,
      message: expect.stringContaining('OCI runtime'),
    });
  });

  it('as runtimes tell it that make it an exit code', async () => {
    const crun = 'error executing command: executable file `nslookup` not found in $PATH: No such file or directory';
    const { fact } = await exec(finish(nonZero(1), '', crun), { argv: ['nslookup'] });
    expect(obstacleOf(fact)).toMatchObject({ kind: 'no-probe', reason: 'no-tool' });
  });
});

describe('an exec that fails', () => {
  const forbidden =
    'pods "p" is forbidden: User "u" cannot create resource "pods/exec" in API group "" in the namespace "shop"';
  const upgrade = 'unable to upgrade connection: ';
  it.each<[string, Answer, object]>([
    [
      'forbidden, by the verb that the server names',
      failure(403, 'Forbidden', forbidden),
      { kind: 'forbidden', verb: 'create', resource: 'pods/exec', namespace: 'shop' },
    ],
    [
      'refused by admission',
      failure(403, 'Forbidden', 'admission webhook "x" denied the request'),
      { kind: 'api-error', status: 403 },
    ],
    ['no such pod', failure(404, 'NotFound', 'pods "p" not found'), { kind: 'no-probe', reason: 'not-running' }],
    [
      'no such container',
      failure(400, 'BadRequest', 'container x is not valid for pod p'),
      { kind: 'api-error', status: 400 },
    ],
    [
      'not scheduled',
      failure(400, 'BadRequest', 'pod p does not have a host assigned'),
      { kind: 'no-probe', reason: 'not-running' },
    ],
    [
      'waiting to start',
      failure(500, 'InternalError', `${upgrade}container not found ("c")`),
      { kind: 'no-probe', reason: 'not-running' },
    ],
    [
      'ended',
      failure(500, 'InternalError', 'cannot exec in a stopped container'),
      { kind: 'no-probe', reason: 'not-running' },
    ],
    [
      'its node is gone',
      failure(500, 'InternalError', 'error dialing backend: dial tcp 10.0.0.9:10250: connect: connection refused'),
      { kind: 'no-probe', reason: 'other' },
    ],
    ['a login', failure(401, 'Unauthorized', 'Unauthorized'), { kind: 'unauthorized' }],
    [
      'a proxy that knows no WebSocket',
      text('upgrade required', 400),
      { kind: 'api-error', status: 400, message: 'upgrade required' },
    ],
    ['a page', html('<title>Sign in</title>'), { kind: 'api-error', status: 200, reason: 'NotKubernetes' }],
    ['a 503', failure(503, 'ServiceUnavailable', 'down'), { kind: 'api-error', status: 503 }],
  ])('before it starts: %s', async (_what, refuse, expected) => {
    const server = await apiServer();
    server.onUpgrade(PATH, { refuse });
    server.on('GET', '/version', json({}));
    const client = await connected(server);
    const obstacle = obstacleOf(await client.exec(POD, { argv: ['x'], timeoutMs: 5_000 }));
    expect(obstacle).toMatchObject(expected);
    expect(server.requests).toHaveLength(1);
    expect(await client.raw('/version')).toMatchObject({ known: true }); // the connection is still good
  });

  it.each<[string, (session: Session) => void]>([
    ['the connection breaks', (session) => session.raw.destroy()],
    ['the connection is closed without a status', (session) => session.close()],
    ['the status cannot be read', (session) => session.send(STATUS, '{')],
    ['the frames are none', (session) => session.raw.write('nonsense, nonsense')],
  ])('on its way: %s', async (_what, behaviour) => {
    const { fact } = await exec((session) => {
      session.send(STDOUT, 'partial');
      behaviour(session);
    });
    expect(obstacleOf(fact)).toMatchObject({ kind: 'no-probe', reason: 'lost' });
  });

  it.each<[string, (session: Session) => void]>([
    ['the connection breaks', (session) => session.raw.destroy()],
    ['the time is up', () => undefined],
  ])('what came before is kept where it was asked for: %s', async (_what, behaviour) => {
    const told = (session: Session) => {
      session.send(STDOUT, 'partial');
      setTimeout(() => behaviour(session), 50);
    };
    const { fact } = await exec(told, { partial: true, timeoutMs: 500 });
    expect(fact).toMatchObject({ known: true, value: { stdout: 'partial', exitCode: -1, lost: expect.any(String) } });
  });

  it('nothing came, and so there is nothing to keep', async () => {
    const { fact } = await exec((session) => session.raw.destroy(), { partial: true });
    expect(obstacleOf(fact)).toMatchObject({ kind: 'no-probe', reason: 'lost' });
  });

  it('by the container ending in between', async () => {
    const { fact } = await exec(finish(internal('task abc not found: not found')));
    expect(obstacleOf(fact)).toMatchObject({ kind: 'no-probe', reason: 'not-running' });
  });

  it('by something that nobody foresaw', async () => {
    const { fact } = await exec(finish(internal('the moon is full')));
    expect(obstacleOf(fact)).toMatchObject({ kind: 'api-error', status: 500, reason: 'InternalError' });
  });
});
