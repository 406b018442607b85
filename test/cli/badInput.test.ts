import { chmodSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiServer, failure, html, startApiServer } from '../support/apiServer.ts';
import { createAuthority } from '../support/certificate.ts';
import { runInside } from '../support/host.ts';
import { service } from '../support/objects.ts';
import { type Ended, emptyFolder, fileWith, runProgram } from '../support/program.ts';
import { serveObjects } from '../support/served.ts';

/** One clear message, what to do next, no stack trace, no control characters, and the exit code. */
function expectRefusal(ended: Ended, exitCode: number, message: RegExp) {
  expect(ended.stderr + ended.stdout).toMatch(message);
  expect(ended.exitCode).toBe(exitCode);
  expect(ended.stderr + ended.stdout).not.toMatch(/^\s+at .*:\d+/m);
  expect(ended.stderr + ended.stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f]/);
}

describe('exit 2: wrong without asking the cluster', () => {
  const flags: [string, string[], RegExp][] = [
    ['an unknown flag', ['web', '--nope'], /unknown option '--nope'/],
    ['a bad value', ['web', '-o', 'yaml'], /yaml/],
    ['a mistyped command', ['explan'], /Did you mean svc-debug explain\?/],
    ['a name no Service can have', ['Web_1'], /cannot be the name of a Service/],
    ['a name with control characters', ['we\x1b[31mb'], /cannot be the name of a Service/],
    ['no Service, and nobody to ask', [], /svc-debug NAME -n NAMESPACE/],
    ['an unknown code', ['explain', 'access/unreachabel'], /Did you mean access\/unreachable/],
    ['a step instead of a code', ['explain', 'access'], /There are:[\s\S]*access\/unauthorized/],
    ['a code that is near to none', ['explain', 'zzzzzz'], /explain STEP lists/],
  ];
  test.each(flags)('%s', async (_what, args, message) => {
    expectRefusal(await runInside(args, { KUBECONFIG: fileWith(kubeconfigFor('https://127.0.0.1:1')) }), 2, message);
  });

  const missing = path.join(emptyFolder(), 'nothing');
  const files: [string, string, RegExp][] = [
    ['missing', missing, /nothing does not exist/],
    ['a directory', emptyFolder(), /cannot be read: it is a directory/],
    ['empty', fileWith(''), /is empty/],
    ['not YAML', fileWith('apiVersion: v1\n  clusters: [\n'), /is broken, line 2/],
    ['something else', fileWith('kind: Pod\napiVersion: v1\n'), /not a kubeconfig/],
    ['binary', fileWith('\x00\x01\x02\x1b[2J'), /is broken|not a kubeconfig/],
    [
      'without current context',
      fileWith(kubeconfigFor('https://127.0.0.1:1').replace('"current-context":"c"', '"x":1')),
      /no current context/,
    ],
    [
      'of a cluster that is not there',
      fileWith(kubeconfigFor('https://127.0.0.1:1').replace('"cluster":"a"', '"cluster":"z"')),
      /cluster z/,
    ],
    ['of a server that is no URL', fileWith(kubeconfigFor('ftp://127.0.0.1')), /is not a URL/],
  ];
  test.each(files)('a kubeconfig that is %s', async (_what, file, message) => {
    expectRefusal(await runInside(['web', '--kubeconfig', file]), 2, message);
  });

  test('no kubeconfig at all', async () => {
    expectRefusal(await runProgram(['web']), 2, /There is no kubeconfig/);
  });

  test('a context that does not exist: those that do are named', async () => {
    const ended = await runInside([
      'web',
      '--context',
      'prod',
      '--kubeconfig',
      fileWith(kubeconfigFor('https://127.0.0.1:1')),
    ]);
    expectRefusal(ended, 2, /no context prod/);
    expect(ended.stderr).toContain('--context: c');
  });

  test('a kubeconfig whose secrets are broken is not quoted', async () => {
    const ended = await runInside([
      'web',
      '--kubeconfig',
      fileWith('users:\n- user:\n    token: s3cret-token: x: [\n'),
    ]);
    expectRefusal(ended, 2, /is broken/);
    expect(ended.stderr).not.toContain('s3cret');
  });
});

