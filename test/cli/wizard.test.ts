import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type ApiServer, startApiServer } from '../support/apiServer.ts';
import type { FakeObject } from '../support/fakeCluster.ts';
import { pod, service } from '../support/objects.ts';
import { cleanEnv, emptyFolder, fileWith, PROGRAM } from '../support/program.ts';
import { serveObjects } from '../support/served.ts';
import { KEYS, openTerminal, type TerminalSession } from '../support/terminal.ts';

vi.setConfig({ testTimeout: 20_000 });

const namespace = { kind: 'Namespace', metadata: { name: 'shop' } };

const slice = (name: string, ready: boolean): FakeObject =>
  ({
    kind: 'EndpointSlice',
    metadata: { name: `${name}-x`, namespace: 'shop', labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.244.0.5'], conditions: { ready }, targetRef: { kind: 'Pod', name: `${name}-1` } }],
    ports: [{ name: '', port: 8080, protocol: 'TCP' }],
  }) as FakeObject;

const client = pod({
  name: 'client-1',
  labels: { app: 'client' },
  spec: { containers: [{ name: 'c', image: 'i', env: [{ name: 'WEB_URL', value: 'http://web' }] }] },
  status: {
    containerStatuses: [{ name: 'c', image: 'i', imageID: '', ready: true, restartCount: 0, state: { running: {} } }],
  },
});

/** Service `web` in order, `lame` without a ready endpoint, and a pod that is a client of `web`. */
const SHOP: FakeObject[] = [
  namespace,
  service({ name: 'web' }),
  slice('web', true),
  pod({ name: 'web-1' }),
  service({ name: 'lame', selector: { app: 'lame' } }),
  slice('lame', false),
  client,
];

const open: { server?: ApiServer; terminal?: TerminalSession } = {};
afterEach(async () => {
  open.terminal?.kill('SIGKILL');
  await open.server?.close();
});

interface Setting {
  objects?: FakeObject[];
  env?: Record<string, string | undefined>;
  columns?: number;
  cwd?: string;
  /** Every answer of the server waits for it. */
  gate?: Promise<unknown>;
}

async function start(args: string[], { objects = SHOP, env, columns, cwd, gate }: Setting = {}) {
  const server = await startApiServer();
  open.server = server;
  serveObjects(server, objects);
  if (gate) holdBack(server, gate);
  const terminal = openTerminal({
    args: [PROGRAM, ...args, '-n', 'shop', '--kubeconfig', fileWith(server.kubeconfig())],
    env: { ...cleanEnv(), ...env },
    rows: 40,
    ...(columns !== undefined && { columns }),
    ...(cwd !== undefined && { cwd }),
  });
  open.terminal = terminal;
  return { server, terminal };
}

function holdBack(server: ApiServer, gate: Promise<unknown>) {
  const on = server.on.bind(server);
  serveObjects(
    {
      on: (method: string, path: string, answer: Parameters<ApiServer['on']>[2]) =>
        on(method, path, (...args) => void gate.then(() => answer(...args))),
    } as ApiServer,
    SHOP,
  );
}

const wroteNothing = (server: ApiServer) => server.requests.every(({ method }) => method === 'GET');

const QUESTION = /From where\?/;
const MENU = /q quit \(exit \d\)/;

describe('a Service to pick', () => {
  test('unhealthy-looking ones come first, typing narrows, Enter picks', async () => {
    const { terminal, server } = await start([]);
    const list = await terminal.until(/Which Service[\s\S]*lame[\s\S]*web/);
    expect(list.indexOf('lame')).toBeLessThan(list.indexOf('web'));
    expect(list).toMatch(/lame .*0 of 1 ready/);
    expect(server.requests.map(({ path }) => path.split('/').at(-1)).sort()).toEqual(['endpointslices', 'services']);
    terminal.type('we');
    await terminal.until(/Which Service.*we\b/);
    terminal.type(KEYS.enter);
    expect(await terminal.until(QUESTION)).toMatch(/shop\/web/);
  });

  test('Ctrl-C picks none', async () => {
    const { terminal } = await start([]);
    await terminal.until(/Which Service/);
    terminal.type(KEYS.ctrlC);
    expect((await terminal.ended()).exitCode).toBe(130);
    expect(terminal.cursorVisible()).toBe(true);
  });

  test('a namespace without Services says so', async () => {
    const { terminal } = await start([], { objects: [namespace, client] });
    expect((await terminal.ended()).exitCode).toBe(1);
    expect(await terminal.screen()).toMatch(/no Service in namespace shop/);
  });
});

describe('the one question', () => {
  test('a client that names the Service is offered first, then a new pod, then nothing', async () => {
    const { terminal } = await start(['web']);
    const screen = await terminal.until(/nowhere/);
    expect(screen).toMatch(/pod client-1 +exec \(audited\); env WEB_URL names it\n.*a new pod beside it .*\n.*nowhere/);
    expect(screen).toMatch(/nothing is created yet/);
  });

  test('all that the answer consents to is announced', async () => {
    const { terminal } = await start(['web']);
    const screen = (await terminal.until(/nowhere/)).replaceAll(/\s+/g, ' ');
    expect(screen).toMatch(/pods of web by port-forward, and asks by exec from one of them/);
    expect(screen).toMatch(/or from a pod that NetworkPolicies admit/);
  });

  test('nowhere: the API verdict stands, nothing is created', async () => {
    const { terminal, server } = await start(['web']);
    await terminal.until(/nowhere/);
    terminal.type(KEYS.down + KEYS.down + KEYS.enter);
    await terminal.until(MENU);
    terminal.type('q');
    expect((await terminal.ended()).exitCode).toBe(3);
    expect(wroteNothing(server)).toBe(true);
  });

  test('--from settles the client: only consent is asked for', async () => {
    const { terminal } = await start(['web', '--from', 'pod/client-1']);
    const screen = await terminal.until(/nowhere/);
    expect(screen).toMatch(/pod\/client-1 +the client of --from/);
    expect(screen).not.toMatch(/new pod beside/);
  });

  test('what was typed before it is no answer to it', async () => {
    let release = () => undefined as unknown;
    const gate = new Promise((resolve) => {
      release = () => resolve(undefined);
    });
    const { terminal, server } = await start(['web'], { gate });
    await terminal.until(/Reading the/);
    terminal.type(`${KEYS.enter}${KEYS.enter}q`);
    release();
    await terminal.until(/nowhere/);
    terminal.type(KEYS.down);
    await terminal.until(/[❯>] a new pod/);
    expect(wroteNothing(server)).toBe(true);
  });

  test.each([
    ['--probe none', ['--probe', 'none'], {}],
    ['--no-input', ['--no-input'], {}],
    ['a CI job', [], { CI: 'true' }],
  ])('is not asked with %s', async (_what, args, env) => {
    const { terminal, server } = await start(['web', '--no-input', ...args], { env });
    expect((await terminal.ended()).exitCode).toBe(3);
    expect(await terminal.screen()).not.toMatch(QUESTION);
    expect(wroteNothing(server)).toBe(true);
  });
});

describe('the menu', () => {
  async function toMenu(setting: Setting = {}) {
    const started = await start(['web'], setting);
    await started.terminal.until(/nowhere/);
    started.terminal.type(KEYS.up + KEYS.enter);
    await started.terminal.until(MENU);
    return started;
  }

  test('e shows the evidence, s prints the report', async () => {
    const { terminal } = await start(['web', '--probe', 'none']);
    await terminal.until(MENU);
    terminal.type('e');
    await terminal.until(/(\? .*q quit.*[\s\S]*){2}/);
    terminal.type('s');
    await terminal.until(/Where to, the report/);
    terminal.type(KEYS.enter);
    expect(await terminal.until(/# svc-debug:[\s\S]*q quit/)).toMatch(/shop\/web/);
    terminal.type('q');
    expect((await terminal.ended()).exitCode).toBe(3);
  });

  test('s saves the report in a file', async () => {
    const cwd = emptyFolder();
    const { terminal } = await start(['web', '--probe', 'none'], { cwd });
    await terminal.until(MENU);
    terminal.type('s');
    await terminal.until(/Where to, the report/);
    terminal.type(KEYS.down + KEYS.enter);
    await terminal.until(/Saved as/);
    const [file = ''] = readdirSync(cwd);
    expect(file).toMatch(/^svc-debug-web-\d+T\d+Z\.md$/);
    expect(readFileSync(path.join(cwd, file), 'utf8')).toMatch(/^# svc-debug:/);
  });

  test('other keys do nothing, Q quits', async () => {
    const { terminal } = await start(['web', '--probe', 'none']);
    await terminal.until(MENU);
    terminal.type('xyz7');
    terminal.type(KEYS.enter);
    terminal.type('Q');
    expect((await terminal.ended()).exitCode).toBe(3);
  });

  test('Ctrl-C in it ends with 130', async () => {
    const { terminal } = await toMenu();
    terminal.type(KEYS.ctrlC);
    expect((await terminal.ended()).exitCode).toBe(130);
    expect(terminal.cursorVisible()).toBe(true);
  });
});

describe('called off', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('by %s while the API is read', async (signal) => {
    const { terminal } = await start(['web'], { gate: new Promise(() => undefined) });
    await terminal.until(/Reading the/);
    if (signal === 'SIGINT') terminal.type(KEYS.ctrlC);
    else terminal.kill(signal);
    expect((await terminal.ended()).exitCode).toBe(130);
    expect(terminal.cursorVisible()).toBe(true);
    expect(await terminal.screen()).toMatch(/STOPPED/);
  });

  test('in the question: what the API told is printed', async () => {
    const { terminal } = await start(['web']);
    await terminal.until(/nowhere/);
    terminal.type(KEYS.ctrlC);
    expect((await terminal.ended()).exitCode).toBe(130);
    expect(await terminal.screen()).toMatch(/ok +access/);
    expect(terminal.cursorVisible()).toBe(true);
  });
});

describe('other terminals', () => {
  test.each([
    ['NO_COLOR', [], { NO_COLOR: '1' }],
    ['--no-color', ['--no-color'], {}],
  ])('no colour with %s', async (_what, args, env) => {
    const { terminal } = await start(['web', ...args], { env });
    await terminal.until(/nowhere/);
    terminal.type(KEYS.up + KEYS.enter);
    await terminal.until(MENU);
    expect(terminal.raw()).not.toMatch(/\x1b\[(3|9|4|10)\d(;\d+)*m/);
  });

  test('forty columns: the menu is whole, one item a line', async () => {
    const { terminal } = await start(['web', '--probe', 'none'], { columns: 40 });
    expect(await terminal.until(MENU)).toMatch(/e evidence\n +s report to paste\n +q quit \(exit 3\)/);
  });

  test('a dumb terminal: numbered lines, no cursor movement', async () => {
    const { terminal } = await start(['web'], { env: { TERM: 'dumb' } });
    await terminal.until(/Number \[1\]/);
    terminal.type('7\r');
    await terminal.until(/Number \[1\][\s\S]*Number \[1\]/);
    terminal.type('3\r');
    await terminal.until(MENU);
    expect(terminal.raw()).not.toMatch(/\x1b\[/);
    terminal.type('q');
    expect((await terminal.ended()).exitCode).toBe(3);
  });
});
