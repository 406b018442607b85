import { describe, expect, it } from 'vitest';
import type { Container } from '../../../src/model/kubernetes.ts';
import { wellSaid } from '../../support/sentences.ts';
import { broken, check, own, proxy, running } from './scene.ts';

const CONFIG = '--config=/var/lib/kube-proxy/config.conf';
const LINE = 'exec kube-proxy --v=2 1>>/var/log/kube-proxy.log 2>&1';

/** What to do for more of its log, word by word, where kube-proxy on the client's node is made of these containers. */
async function told(containers: Container[], like: Parameters<typeof proxy>[2] = {}) {
  const made = proxy('node1', running, { spec: { containers, hostNetwork: true }, ...like });
  const { findings } = wellSaid(await check({ objects: [...own, made], connections: broken }));
  const [finding] = findings.filter(({ code }) => code === 'kube-proxy/not-forwarding');
  const found = finding?.remedies.find(({ id }) => id.startsWith('verbose'));
  return { id: found?.id, commands: found?.commands.map((command) => command.join(' ')) };
}
const container = (words: Partial<Container>): Container => ({ name: 'kube-proxy', ...words });
const patch = (path: string) => [{ op: 'add', path: `/spec/template/spec/containers/${path}/-`, value: '--v=4' }];

describe('a more verbose log', () => {
  it.each([
    ['its flags stand in `command`', [container({ command: ['kube-proxy', CONFIG] })], '0/command'],
    ['its flags stand in `args`', [container({ command: ['kube-proxy'], args: [CONFIG] })], '0/args'],
    ['its image says what runs', [container({ args: [CONFIG, '--v=2'] })], '0/args'],
    ['it is not alone in its pod', [{ name: 'metrics' }, container({ command: ['kube-proxy', CONFIG] })], '1/command'],
  ])('is a flag behind the last word, where %s', async (_, containers, path) => {
    const { id, commands = [] } = await told(containers);
    expect(id).toBe('verbose');
    expect(JSON.parse(commands[0]?.split(' -p ')[1] ?? '')).toEqual(patch(path));
    expect(commands.slice(1)).toEqual([
      'kubectl -n kube-system logs -l k8s-app=kube-proxy --tail=50 --prefix',
      'kubectl -n kube-system rollout undo daemonset/kube-proxy',
    ]);
  });
  it('is meant for the DaemonSet that owns the pod', async () => {
    const like = { owner: { kind: 'DaemonSet', name: 'kube-proxy-arm64' } };
    const { commands } = await told([container({ args: [CONFIG] })], like);
    expect(commands?.[0]).toMatch(/patch daemonset kube-proxy-arm64 /);
  });
  it.each([
    ['a shell starts it', container({ command: ['/bin/sh', '-c', LINE] })],
    ['a shell of the image starts it', container({ args: ['bash', '-c', LINE] })],
    ['nothing is said of how it starts', container({})],
  ])('is for a person to write where %s', async (_, one) => {
    const { id, commands } = await told([one]);
    expect([id, commands?.[0]]).toEqual(['verbose-edit', 'kubectl -n kube-system edit daemonset/kube-proxy']);
  });
  it('is written into the file of a static pod', async () => {
    const like = { labels: { component: 'kube-proxy' }, owner: { kind: 'Node', name: 'node1' } };
    const { id, commands } = await told([container({ command: ['kube-proxy'] })], like);
    expect(id).toBe('verbose-static');
    expect(commands).toEqual([
      expect.stringMatching(/^kubectl debug node\/node1 .*grep -rlsw kube-proxy \/etc\/kubernetes\/manifests /),
      'kubectl -n kube-system logs -l component=kube-proxy --tail=50 --prefix',
    ]);
  });
});

describe('without a pod of kube-proxy', () => {
  const node = (kubeletVersion: string, labels = {}) => ({
    kind: 'Node',
    metadata: { name: 'node1', labels },
    status: { nodeInfo: { kubeletVersion } },
  });
  const remedies = async (...more: Parameters<typeof check>[0]['objects'] & object) => {
    const { findings } = wellSaid(await check({ objects: [...own, ...more], connections: broken }));
    return findings.find(({ code }) => code === 'kube-proxy/not-forwarding')?.remedies ?? [];
  };
  it.each([
    ['k3s', node('v1.34.1+k3s1'), '/etc/rancher/k3s/config.yaml'],
    ['microk8s', node('v1.34.1', { 'microk8s.io/cluster': 'true' }), '/var/snap/microk8s/current/args/kube-proxy'],
  ])('the settings of %s are named', async (_, made, file) => {
    const found = (await remedies(made)).find(({ id }) => id === 'verbose-agent');
    expect(found?.commands[0]).toContain(file);
  });
  it('a provider keeps it to itself', async () => {
    const made = node('v1.34.1-eks-1', { 'eks.amazonaws.com/compute-type': 'auto' });
    expect((await remedies(made)).map(({ id }) => id)).toEqual(['look-at-rules', 'sync']);
  });
  it('the product in its place is asked, and nothing of kube-proxy is patched', async () => {
    const cilium = { kind: 'DaemonSet', metadata: { name: 'cilium', namespace: 'kube-system' } };
    expect(await remedies(cilium)).toEqual([
      { id: 'look-at-product', commands: [expect.arrayContaining(['daemonset/cilium', 'cilium-dbg'])] },
    ]);
  });
});
