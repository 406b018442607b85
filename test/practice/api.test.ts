import { request } from 'node:https';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { connectCluster } from '../../src/cluster/client.ts';
import { loadKubeconfig } from '../../src/cluster/kubeconfig.ts';
import type { Cluster } from '../../src/model/cluster.ts';
import { patched } from '../../src/practice/api/patch.ts';
import { labelSelector } from '../../src/practice/api/select.ts';
import { type Practice, startPractice } from '../../src/practice/practice.ts';
import { type Scenario, scenariosOf } from '../../src/practice/scenario/scenario.ts';
import { fileWith } from '../support/program.ts';
import { CLIENT, deployment, NETEXEC, pod, service, WEB } from './scene.ts';

const BUSY = (script: string) => `image: "busybox:1.36", command: [sh, -c, ${JSON.stringify(script)}]`;
const MANIFESTS = [
  deployment('web', WEB, { replicas: 3 }),
  service('web', 'selector: { app: web }, ports: [{ port: 80 }]'),
  pod('crashing', BUSY('echo first words; exit 1')),
  pod('hidden', BUSY('mkdir -p /srv; echo hi > /srv/index.html; exec httpd -f -p 127.0.0.1:8080 -h /srv')),
  pod('pulling', 'image: "nginx:nosuch"'),
  pod('two', `${NETEXEC(8080)} }, { name: side, ${BUSY('sleep 86400')}`),
  CLIENT,
].join('');

function scenario(deny: Scenario['practice']['deny'] = []): Scenario {
  const caseYaml = 'title: t\nstory: s\nlesson: l\nhint: h\nservice: web\npractice: { supported: true }\n';
  const [one] = scenariosOf([{ folder: 'healthy-api', caseYaml, manifests: MANIFESTS }]);
  return { ...one!, practice: { supported: true, deny } };
}

const logged: string[] = [];
const start = (deny?: Scenario['practice']['deny']) =>
  startPractice({
    scenario: scenario(deny),
    port: 0,
    realTime: false,
    now: Date.now,
    log: (line) => logged.push(line),
  });

async function clusterOf({ kubeconfig }: Practice): Promise<Cluster> {
  const loaded = await loadKubeconfig({ file: fileWith(kubeconfig), env: {}, homedir: '/nowhere' });
  if (!loaded.ok) throw new Error('no kubeconfig');
  return connectCluster(loaded);
}

let practice: Practice;
let cluster: Cluster;
beforeAll(async () => {
  practice = await start();
  cluster = await clusterOf(practice);
});
afterAll(async () => {
  cluster.close();
  await practice.close();
});

interface Raw {
  status: number;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any kind is looked into
  json: any;
}

/** A request without any client of ours. */
const raw = (
  path: string,
  { method = 'GET', headers = {}, body = '', token = practice.server.token } = {},
): Promise<Raw> =>
  new Promise((resolve, reject) => {
    const url = new URL(path, practice.server.url);
    const all = { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers };
    const sent = request(url, { method, headers: all, ca: practice.server.certificate }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => {
        const isJson = response.headers['content-type'] === 'application/json';
        resolve({ status: response.statusCode ?? 0, text, json: isJson ? JSON.parse(text) : undefined });
      });
    });
    sent.on('error', reject).end(body);
  });

const PODS = '/api/v1/namespaces/shop/pods';

