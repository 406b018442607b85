import { afterEach, describe, expect, test, vi } from 'vitest';
import { patched } from '../../src/model/fix/narrow.ts';
import type { Service } from '../../src/model/kubernetes.ts';
import {
  type Answer,
  type ApiServer,
  failure,
  json,
  type Seen,
  silence,
  startApiServer,
} from '../support/apiServer.ts';
import { runInside } from '../support/host.ts';
import { pod, type ServiceLike, service } from '../support/objects.ts';
import { cleanEnv, fileWith, PROGRAM, runProgram } from '../support/program.ts';
import { serveObjects } from '../support/served.ts';
import { KEYS, openTerminal, type TerminalSession } from '../support/terminal.ts';

vi.setConfig({ testTimeout: 40_000 });

const PATH = '/api/v1/namespaces/shop/services/web';
const SELECTOR = { app: 'wbe', tier: 'on' };
const PODS = [1, 2].map((i) => pod({ name: `web-${i}`, labels: { app: 'web', tier: 'on' } }));
const slice = (ready: boolean) => ({
  kind: 'EndpointSlice',
  metadata: { name: 'web-x', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'web' } },
  addressType: 'IPv4',
  endpoints: ready ? [{ addresses: ['10.244.0.5'], conditions: { ready } }] : [],
  ports: [{ name: '', port: 8080, protocol: 'TCP' }],
});

const open: { server?: ApiServer; terminal?: TerminalSession } = {};
afterEach(async () => {
  open.terminal?.kill('SIGKILL');
  await open.server?.close();
});

/** A Service whose selector has a typo; a patch that is no dry run mends it, and its slice follows. */
async function serve(like: ServiceLike = {}, patch?: Answer): Promise<ApiServer> {
  const server = await startApiServer();
  open.server = server;
  const made = service({ selector: SELECTOR, ...like });
  const stored: Service & { kind: string } = { ...made, metadata: { ...made.metadata, resourceVersion: '42' } };
  const show = (now: typeof stored, ready: boolean) =>
    serveObjects(server, [{ kind: 'Namespace', metadata: { name: 'shop' } }, ...PODS, now, slice(ready)] as never);
  show(stored, false);
  const apply: Answer = (response, seen) => {
    const { metadata: _, ...body } = JSON.parse(seen.body);
    const target = { group: '', version: 'v1', plural: 'services', namespace: 'shop', name: 'web' };
    const after = { ...stored, ...patched(stored, { target, type: 'merge-patch+json', body }) };
    if (!seen.query.has('dryRun')) show(after, true);
    json(after)(response, seen);
  };
  server.on('PATCH', PATH, patch ?? apply);
  return server;
}

async function start(server: ApiServer, ...args: string[]): Promise<TerminalSession> {
  const kubeconfig = fileWith(server.kubeconfig());
  const terminal = openTerminal({
    args: [PROGRAM, 'web', '-n', 'shop', '--kubeconfig', kubeconfig, ...args],
    env: cleanEnv(),
    rows: 60,
  });
  open.terminal = terminal;
  return terminal;
}

const QUIT = /q quit \(exit \d\)/;
const LAST_MENU = /Change|REFUSED|MANAGED|Only shown/;

async function pressFix(server: ApiServer, ...args: string[]): Promise<TerminalSession> {
  const terminal = await start(server, ...args);
  if (!args.includes('--probe')) {
    await terminal.until(/The API tells the cause/);
    terminal.type(KEYS.enter);
  }
  await terminal.until(QUIT);
  terminal.type('f');
  return terminal;
}

const patches = (server: ApiServer): Seen[] => server.requests.filter(({ method }) => method === 'PATCH');
const isDry = ({ query }: Seen) => query.get('dryRun') === 'All';

