import { chmod, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type KubeconfigOptions, loadKubeconfig } from '../../src/cluster/kubeconfig.ts';
import { files, temporaryDirectory } from './support.ts';

interface Parts {
  server?: string;
  token?: string;
  context?: string;
  current?: string;
  namespace?: string;
}

const config = ({ server = 'https://a:6443', token = 'a', context = 'x', current, namespace }: Parts = {}) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server } }],
    users: [{ name: 'u', user: { token } }],
    contexts: [{ name: context, context: { cluster: 'c', user: 'u', namespace } }],
    'current-context': current,
  });

const entry = (cluster: object, user: object, context: object = { cluster: 'c', user: 'u' }) =>
  JSON.stringify({
    clusters: [{ name: 'c', cluster: { server: 'https://a:6443', ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context }],
    'current-context': 'x',
  });

const load = (options: Partial<KubeconfigOptions>) =>
  loadKubeconfig({ env: {}, homedir: '/nonexistent', serviceAccount: '/nonexistent', ...options });

async function problemOf(content: string, options: Partial<KubeconfigOptions> = {}) {
  const [file = ''] = await files({ config: content });
  const result = await load({ file, ...options });
  if (result.ok) throw new Error('no problem');
  return { problem: result.problem, file };
}

describe('what is wrong with a kubeconfig is data', () => {
  const server = { server: 'https://a' };
  const cases: [what: string, content: string, options: Partial<KubeconfigOptions>, problem: object][] = [
    ['empty', '', {}, { kind: 'empty' }],
    ['only a comment', '# nothing\n', {}, { kind: 'empty' }],
    ['no entries', 'apiVersion: v1\nkind: Config\nclusters: null\n', {}, { kind: 'empty' }],
    ['a word', 'hello', {}, { kind: 'invalid', reason: 'not a kubeconfig' }],
    ['a list', '- a', {}, { kind: 'invalid', reason: 'not a kubeconfig' }],
    ['a Pod', 'kind: Pod', {}, { kind: 'invalid', reason: 'a Pod, not a kubeconfig' }],
    ['clusters as a map', 'clusters: {c: 1}', {}, { kind: 'invalid', reason: 'clusters is not a list' }],
    ['broken YAML', 'clusters:\n - name: "x\n', {}, { kind: 'invalid', line: 3 }],
    ['no current-context', config(), {}, { kind: 'no-current-context', contexts: ['x'] }],
    ['an unknown context', config(), { context: 'y' }, { kind: 'no-such-context', context: 'y', contexts: ['x'] }],
    [
      'an unknown cluster',
      entry({}, {}, { cluster: 'd' }),
      {},
      { kind: 'no-such-cluster', context: 'x', cluster: 'd' },
    ],
    ['a context without cluster', entry({}, {}, { user: 'u' }), {}, { kind: 'no-such-cluster', cluster: '' }],
    ['a cluster without server', entry({ server: '' }, {}), {}, { kind: 'no-such-cluster', cluster: 'c' }],
    ['an unknown user', entry({}, {}, { cluster: 'c', user: 'v' }), {}, { kind: 'no-such-user', user: 'v' }],
    [
      'a server that is no URL',
      entry({ server: 'https://a b' }, {}),
      {},
      { kind: 'invalid', reason: /server of cluster c/ },
    ],
    ['a server of another scheme', entry({ server: 'ftp://a' }, {}), {}, { kind: 'invalid' }],
    [
      'a proxy that is no URL',
      entry({ 'proxy-url': 'http://[' }, {}),
      {},
      { kind: 'invalid', reason: /proxy of cluster c/ },
    ],
    [
      'a missing CA',
      entry({ 'certificate-authority': 'ca.crt' }, {}),
      {},
      { kind: 'unreadable', code: 'ENOENT', field: 'certificate-authority' },
    ],
    [
      'a missing certificate',
      entry(server, { 'client-certificate': 'c.crt' }),
      {},
      { kind: 'unreadable', field: 'client-certificate' },
    ],
    ['a missing token file', entry(server, { tokenFile: 'token' }), {}, { kind: 'unreadable', field: 'tokenFile' }],
    [
      'a CA that is none',
      entry({ 'certificate-authority-data': 'anVuaw==' }, {}),
      {},
      { kind: 'invalid', reason: /holds no certificate/ },
    ],
    [
      'a key that is none',
      entry({}, { 'client-key-data': 'anVuaw==' }),
      {},
      { kind: 'invalid', reason: /key of user u/ },
    ],
  ];

  it.each(cases)('%s', async (_what, content, options, expected) => {
    const { problem } = await problemOf(content, options);
    const fields = Object.entries(expected).map(([field, value]) => [
      field,
      value instanceof RegExp ? expect.stringMatching(value) : value,
    ]);
    expect(problem).toMatchObject(Object.fromEntries(fields));
  });

  it('a file of --kubeconfig that is missing', async () => {
    expect(await load({ file: '/nonexistent/config' })).toEqual({
      ok: false,
      problem: { kind: 'missing-file', file: '/nonexistent/config' },
    });
  });

  it('no file at all', async () => {
    const problem = { kind: 'no-config', files: ['/nonexistent/.kube/config'] };
    expect(await load({})).toEqual({ ok: false, problem });
  });

  it('a directory', async () => {
    const file = await temporaryDirectory();
    expect(await load({ file })).toEqual({ ok: false, problem: { kind: 'unreadable', file, code: 'EISDIR' } });
  });

  it.skipIf(process.getuid?.() === 0)('a file that may not be read', async () => {
    const [file = ''] = await files({ config: config() });
    await chmod(file, 0);
    expect(await load({ file })).toEqual({ ok: false, problem: { kind: 'unreadable', file, code: 'EACCES' } });
  });

  it('never quotes the file', async () => {
    const { problem } = await problemOf('users:\n- name: u\n  user: {token: s3cr3t-t0ken, token: *s3cr3t-t0ken}\n');
    expect(problem.kind).toBe('invalid');
    expect(JSON.stringify(problem)).not.toContain('s3cr3t');
  });

  it('never throws, whatever the file holds', async () => {
    const [file = ''] = await files({ config: '' });
    const part = fc.oneof(
      fc.jsonValue(),
      fc.array(
        fc.record({ name: fc.constant('x'), cluster: fc.jsonValue(), user: fc.jsonValue(), context: fc.jsonValue() }),
      ),
    );
    const content = fc.record({
      clusters: part,
      users: part,
      contexts: part,
      'current-context': fc.oneof(fc.constant('x'), fc.jsonValue()),
    });
    await fc.assert(
      fc.asyncProperty(content, async (value) => {
        await writeFile(file, JSON.stringify(value));
        const result = await load({ file });
        expect(result.ok || result.problem.kind).toBeTruthy();
      }),
      { numRuns: 60 },
    );
  });
});