describe('exit 4: no access', () => {
  let server: ApiServer;
  beforeAll(async () => {
    server = await startApiServer();
  });
  afterAll(() => server.close());
  const run = (kubeconfig: string, ...args: string[]) =>
    runInside(['web', '-n', 'shop', '--kubeconfig', fileWith(kubeconfig), ...args]);

  test('a server that refuses', async () => {
    expectRefusal(
      await run(kubeconfigFor(`https://127.0.0.1:${await closedPort()}`)),
      4,
      /cannot be reached: .*ECONNREFUSED|refused/,
    );
  });

  test('a server that hangs', async () => {
    const sockets = createServer(() => undefined);
    await new Promise<void>((resolve) => sockets.listen(0, '127.0.0.1', resolve));
    const { port } = sockets.address() as { port: number };
    expectRefusal(await run(kubeconfigFor(`https://127.0.0.1:${port}`)), 4, /cannot be reached: no answer within/);
    sockets.close();
  }, 30_000);

  test('an unknown certificate', async () => {
    const stranger = createAuthority();
    const kubeconfig = kubeconfigFor(server.url, {
      'certificate-authority-data': Buffer.from(stranger.cert).toString('base64'),
    });
    expectRefusal(await run(kubeconfig), 4, /certificate/i);
  });

  test('a page of HTML instead of an API', async () => {
    for (const path of ['/version', '/api/v1/namespaces/shop/services/web'])
      server.on('GET', path, html('<html>Log in\x1b[2J</html>'));
    expectRefusal(await run(server.kubeconfig()), 4, /not a Kubernetes API server/);
  });

  test('expired credentials', async () => {
    server.on('GET', '/version', failure(401, 'Unauthorized', 'Unauthorized'));
    expectRefusal(await run(server.kubeconfig()), 4, /credentials are not accepted/);
  });

  test('a login plugin that is missing', async () => {
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: 'no-such-login-plugin',
      interactiveMode: 'Never',
      installHint: 'Install it from example.com',
    };
    const ended = await run(server.kubeconfig({ user: { exec } }));
    expectRefusal(ended, 4, /login plugin no-such-login-plugin/);
  });

  test('a login plugin that hangs', async () => {
    const plugin = fileWith('#!/bin/sh\nsleep 60\n', 'plugin');
    chmodSync(plugin, 0o755);
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: plugin, interactiveMode: 'Never' };
    const ended = await run(server.kubeconfig({ user: { exec } }), '--timeout', '2s');
    expectRefusal(ended, 4, /login plugin|no answer|credentials/);
  });

  test('a namespace that is forbidden altogether', async () => {
    serveObjects(server, []);
    for (const [folder, kinds] of Object.entries(FORBIDDEN)) {
      for (const kind of kinds) {
        const denied = failure(
          403,
          'Forbidden',
          `${kind} is forbidden: User "u" cannot list resource "${kind}" in the namespace "shop"`,
        );
        server.on('GET', `${folder}/namespaces/shop/${kind}`, denied);
        server.on('GET', `${folder}/namespaces/shop/${kind}/web`, denied);
      }
    }
    server.on('GET', '/api/v1/namespaces/shop', failure(403, 'Forbidden', 'namespaces "shop" is forbidden'));
    expectRefusal(await run(server.kubeconfig()), 4, /forbidden|not allowed|may not/i);
  });
});

const FORBIDDEN = {
  '/api/v1': ['services', 'pods', 'events'],
  '/apis/discovery.k8s.io/v1': ['endpointslices'],
  '/apis/networking.k8s.io/v1': ['networkpolicies', 'ingresses'],
  '/apis/apps/v1': ['deployments', 'statefulsets', 'daemonsets', 'replicasets'],
};

describe('exit 1: the cluster says it is not there', () => {
  let server: ApiServer;
  const shop = { kind: 'Namespace', metadata: { name: 'shop' } };
  beforeAll(async () => {
    server = await startApiServer();
    serveObjects(server, [shop, service({ name: 'web' })]);
    server.on('GET', '/api/v1/namespaces/nowhere', failure(404, 'NotFound', 'namespaces "nowhere" not found'));
  });
  afterAll(() => server.close());
  const run = (...args: string[]) => runInside([...args, '--kubeconfig', fileWith(server.kubeconfig())]);

  const cases: [string, string[], RegExp][] = [
    ['a namespace', ['web', '-n', 'nowhere'], /namespace nowhere/i],
    ['a Service', ['wbe', '-n', 'shop'], /web/],
    ['a port', ['web', '-n', 'shop', '--port', '81'], /81/],
  ];
  test.each(cases)('%s, by the API alone', async (_what, args, message) => {
    expectRefusal(await run(...args), 1, message);
  });
  test.each(cases)('%s, with --probe none', async (_what, args, message) => {
    expectRefusal(await run(...args, '--probe', 'none'), 1, message);
  });
  test.each(cases.slice(0, 2))('%s, with consent: no pod is created for it', async (_what, args, message) => {
    const before = server.requests.length;
    expectRefusal(await run(...args, '--yes'), 1, message);
    expect(server.requests.slice(before).filter(({ method }) => method !== 'GET')).toEqual([]);
  });
});

test('a defect gets exit 70 and no stack trace', async () => {
  const server = await startApiServer();
  // an object that no API server would send
  serveObjects(server, [
    { kind: 'Service', metadata: { name: 'web', namespace: 'shop' }, spec: { ports: 7 } } as never,
  ]);
  const args = ['web', '-n', 'shop', '--kubeconfig', fileWith(server.kubeconfig())];
  const [plain, verbose] = [await runProgram(args), await runProgram([...args, '-v'])];
  await server.close();
  expectRefusal(plain, 70, /a defect of svc-debug/);
  expect(verbose).toMatchObject({ exitCode: 70, stderr: expect.stringMatching(/^\s+at /m) });
});

test('--help and explain need no cluster', async () => {
  expect(await runProgram(['--help'])).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await runProgram(['explain', 'access/unreachable'])).toMatchObject({ exitCode: 0, stderr: '' });
});

function kubeconfigFor(server: string, cluster: object = {}): string {
  return JSON.stringify({
    clusters: [
      {
        name: 'a',
        cluster: { server, 'insecure-skip-tls-verify': !('certificate-authority-data' in cluster), ...cluster },
      },
    ],
    users: [{ name: 'b', user: {} }],
    contexts: [{ name: 'c', context: { cluster: 'a', user: 'b' } }],
    'current-context': 'c',
  });
}

/** A port that nobody listens on: one that was free a moment ago. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
