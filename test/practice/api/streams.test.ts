import { describe, expect, test, vi } from 'vitest';
import WebSocket from 'ws';
import { PODS, served } from '../served.ts';

const on = served();

describe('exec and port-forward', () => {
  const client = { namespace: 'shop', name: 'client' };

  test.each([
    [
      'an exit code',
      { argv: ['sh', '-c', 'echo out; echo err >&2; exit 3'] },
      { exitCode: 3, stdout: 'out\n', stderr: 'err\n' },
    ],
    ['what is piped in', { argv: ['cat'], stdin: 'grüße\n' }, { exitCode: 0, stdout: 'grüße\n' }],
    ['a wait that nobody waits for', { argv: ['sh', '-c', 'sleep 3600; echo done'] }, { stdout: 'done\n' }],
  ])('%s', async (_, query, result) => {
    expect(await on.cluster.exec(client, { ...query, timeoutMs: 5000 })).toMatchObject({ known: true, value: result });
  });

  test.each([
    [
      { name: 'client', argv: ['java'] },
      { kind: 'no-probe', reason: 'no-tool' },
    ],
    [
      { name: 'pulling', argv: ['sh'] },
      { kind: 'no-probe', reason: 'not-running' },
    ],
    [
      { name: 'nosuch', argv: ['sh'] },
      { kind: 'no-probe', reason: 'not-running' },
    ],
    [
      { name: 'client', argv: ['sh'], container: 'nosuch' },
      { kind: 'api-error', status: 400 },
    ],
  ])('%j cannot be run', async ({ name, ...query }, obstacle) => {
    expect(await on.cluster.exec({ namespace: 'shop', name }, { ...query, timeoutMs: 5000 })).toMatchObject({
      known: false,
      obstacle,
    });
  });

  test('the older protocol serves as well, and a strange one is refused', async () => {
    const open = (protocol: string) => {
      const url = `${on.practice.server.url.replace('https', 'wss')}${PODS}/client/exec?command=echo&command=hi&stdout=true`;
      return new WebSocket(url, protocol, {
        ca: on.practice.server.certificate,
        headers: { authorization: `Bearer ${on.practice.server.token}` },
      });
    };
    const socket = open('v4.channel.k8s.io');
    const heard: string[] = [];
    socket.on('message', (data: Buffer) => heard.push(data.toString('latin1')));
    await new Promise((resolve) => socket.on('close', resolve));
    expect(heard.filter((text) => text.length > 1)).toEqual(['\x01hi\n', '\x03{"metadata":{},"status":"Success"}']);
    const strange = open('v1.channel.k8s.io');
    await expect(new Promise((_, reject) => strange.on('error', reject))).rejects.toThrow('501');
  });

  test.each([
    ['hidden', 8080, { outcome: 'answered', received: expect.stringContaining('hi\n') }],
    ['hidden', 80, { outcome: 'refused' }],
  ])('a port-forward to %s:%i', async (name, port, value) => {
    const send = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
    expect(await on.cluster.forward({ namespace: 'shop', name }, { port, send, timeoutMs: 3000 })).toMatchObject({
      known: true,
      value,
    });
  });

  test('a port-forward that nothing comes from ends with its connection', async () => {
    const tasks = () =>
      [...on.practice.stage.world.runtimes.values()]
        .filter(({ pod }) => pod.metadata.name === 'hidden')
        .flatMap(({ containers }) => containers.map(({ container }) => container?.tasks.size));
    const before = tasks();
    const silent = await on.cluster.forward(
      { namespace: 'shop', name: 'hidden' },
      { port: 8080, send: '', timeoutMs: 300 },
    );
    expect(silent).toMatchObject({ known: true });
    await vi.waitFor(() => expect(tasks()).toEqual(before));
    expect(before).toHaveLength(1);
  });
});