describe('the server', () => {
  test('listens on the loopback interface alone, and wants its token', async () => {
    expect(practice.server.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(practice.server.token.length).toBeGreaterThan(30);
    for (const token of ['', 'x', `${practice.server.token}x`]) {
      expect(await raw('/version', { token })).toMatchObject({
        status: 401,
        json: { kind: 'Status', reason: 'Unauthorized' },
      });
    }
  });

  test.each([
    ['/version', { gitVersion: 'v1.34.0' }],
    ['/apis', { kind: 'APIGroupList' }],
    ['/api/v1', { kind: 'APIResourceList', groupVersion: 'v1' }],
    ['/apis/apps/v1', { groupVersion: 'apps/v1' }],
  ])('says of itself: %s', async (path, part) => {
    expect((await raw(path)).json).toMatchObject(part);
  });

  test.each<[string, { method?: string; body?: string; headers?: Record<string, string> }, number, string]>([
    ['/nowhere', {}, 404, '404 page not found\n'],
    ['/apis/example.com/v1/things', {}, 404, '404 page not found\n'],
    [`${PODS}/nosuch`, {}, 404, 'pods "nosuch" not found'],
    ['/apis/apps/v1/namespaces/shop/deployments/nosuch', {}, 404, 'deployments.apps "nosuch" not found'],
    [`${PODS}?watch=true`, {}, 501, 'the practice cluster does not simulate watches'],
    [`${PODS}/client/eviction`, { method: 'POST', body: '{}' }, 501, 'pods/eviction'],
    [PODS, { method: 'DELETE' }, 501, 'does not simulate'],
    [PODS, { method: 'OPTIONS' }, 405, 'does not allow this method'],
    [PODS, { method: 'POST', body: '{' }, 400, 'unrecognized'],
    [
      PODS,
      { method: 'POST', body: '{}', headers: { 'content-type': 'application/vnd.kubernetes.protobuf' } },
      415,
      'unknown format',
    ],
    [PODS, { method: 'POST', body: '{"kind":"Service"}' }, 400, 'must be of type Pod'],
    [
      '/api/v1/namespaces/nosuch/pods',
      { method: 'POST', body: '{"kind":"Pod","metadata":{"name":"a"}}' },
      404,
      'namespaces "nosuch" not found',
    ],
    [`${PODS}?labelSelector=a%20b`, {}, 400, 'unable to parse requirement'],
    [
      `${PODS}/client`,
      { method: 'PATCH', body: '{}', headers: { 'content-type': 'text/plain' } },
      415,
      'unknown format',
    ],
  ])('%s %j is answered with %i', async (path, how, status, words) => {
    const answer = await raw(path, how);
    expect(answer.status).toBe(status);
    expect(answer.json?.message ?? answer.text).toContain(words);
    expect(logged.at(-1)).toContain(String(status));
  });

  test.each([
    [{ kind: 'Service', metadata: { name: 'x' }, spec: {} }, 'Service "x" is invalid: spec.ports: Required value'],
    [
      { kind: 'Service', metadata: { name: 'x' }, spec: { ports: [{ port: 99999 }] } },
      'Service "x" is invalid: spec.ports[0].port: Invalid value: 99999: must be between 1 and 65535, inclusive',
    ],
    [
      { kind: 'Service', metadata: { name: 'X' }, spec: { ports: [{ port: 1 }] } },
      'Service "X" is invalid: metadata.name: Invalid value: "X": a lowercase RFC 1123',
    ],
    [{ kind: 'Service', metadata: { name: 'x' }, spec: { type: 'ExternalName' } }, 'spec.externalName: Required value'],
    [{ kind: 'Service', metadata: { name: 'web' }, spec: { ports: [{ port: 1 }] } }, 'services "web" already exists'],
  ])('an invalid object %j gets the words of the API server', async (object, words) => {
    const answer = await raw('/api/v1/namespaces/shop/services', { method: 'POST', body: JSON.stringify(object) });
    expect(answer.json).toMatchObject({ kind: 'Status', message: expect.stringContaining(words) });
  });
});

describe('reading', () => {
  const names = async (query: string) =>
    ((await raw(PODS + query)).json.items as { metadata: { name: string } }[]).map(({ metadata }) =>
      metadata.name.replace(/-.*/, ''),
    );

  test.each([
    ['?labelSelector=app=web', ['web', 'web', 'web']],
    ['?labelSelector=run in (client,two),run!=two', ['client']],
    ['?labelSelector=!app,run notin (client)', ['crashing', 'hidden', 'pulling', 'two']],
    ['?fieldSelector=metadata.name=client', ['client']],
    ['?fieldSelector=status.phase!=Running,metadata.name!=crashing', ['pulling']],
  ])('%s', async (query, found) => {
    expect(await names(query.replaceAll(' ', '%20'))).toEqual(found);
  });

  test('page by page', async () => {
    const first = (await raw(`${PODS}?limit=5`)).json;
    expect([first.items.length, first.metadata.remainingItemCount]).toEqual([5, 3]);
    const second = (await raw(`${PODS}?limit=5&continue=${first.metadata.continue}`)).json;
    expect([second.items.length, second.metadata.continue]).toEqual([3, undefined]);
  });

  test('metadata alone', async () => {
    const accept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';
    const { json } = await raw(PODS, { headers: { accept } });
    expect(json.kind).toBe('PartialObjectMetadataList');
    expect(Object.keys(json.items[0])).toEqual(['kind', 'apiVersion', 'metadata']);
  });

  test.each<[string, Record<string, unknown>, unknown]>([
    ['crashing', {}, 'first words\n'],
    ['crashing', { previous: true }, 'first words\n'],
    ['client', {}, ''],
    ['client', { previous: true }, null],
    ['pulling', {}, ''],
    ['nosuch', {}, null],
  ])('the log of %s %j', async (name, query, text) => {
    expect(await cluster.log({ namespace: 'shop', name }, query)).toEqual({ known: true, value: text });
  });

  test('the log of one of two containers has to be named', async () => {
    expect((await raw(`${PODS}/two/log`)).json.message).toBe(
      'a container name must be specified for pod two, choose one of: [main side]',
    );
    expect((await raw(`${PODS}/two/log?container=side&tailLines=1`)).status).toBe(200);
  });
});

describe('writing', () => {
  const services = { group: '', version: 'v1', plural: 'services', namespace: 'shop' };
  const body = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'new' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
  };

  test('creates, patches in three ways, and deletes', async () => {
    const created = await cluster.create<{ metadata: { uid: string }; spec: { clusterIP: string } }>(services, body);
    expect(created).toMatchObject({
      known: true,
      value: { spec: { type: 'ClusterIP', ports: [{ targetPort: 80, protocol: 'TCP' }] } },
    });
    const ref = { ...services, name: 'new' };
    const patches = [
      { type: 'strategic-merge-patch+json', body: { spec: { ports: [{ port: 80, name: 'http' }] } } },
      { type: 'merge-patch+json', body: { spec: { selector: { app: null, run: 'x' } } } },
      { type: 'json-patch+json', body: [{ op: 'replace', path: '/spec/ports/0/targetPort', value: 8080 }] },
    ] as const;
    for (const one of patches) expect((await cluster.patch(ref, one)).known).toBe(true);
    expect(await cluster.get(ref)).toMatchObject({
      value: {
        metadata: { generation: 4 },
        spec: { selector: { run: 'x' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
      },
    });
    expect(await cluster.delete(ref, { uid: 'another' })).toEqual({ known: true, value: false });
    const uid = created.known ? created.value.metadata.uid : '';
    expect(await cluster.delete(ref, { uid })).toEqual({ known: true, value: true });
    expect(await cluster.get(ref)).toEqual({ known: true, value: null });
  });

  test('on trial changes nothing', async () => {
    expect((await cluster.create(services, { ...body, metadata: { name: 'trial' } }, { dryRun: true })).known).toBe(
      true,
    );
    expect(await cluster.get({ ...services, name: 'trial' })).toEqual({ known: true, value: null });
    const scaled = { type: 'merge-patch+json', body: { spec: { replicas: 9 } }, dryRun: true } as const;
    const ref = { group: 'apps', version: 'v1', plural: 'deployments', namespace: 'shop', name: 'web' };
    expect(await cluster.patch(ref, scaled)).toMatchObject({ value: { spec: { replicas: 9 } } });
    expect(await cluster.get(ref)).toMatchObject({ value: { spec: { replicas: 3 } } });
  });

  test('of an old version is a conflict', async () => {
    const path = '/api/v1/namespaces/shop/services/web';
    const { json } = await raw(path);
    const stale = { ...json, metadata: { ...json.metadata, resourceVersion: '1' } };
    expect((await raw(path, { method: 'PUT', body: JSON.stringify(stale) })).json).toMatchObject({
      code: 409,
      reason: 'Conflict',
    });
    expect((await raw(path, { method: 'PUT', body: JSON.stringify(json) })).status).toBe(200);
  });

  test('an ephemeral container starts in a pod that runs', async () => {
    const container = { name: 'debug', image: 'busybox:1.36', command: ['sleep', '1000'] };
    const ref = {
      group: '',
      version: 'v1',
      plural: 'pods',
      namespace: 'shop',
      name: 'hidden',
      subresource: 'ephemeralcontainers',
    };
    await cluster.patch(ref, {
      type: 'strategic-merge-patch+json',
      body: { spec: { ephemeralContainers: [container] } },
    });
    const said = await cluster.exec(
      { namespace: 'shop', name: 'hidden' },
      { container: 'debug', argv: ['wget', '-qO-', 'http://127.0.0.1:8080/'], timeoutMs: 5000 },
    );
    expect(said).toMatchObject({ value: { exitCode: 0, stdout: 'hi\n' } });
  });
});

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
    expect(await cluster.exec(client, { ...query, timeoutMs: 5000 })).toMatchObject({ known: true, value: result });
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
    expect(await cluster.exec({ namespace: 'shop', name }, { ...query, timeoutMs: 5000 })).toMatchObject({
      known: false,
      obstacle,
    });
  });

  test('the older protocol serves as well, and a strange one is refused', async () => {
    const open = (protocol: string) => {
      const url = `${practice.server.url.replace('https', 'wss')}${PODS}/client/exec?command=echo&command=hi&stdout=true`;
      return new WebSocket(url, protocol, {
        ca: practice.server.certificate,
        headers: { authorization: `Bearer ${practice.server.token}` },
      });
    };
    const socket = open('v4.channel.k8s.io');
    const heard: string[] = [];
    socket.on('message', (data: Buffer) => heard.push(data.toString('latin1')));
    await new Promise((resolve) => socket.on('close', resolve));
    expect(heard.filter((text) => text.length > 1)).toEqual(['\x01hi\n', '\x03{"metadata":{},"status":"Success"}']);
    const strange = open('v1.channel.k8s.io');
    await expect(new Promise((_, reject) => strange.on('error', reject))).rejects.toThrow('400');
  });

  test.each([
    ['hidden', 8080, { outcome: 'answered', received: expect.stringContaining('hi\n') }],
    ['hidden', 80, { outcome: 'refused' }],
  ])('a port-forward to %s:%i', async (name, port, value) => {
    const send = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
    expect(await cluster.forward({ namespace: 'shop', name }, { port, send, timeoutMs: 3000 })).toMatchObject({
      known: true,
      value,
    });
  });
});