describe('mending what was found', () => {
  test('shown as a diff, tried as a dry run, asked, applied, walked again; with the command that undoes it', async () => {
    const server = await serve();
    const terminal = await pressFix(server);
    const asked = await terminal.until(/Change the Service now/);
    expect(asked).toMatch(/-\s+app: wbe\n\+\s+app: web\n\s+tier: "on"/);
    expect(patches(server).map(isDry)).toEqual([true]);
    terminal.type(KEYS.down + KEYS.enter);
    const after = await terminal.until(/Its endpoints followed[\s\S]*shop\/web is not decided[\s\S]*q quit \(exit 3\)/);
    expect(after).toMatch(/APPLIED Service shop\/web is changed[\s\S]*UNDO[\s\S]*patch service web --type=json/);
    const [trial, real] = patches(server);
    expect(patches(server)).toHaveLength(2);
    expect(real && isDry(real)).toBe(false);
    expect(real?.query.get('fieldManager')).toBe('svc-debug');
    expect(real?.body).toBe(trial?.body);
    expect(JSON.parse(real?.body ?? '')).toEqual({
      spec: { selector: { app: 'web' } },
      metadata: { resourceVersion: '42' },
    });
    terminal.type('q');
    expect((await terminal.ended()).exitCode).toBe(3);
  });

  test('Enter changes nothing', async () => {
    const server = await serve();
    const terminal = await pressFix(server);
    await terminal.until(/Change the Service now/);
    terminal.type(KEYS.enter);
    await terminal.until(/now\? no[\s\S]*q quit/);
    expect(patches(server).every(isDry)).toBe(true);
  });

  test('Ctrl-C at the question changes nothing', async () => {
    const server = await serve();
    const terminal = await pressFix(server);
    await terminal.until(/Change the Service now/);
    terminal.type(KEYS.ctrlC);
    expect((await terminal.ended()).exitCode).toBe(130);
    expect(patches(server).every(isDry)).toBe(true);
    expect(terminal.cursorVisible()).toBe(true);
  });

  test.each<[string, ServiceLike, RegExp]>([
    ['Helm', { annotations: { 'meta.helm.sh/release-name': 'shop' } }, /MANAGED Helm \(shop\)[\s\S]*chart/],
    ['Argo CD', { annotations: { 'argocd.argoproj.io/tracking-id': 'a:b' } }, /MANAGED Argo CD \(a\)[\s\S]*Git/],
  ])('what %s keeps is offered as a diff for its source', async (_who, like, says) => {
    const server = await serve(like);
    const terminal = await pressFix(server);
    const shown = await terminal.until(/MANAGED[\s\S]*q quit/);
    expect(shown).toMatch(says);
    expect(shown).toMatch(/\+\s+app: web/);
    expect(patches(server)).toEqual([]);
  });

  test.each([
    ['--fix', 'print'],
    ['--probe', 'none'],
  ])('%s %s: shown, and no write is sent', async (...flags) => {
    const server = await serve();
    const terminal = await pressFix(server, ...flags);
    expect(await terminal.until(/Only shown[\s\S]*q quit/)).toMatch(/\+\s+app: web/);
    expect(patches(server)).toEqual([]);
  });

  test('--fix ask comes before the menu', async () => {
    const terminal = await start(await serve(), '--fix', 'ask');
    await terminal.until(/The API tells the cause/);
    terminal.type(KEYS.enter);
    expect(await terminal.until(/Change the Service now/)).not.toMatch(QUIT);
  });
});

const FORBIDDEN =
  'services "web" is forbidden: User "eve" cannot patch resource "services" in API group "" in the namespace "shop"';
const DENIED = 'services "web" is forbidden: ValidatingAdmissionPolicy \'freeze\' denied request: change freeze';

describe('what stands in the way is said', () => {
  test.each<[string, Answer, RegExp]>([
    [
      'no right to patch',
      failure(403, 'Forbidden', FORBIDDEN),
      /You are not allowed to patch services in namespace shop/,
    ],
    ['admission', failure(422, 'Invalid', DENIED), /The cluster does not take it[\s\S]*change freeze/],
    [
      'changed meanwhile',
      failure(409, 'Conflict', 'the object has been modified'),
      /Somebody else changed the Service/,
    ],
    [
      'a port that moved',
      failure(422, 'Invalid', 'the server rejected our request due to an error in our request'),
      /Somebody else/,
    ],
  ])('in the dry run: %s', async (_what, answer, says) => {
    const server = await serve({}, answer);
    const terminal = await pressFix(server);
    const shown = await terminal.until(/REFUSED[\s\S]*q quit/);
    expect(shown).toMatch(says);
    expect(shown).toMatch(/Nothing was changed/);
    expect(shown).not.toMatch(/Change the Service now/);
    expect(patches(server)).toHaveLength(1);
  });

  const dryOnly =
    (real: Answer): Answer =>
    (response, seen) =>
      (isDry(seen) ? json({ ...service({ selector: { app: 'web', tier: 'on' } }) }) : real)(response, seen);

  test('between question and answer somebody else was faster', async () => {
    const server = await serve({}, dryOnly(failure(409, 'Conflict', 'the object has been modified')));
    const terminal = await pressFix(server);
    await terminal.until(/Change the Service now/);
    terminal.type(KEYS.down + KEYS.enter);
    expect(await terminal.until(/REFUSED[\s\S]*q quit/)).toMatch(/Somebody else[\s\S]*Nothing was changed/);
  });

  test('an answer that was lost is looked up: nothing was changed', async () => {
    const server = await serve({}, dryOnly(failure(503, 'ServiceUnavailable', 'apiserver is shutting down')));
    const terminal = await pressFix(server);
    await terminal.until(/Change the Service now/);
    terminal.type(KEYS.down + KEYS.enter);
    expect(await terminal.until(/REFUSED[\s\S]*q quit/)).toMatch(/shutting down[\s\S]*Nothing was changed/);
  });

  test('a webhook that would change more: shown, not offered', async () => {
    const more = service({ selector: { app: 'web', tier: 'on' }, labels: { team: 'a' } });
    const server = await serve({}, json(more));
    const terminal = await pressFix(server);
    const shown = await terminal.until(/Not offered[\s\S]*q quit/);
    expect(shown).toMatch(/\+\s+team: a/);
    expect(patches(server).every(isDry)).toBe(true);
  });

  test('gone, or already so', async () => {
    const server = await serve();
    const terminal = await start(server, '--probe', 'none', '--fix', 'ask');
    await terminal.until(LAST_MENU);
    server.on('GET', PATH, failure(404, 'NotFound', 'services "web" not found'));
    terminal.type('f');
    expect(await terminal.until(/REFUSED/)).toMatch(/not there any more/);
    server.on('GET', PATH, json(service({ selector: { app: 'web', tier: 'on' } })));
    terminal.type('f');
    expect(await terminal.until(/REFUSED[\s\S]*REFUSED/)).toMatch(/has changed since/);
  });
});

