import { describe, expect, it } from 'vitest';
import type { ForwardQuery, ForwardResult } from '../../src/model/cluster.ts';
import { failure, type Session } from '../support/apiServer.ts';
import { apiServer, connected, knownValue, obstacleOf } from './support.ts';

const POD = { namespace: 'shop', name: 'p' };
const PATH = '/api/v1/namespaces/shop/pods/p/portforward';
const DATA = 0;
const ERROR = 1;

async function forward(behaviour: (session: Session) => void, query: Partial<ForwardQuery> = {}) {
  const server = await apiServer();
  server.onUpgrade(PATH, (session) => {
    const port = Buffer.alloc(2);
    port.writeUInt16LE(8080);
    for (const channel of [DATA, ERROR]) session.send(channel, port); // each channel begins with the port
    behaviour(session);
  });
  const client = await connected(server);
  return { server, fact: await client.forward(POD, { port: 8080, timeoutMs: 2_000, ...query }) };
}

// As kubelet and containerd put it.
const trouble = (why: string) =>
  `error forwarding port 8080 to pod 6e83, uid : failed to execute portforward in network namespace "/var/run/netns/cni-1": ${why}`;
const refused = trouble(
  'failed to connect to localhost:8080 inside namespace "6e83", IPv4: dial tcp4 127.0.0.1:8080: connect: connection refused IPv6 dial tcp6: address localhost: no suitable address found',
);

describe('what the port did', () => {
  it.each<[string, (session: Session) => void, Partial<ForwardQuery>, ForwardResult]>([
    [
      'answered what was sent',
      (session) => session.onReceived((channel, payload) => session.send(channel, `you said ${payload}`)),
      { send: 'hello' },
      { outcome: 'answered', received: 'you said hello' },
    ],
    [
      'spoke first, in several pieces',
      (session) => {
        session.send(DATA, 'SSH-2.0');
        session.send(DATA, '-x\r\n');
      },
      {},
      { outcome: 'answered', received: 'SSH-2.0-x\r\n' },
    ],
    [
      'answered and closed',
      (session) => {
        session.send(DATA, 'bye');
        session.close();
      },
      {},
      { outcome: 'answered', received: 'bye' },
    ],
    [
      'answered, and then broke',
      (session) => {
        session.send(DATA, 'part');
        session.send(ERROR, trouble('connection reset by peer'));
      },
      {},
      { outcome: 'answered', received: 'part' },
    ],
    ['closed without a word', (session) => session.close(), {}, { outcome: 'closed', received: '' }],
    ['stayed silent', () => {}, { timeoutMs: 60 }, { outcome: 'silent', received: '' }],
    ['refused', (session) => session.send(ERROR, refused), {}, { outcome: 'refused', received: '', message: refused }],
    [
      'could not be reached',
      (session) => session.send(ERROR, trouble('i/o timeout')),
      {},
      { outcome: 'failed', received: '', message: trouble('i/o timeout') },
    ],
  ])('%s', async (_what, behaviour, query, expected) => {
    const { fact, server } = await forward(behaviour, query);
    expect(knownValue(fact)).toEqual(expected);
    expect(server.requests[0]!.query.get('ports')).toBe('8080');
  });

  it('at most 4 KiB are kept', async () => {
    const { fact } = await forward((session) => session.send(DATA, 'x'.repeat(10_000)));
    expect(knownValue(fact).received).toHaveLength(4_096);
  });

  it('nothing is sent when there is nothing to send', async () => {
    let bytes = '';
    const listen = (session: Session) =>
      session.onReceived((_channel, payload) => {
        bytes += payload;
      });
    const { fact } = await forward(listen, { timeoutMs: 60 });
    expect(knownValue(fact).outcome).toBe('silent');
    expect(bytes).toBe('');
  });
});

describe('no connection', () => {
  it.each<[string, (session: Session) => void, string]>([
    ['it breaks', (session) => session.raw.destroy(), 'lost'],
    [
      'the sandbox is gone',
      (session) => session.send(ERROR, 'failed to find sandbox "6e83" in store: not found'),
      'not-running',
    ],
    [
      'the sandbox has ended',
      (session) => session.send(ERROR, 'sandbox container "6e83" is not running'),
      'not-running',
    ],
  ])('%s', async (_what, behaviour, reason) => {
    expect(obstacleOf((await forward(behaviour)).fact)).toMatchObject({ kind: 'no-probe', reason });
  });

  it.each([
    ['no such pod', failure(404, 'NotFound', 'pods "p" not found'), { kind: 'no-probe', reason: 'not-running' }],
    [
      'forbidden',
      failure(
        403,
        'Forbidden',
        'pods "p" is forbidden: User "u" cannot get resource "pods/portforward" in API group "" in the namespace "shop"',
      ),
      { kind: 'forbidden', verb: 'get', resource: 'pods/portforward', namespace: 'shop' },
    ],
  ])('%s', async (_what, refuse, expected) => {
    const server = await apiServer();
    server.onUpgrade(PATH, { refuse });
    expect(obstacleOf(await (await connected(server)).forward(POD, { port: 1, timeoutMs: 1_000 }))).toMatchObject(
      expected,
    );
  });

  it('an upgrade that is never answered is a timeout, not a silent port', async () => {
    const server = await apiServer();
    server.onUpgrade(PATH, { hang: true });
    const fact = await (await connected(server)).forward(POD, { port: 1, timeoutMs: 60 });
    expect(obstacleOf(fact)).toMatchObject({ kind: 'timeout' });
  });

  it('a caller who gives up hears no verdict on the port', async () => {
    const server = await apiServer();
    const controller = new AbortController();
    server.onUpgrade(PATH, () => controller.abort());
    const client = await connected(server);
    const fact = await client.within(controller.signal).forward(POD, { port: 1, timeoutMs: 5_000 });
    expect(obstacleOf(fact)).toEqual({ kind: 'cancelled' });
  });
});