describe('rights', () => {
  test('that are missing are named as RBAC names them', async () => {
    const restricted = await start([
      { verbs: ['list'], resources: ['nodes'] },
      { resources: ['pods/exec'] },
      { verbs: ['get'], resources: ['configmaps'], namespaces: ['kube-system'] },
    ]);
    const limited = await clusterOf(restricted);
    expect(await limited.list({ group: '', version: 'v1', plural: 'nodes' })).toMatchObject({
      obstacle: { kind: 'forbidden', verb: 'list', resource: 'nodes' },
    });
    expect(
      await limited.get({ group: '', version: 'v1', plural: 'configmaps', namespace: 'kube-system', name: 'coredns' }),
    ).toMatchObject({ obstacle: { kind: 'forbidden', verb: 'get', namespace: 'kube-system' } });
    expect(
      await limited.exec({ namespace: 'shop', name: 'client' }, { argv: ['true'], timeoutMs: 3000 }),
    ).toMatchObject({ obstacle: { kind: 'forbidden', resource: 'pods/exec' } });
    expect((await limited.list({ group: '', version: 'v1', plural: 'pods', namespace: 'shop' })).known).toBe(true);
    limited.close();
    await restricted.close();
  });
});

describe('patches', () => {
  const containers = {
    spec: { containers: [{ name: 'a', image: 'x', ports: [{ containerPort: 1, name: 'p' }] }, { name: 'b' }] },
  };

  test.each<[string, unknown, unknown, unknown]>([
    [
      'strategic-merge-patch+json',
      containers,
      { spec: { containers: [{ name: 'a', image: 'y' }] } },
      { spec: { containers: [{ name: 'a', image: 'y', ports: [{ containerPort: 1, name: 'p' }] }, { name: 'b' }] } },
    ],
    [
      'strategic-merge-patch+json',
      containers,
      { spec: { containers: [{ name: 'b', $patch: 'delete' }] } },
      { spec: { containers: [containers.spec.containers[0]] } },
    ],
    ['strategic-merge-patch+json', { a: { b: 1, c: 2 } }, { a: { $patch: 'replace', d: 3 } }, { a: { d: 3 } }],
    ['strategic-merge-patch+json', { finalizers: ['a'] }, { finalizers: ['b'] }, { finalizers: ['a', 'b'] }],
    ['strategic-merge-patch+json', { args: ['a'] }, { args: ['b'] }, { args: ['b'] }],
    ['merge-patch+json', { a: { b: 1 }, l: [1] }, { a: { b: null }, l: [2] }, { a: {}, l: [2] }],
    ['json-patch+json', { l: [1] }, [{ op: 'add', path: '/l/-', value: 2 }], { l: [1, 2] }],
  ])('%s %j %j', (type, target, patch, result) => {
    expect(patched(target, patch, type)).toEqual(result);
  });

  test('one that does not fit is refused', () => {
    expect(() => patched({}, [{ op: 'remove', path: '/a/b' }], 'json-patch+json')).toThrow(
      'the server rejected our request',
    );
    expect(labelSelector('a=1,b')({ a: '1', b: '' })).toBe(true);
  });
});
