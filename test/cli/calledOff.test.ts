import { spawn } from 'node:child_process';
import { afterEach, expect, test, vi } from 'vitest';
import { type ApiServer, silence, startApiServer } from '../support/apiServer.ts';
import type { FakeObject } from '../support/fakeCluster.ts';
import { pod, service } from '../support/objects.ts';
import { type PodBehaviour, servePods } from '../support/pods.ts';
import { cleanEnv, fileWith, PROGRAM } from '../support/program.ts';
import { serveObjects } from '../support/served.ts';
import { KEYS, openTerminal, type TerminalSession } from '../support/terminal.ts';
import { endpoint, slice } from '../support/workloads.ts';

vi.setConfig({ testTimeout: 30_000 });

const running = pod();
const SHOP: FakeObject[] = [
  { kind: 'Namespace', metadata: { name: 'shop' } },
  service(),
  running,
  slice({ endpoints: [endpoint(running)] }),
];
const PULLING = { reason: 'ContainerCreating', message: 'pulling the image' };

const open: { server?: ApiServer; terminal?: TerminalSession } = {};
afterEach(async () => {
  open.terminal?.kill('SIGKILL');
  delete open.terminal;
  await open.server?.close();
});

async function serve(behaviour: PodBehaviour) {
  const server = await startApiServer();
  open.server = server;
  serveObjects(server, SHOP);
  return { server, pods: servePods(server, 'shop', behaviour) };
}

async function start(behaviour: PodBehaviour) {
  const { server, pods } = await serve(behaviour);
  const args = [PROGRAM, 'web', '-n', 'shop', '--yes', '--kubeconfig', fileWith(server.kubeconfig())];
  const terminal = openTerminal({ args, env: cleanEnv(), rows: 40 });
  open.terminal = terminal;
  await vi.waitFor(() => expect(pods.created).toHaveLength(1), { timeout: 10_000 });
  return { server, pods, terminal };
}

/** What is known is printed, the cursor is back, and the exit code is that of a cancelled run. */
async function expectCalledOff(terminal: TerminalSession, limitMs?: number) {
  expect((await terminal.ended(limitMs)).exitCode).toBe(130);
  expect(terminal.cursorVisible()).toBe(true);
  return terminal.screen();
}

test('while the pod starts: what is known is printed, the pod is removed', async () => {
  const { terminal, pods } = await start({ waiting: PULLING });
  await terminal.until(/Probe pod: .*pulling the image/);
  terminal.type(KEYS.ctrlC);
  expect(await expectCalledOff(terminal)).toMatch(/ok +exists[\s\S]*STOPPED/);
  expect(pods.deleted).toEqual(pods.created);
});

test('while a question is asked from it', async () => {
  const { terminal, pods, server } = await start({});
  await vi.waitFor(() => expect(server.requests.some(({ path }) => path.endsWith('/exec'))).toBe(true), {
    timeout: 10_000,
  });
  terminal.type(KEYS.ctrlC);
  expect(await expectCalledOff(terminal)).toMatch(/STOPPED/);
  expect(pods.deleted).toEqual(pods.created);
});

test('while its creation is under way: it is undone', async () => {
  let answer = () => undefined as unknown;
  const creation = new Promise((resolve) => {
    answer = () => resolve(undefined);
  });
  const { terminal, pods } = await start({ creation });
  terminal.type(KEYS.ctrlC);
  await terminal.until(/STOPPED/);
  answer();
  await expectCalledOff(terminal);
  expect(pods.deleted).toEqual(pods.created);
});

test('a pod that cannot be removed in time is named, with the command for it', async () => {
  const { terminal, pods } = await start({ waiting: PULLING, deletion: silence });
  terminal.type(KEYS.ctrlC);
  const screen = await expectCalledOff(terminal, 12_000);
  expect(screen).toContain(`shop/${pods.created[0]}`);
  expect(screen).toContain('its removal gave no answer within');
  // the terminal breaks the long line
  expect(screen.replaceAll('\n', '')).toMatch(/svc-debug --kubeconfig .*cleanup -n shop/);
});

test('a second Ctrl-C quits at once, and names what is left', async () => {
  const { terminal, pods } = await start({ waiting: PULLING, deletion: silence });
  terminal.type(KEYS.ctrlC);
  await terminal.until(/STOPPED/);
  const pressed = Date.now();
  terminal.type(KEYS.ctrlC);
  expect(await expectCalledOff(terminal)).toContain(`shop/${pods.created[0]}`);
  expect(Date.now() - pressed).toBeLessThan(2000);
});

test('g goes on without a pod that does not start', async () => {
  const { terminal, pods } = await start({ waiting: PULLING });
  await terminal.until(/g goes on without it/);
  terminal.type('g');
  expect(await terminal.until(/q quit/)).toMatch(/you went on without the probe pod/);
  terminal.type('q');
  expect((await terminal.ended()).exitCode).toBe(3);
  expect(pods.deleted).toEqual(pods.created);
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('without a terminal, by %s', async (signal) => {
  const { server, pods } = await serve({ waiting: PULLING });
  const args = [PROGRAM, 'web', '-n', 'shop', '--yes', '--kubeconfig', fileWith(server.kubeconfig())];
  const child = spawn(process.execPath, args, { env: cleanEnv() });
  let stdout = '';
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  await vi.waitFor(() => expect(pods.created).toHaveLength(1), { timeout: 10_000 });
  child.kill(signal);
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(130);
  expect(stdout).toMatch(/STOPPED/);
  expect(pods.deleted).toEqual(pods.created);
});

test('a reader that goes away ends the run quietly, and the pod is removed', async () => {
  const { server, pods } = await serve({ waiting: PULLING });
  const command = `"$0" "$@" | head -n 1`;
  const args = [
    PROGRAM,
    'web',
    '-n',
    'shop',
    '--yes',
    '--timeout',
    '3s',
    '--kubeconfig',
    fileWith(server.kubeconfig()),
  ];
  const child = spawn('sh', ['-c', command, process.execPath, ...args], { env: cleanEnv() });
  let stderr = '';
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  await new Promise((resolve) => child.on('close', resolve));
  expect(stderr).toBe('');
  expect(pods.created).toHaveLength(1);
  await vi.waitFor(() => expect(pods.deleted).toEqual(pods.created), { timeout: 10_000 });
});