describe('unattended', () => {
  test.each(['ask', 'print'])('--fix %s prints the change and sends nothing', async (how) => {
    const server = await serve();
    const kubeconfig = fileWith(server.kubeconfig());
    const flags = ['-n', 'shop', '--kubeconfig', kubeconfig, '--no-input', '--fix', how];
    const { stdout, exitCode } = await runInside(['web', ...flags]);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/\+\s+app: web/);
    expect(patches(server)).toEqual([]);
  });

  test('JSON stays one object', async () => {
    const server = await serve();
    const flags = ['-n', 'shop', '--kubeconfig', fileWith(server.kubeconfig()), '--fix', 'ask', '-o', 'json'];
    const { stdout } = await runInside(['web', ...flags]);
    expect(JSON.parse(stdout).verdict).toBe('broken');
    expect(patches(server)).toEqual([]);
  });
});

describe('watching', () => {
  test('--watch repeats what fails until it passes, and ends with the verdict', async () => {
    const server = await serve();
    const mendedAfter = 12;
    const flags = [
      '-n',
      'shop',
      '--kubeconfig',
      fileWith(server.kubeconfig()),
      '--no-input',
      '--watch',
      '--timeout',
      '30s',
    ];
    const running = runProgram(['web', ...flags], { limitMs: 35_000 });
    await vi.waitFor(() => expect(server.requests.length).toBeGreaterThan(mendedAfter), 20_000);
    const fixed = service({ selector: { app: 'web', tier: 'on' } });
    serveObjects(server, [{ kind: 'Namespace', metadata: { name: 'shop' } }, ...PODS, fixed, slice(true)] as never);
    const { stdout, exitCode } = await running;
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/BAD +endpoints[\s\S]*\d\d:\d\d:\d\d +shop\/web is not decided\n[\s\S]*ok +endpoints/);
  });

  test('the failing step alone is repeated: fewer requests than a walk', async () => {
    const server = await serve();
    const terminal = await start(server, '--probe', 'none', '--watch', '--fix', 'print');
    await terminal.until(/q quit/);
    const walk = server.requests.length;
    terminal.type('w');
    await terminal.until(/any key stops it/);
    await vi.waitFor(() => expect(server.requests.length).toBeGreaterThan(walk + 3), 10_000);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(server.requests.length - walk).toBeLessThan(walk);
    terminal.type(' ');
    await terminal.until(/q quit[\s\S]*q quit/);
  });

  test('Ctrl-C ends it in good order', async () => {
    const terminal = await start(await serve(), '--probe', 'none');
    await terminal.until(QUIT);
    terminal.type('w');
    await terminal.until(/any key stops it/);
    terminal.type(KEYS.ctrlC);
    expect((await terminal.ended()).exitCode).toBe(130);
    expect(terminal.cursorVisible()).toBe(true);
  });

  test('--timeout ends it while the server is silent', async () => {
    const server = await serve();
    const flags = [
      '-n',
      'shop',
      '--kubeconfig',
      fileWith(server.kubeconfig()),
      '--no-input',
      '--watch',
      '--timeout',
      '4s',
    ];
    const running = runInside(['web', ...flags]);
    await vi.waitFor(() => expect(server.requests.length).toBeGreaterThan(10), 10_000);
    server.on('GET', PATH, silence);
    expect((await running).exitCode).not.toBe(0);
  });
});
