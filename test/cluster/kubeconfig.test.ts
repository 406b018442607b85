import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type KubeconfigOptions, loadKubeconfig } from '../../src/cluster/kubeconfig.ts';
import { createAuthority } from '../support/certificate.ts';
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

async function loadedFrom(content: string, options: Partial<KubeconfigOptions> = {}) {
  const [file] = await files({ config: content });
  const result = await load({ file, ...options });
  if (!result.ok) throw new Error(JSON.stringify(result.problem));
  return result;
}

const joined = (paths: string[]) => paths.join(path.delimiter);

describe('merging several files, as kubectl does', () => {
  it('takes the first current-context and the first definition of a name', async () => {
    const first = config({ server: 'https://a:6443', token: 'a' });
    const second = config({ server: 'https://b:6443', token: 'b', context: 'y', current: 'y' });
    const third = config({ context: 'z', current: 'z' });
    const paths = await files({ first, second, third });
    const result = await load({ env: { KUBECONFIG: joined(paths) } });
    expect(result).toMatchObject({
      ok: true,
      context: 'y',
      server: 'https://a:6443',
      user: { token: 'a' },
      files: paths,
    });
  });

  it('skips files that are missing, empty or named twice', async () => {
    const [good = '', empty = ''] = await files({ good: config({ current: 'x' }), empty: '' });
    const result = await load({ env: { KUBECONFIG: joined(['/nonexistent/a', '', empty, good, good]) } });
    expect(result).toMatchObject({ ok: true, context: 'x', files: [empty, good] });
  });

  it('reads ~/.kube/config when KUBECONFIG is not set', async () => {
    const homedir = await temporaryDirectory();
    await mkdir(path.join(homedir, '.kube'));
    await writeFile(path.join(homedir, '.kube', 'config'), config({ current: 'x', namespace: 'shop' }));
    expect(await load({ homedir })).toMatchObject({ ok: true, context: 'x', namespace: 'shop', inCluster: false });
  });

  it('reads nothing but the file of --kubeconfig', async () => {
    const [mine = '', other = ''] = await files({ mine: config({ current: 'x' }), other: config({ current: 'y' }) });
    expect(await load({ file: mine, env: { KUBECONFIG: other } })).toMatchObject({ ok: true, files: [mine] });
  });

  it('takes --context before current-context', async () => {
    const paths = await files({ a: config({ current: 'x' }), b: config({ context: 'y', namespace: 'n' }) });
    const result = await load({ context: 'y', env: { KUBECONFIG: joined(paths) } });
    expect(result).toMatchObject({ ok: true, context: 'y', namespace: 'n' });
  });
});

describe('what the entries mean', () => {
  it('files are relative to the kubeconfig', async () => {
    const { cert, issue } = createAuthority();
    const mine = issue();
    const content = entry(
      { 'certificate-authority': 'ca.crt' },
      { 'client-certificate': 'me.crt', 'client-key': './me.key', tokenFile: 'token', exec: { command: 'bin/login' } },
    );
    const paths = await files({ config: content, 'ca.crt': cert, 'me.crt': mine.cert, 'me.key': mine.key, token: 't' });
    const [file = ''] = paths;
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    expect(await load({ file })).toMatchObject({
      cluster: { caData: base64(cert) },
      user: {
        certData: base64(mine.cert),
        keyData: base64(mine.key),
        tokenFile: paths[4],
        exec: { command: path.join(path.dirname(file), 'bin/login') },
      },
    });
  });

  it('data wins over a file', async () => {
    const caData = Buffer.from(createAuthority().cert).toString('base64');
    const content = entry({ 'certificate-authority-data': caData, 'certificate-authority': '/nonexistent' }, {});
    expect((await loadedFrom(content)).cluster).toMatchObject({ caData });
  });

  it.each([
    ['https://h:6443/', 'https://h:6443'],
    ['https://h/k8s/clusters/c-1/', 'https://h/k8s/clusters/c-1'],
    ['https://me:secret@h:6443', 'https://h:6443'],
    ['h:8080', 'http://h:8080'],
    ['http://localhost:8001', 'http://localhost:8001'],
    ['https://[fd00::1]:6443', 'https://[fd00::1]:6443'],
  ])('server %s is %s', async (server, expected) => {
    expect((await loadedFrom(entry({ server }, {}))).server).toBe(expected);
  });

  it('a server without scheme is one of https where TLS is spoken of', async () => {
    const content = entry({ server: 'h:6443', 'insecure-skip-tls-verify': true }, {});
    expect((await loadedFrom(content)).server).toBe('https://h:6443');
  });

  it('a context without user still has its TLS settings applied', async () => {
    const content = entry({ 'insecure-skip-tls-verify': true, 'tls-server-name': 'api' }, {}, { cluster: 'c' });
    const options: { rejectUnauthorized?: boolean; servername?: string } = {};
    await (await loadedFrom(content)).kc.applyToHTTPSOptions(options);
    expect(options).toMatchObject({ rejectUnauthorized: false, servername: 'api' });
  });

  it('the proxy of the kubeconfig wins over the one of the environment', async () => {
    const env = { HTTPS_PROXY: 'http://env:1', NO_PROXY: 'other' };
    expect((await loadedFrom(entry({}, {}), { env })).cluster.proxyUrl).toBe('http://env:1');
    const own = entry({ 'proxy-url': 'socks5://own:2' }, {});
    expect((await loadedFrom(own, { env })).cluster.proxyUrl).toBe('socks5h://own:2');
  });
});

describe('in a pod', () => {
  async function serviceAccount() {
    const { cert } = createAuthority();
    const [token = ''] = await files({ token: 'pod-token', 'ca.crt': cert, namespace: 'shop\n' });
    return path.dirname(token);
  }
  const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };

  it('the service account is used when no file says anything', async () => {
    const result = await load({ serviceAccount: await serviceAccount(), env });
    expect(result).toMatchObject({
      ok: true,
      inCluster: true,
      namespace: 'shop',
      files: [],
      server: 'https://[fd00::1]',
    });
  });

  it.each([
    ['outside of a pod', { env: {} }],
    ['when a context is asked for', { env, context: 'x' }],
  ])('but not %s', async (_when, options) => {
    expect(await load({ serviceAccount: await serviceAccount(), ...options })).toMatchObject({ ok: false });
  });

  it('a kubeconfig comes first', async () => {
    const [file] = await files({ config: config({ current: 'x' }) });
    const result = await load({ serviceAccount: await serviceAccount(), env: { ...env, KUBECONFIG: file } });
    expect(result).toMatchObject({ ok: true, inCluster: false, context: 'x' });
  });
});
