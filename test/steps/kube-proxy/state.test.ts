import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ago } from '../../support/facts.ts';
import { iptablesSave } from './rules.ts';
import { broken, check, daemonSet, found, healthy, looked, objects, own, proxy, running } from './scene.ts';

const recorded = (name: string) =>
  readFileSync(new URL(`../../recorded/kube-proxy/log-${name}.txt`, import.meta.url), 'utf8');
/** Without its time, which is not that of the test. */
const log = (name: string) => recorded(name);
const healthz = readFileSync(new URL('../../recorded/kube-proxy/healthz-1.34.json', import.meta.url), 'utf8');

const waiting = { ...running, ready: false, restartCount: 4, state: { waiting: { reason: 'CrashLoopBackOff' } } };
const terminated = { ...waiting, state: { terminated: { exitCode: 1, reason: 'Error', finishedAt: ago(3) } } };
const between = {
  ...running,
  restartCount: 3,
  state: { running: { startedAt: ago(2) } },
  lastState: { terminated: { exitCode: 1, reason: 'Error', finishedAt: ago(40) } },
};

describe('it crashes', () => {
  it.each([
    ['waiting, CrashLoopBackOff', waiting],
    ['terminated, Error', terminated],
    ['running, and ready, between two ends', between],
  ])('whether it shows as %s', async (_, status) => {
    const { findings } = await check({
      objects: [...own, daemonSet, proxy('node1', status), proxy('node2')],
      connections: broken,
      logs: { 'kube-proxy-node1/kube-proxy previous': log('mode-typo') },
    });
    expect(findings).toContainEqual(
      expect.objectContaining({
        code: 'kube-proxy/crash-loop',
        severity: 'error',
        breaks: 'node-proxy',
        params: expect.objectContaining({ line: expect.stringContaining('must be iptables, ipvs, nftables') }),
      }),
    );
  });
  it('is over when it has stayed up', async () => {
    const up = { ...between, state: { running: { startedAt: ago(300) } } };
    const world = { objects: [...own, daemonSet, proxy('node1', up), proxy('node2')], connections: healthy };
    expect(await found(world)).toEqual([]);
  });
  it('is a warning as long as packets arrive', async () => {
    const world = { objects: [...own, daemonSet, proxy('node1', waiting), proxy('node2')], connections: healthy };
    expect(await found(world)).toEqual(['warning crash-loop node1']);
  });
});

describe('it is missing', () => {
  const objectsWithout = [...own, daemonSet, proxy('node2')];
  it('on the node of the client', async () => {
    expect(await found({ objects: objectsWithout, connections: broken })).toContain('error not-running node1');
  });
  it('is a warning as long as packets arrive', async () => {
    expect(await found({ objects: objectsWithout, connections: healthy })).toEqual(['warning not-running node1']);
  });
  it('is an error where its rules are wrong, and why they are', async () => {
    const gone = iptablesSave({ endpoints: ['10.244.0.77:8080'] });
    const world = looked({}, healthy, {
      objects: objectsWithout,
      consent: { nodeShell: true },
      nodes: { 'node1 iptables-save': gone },
    });
    expect(await found(world)).toEqual(['error not-running node1', 'error rules-stale node1']);
  });
});

describe('it says', () => {
  it.each([
    ['sync-failed-v4', 'sync-failed'],
    ['wrong-port', 'api-unreachable'],
    ['bad-token', 'api-denied'],
    ['no-role', 'api-denied'],
  ])('%s', async (name, code) => {
    const world = { connections: broken, logs: { 'kube-proxy-node1/kube-proxy': log(name) } };
    expect(await found(world)).toEqual(['error not-forwarding node1', `error ${code} node1`]);
  });
  it('that it looks for another node', async () => {
    const line = 'E1 server.go:1] "Failed to retrieve node info" err="nodes \\"ip-10\\" not found"';
    const world = { connections: healthy, logs: { 'kube-proxy-node1/kube-proxy': line } };
    expect(await found(world)).toEqual(['warning node-unknown node1']);
  });
  it('nothing of now where it last complained minutes ago: a success is not logged', async () => {
    const line = 'E1 proxier.go:1 "Failed to execute iptables-restore" err="exit status 4"';
    const complained = (seconds: number) => ({
      connections: healthy,
      logs: { 'kube-proxy-node1/kube-proxy': `${ago(seconds).replace('Z', '.5Z')} ${line}` },
    });
    expect(await found(complained(20))).toEqual(['warning sync-failed node1']);
    expect(await found(complained(200))).toEqual([]);
  });
  it('which mode it runs in: a changed configuration counts only after a restart', async () => {
    const config = {
      kind: 'ConfigMap',
      metadata: { name: 'kube-proxy', namespace: 'kube-system' },
      data: { 'config.conf': 'kind: KubeProxyConfiguration\nmode: "nftables" # new\n' },
    };
    const logs = {
      'kube-proxy-node1/kube-proxy': log('healthy'),
      'kube-proxy-node2/kube-proxy': 'I1 "Using nftables Proxier"',
    };
    const world = { objects: [...objects, config], connections: healthy, logs };
    expect(await found(world)).toEqual(['warning mode-not-in-force node1']);
  });
});

const told = (body: string, status = '200 OK') => ({
  outcome: 'answered' as const,
  received: `HTTP/1.0 ${status}\r\nContent-Type: text/plain\r\n\r\n${body}`,
});

describe('its configuration', () => {
  const config = (data: string, applied: string) => ({
    kind: 'ConfigMap',
    metadata: {
      name: 'kube-proxy',
      namespace: 'kube-system',
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': applied },
    },
    data: { 'config.conf': data },
  });
  const offered = async (made: ReturnType<typeof config>) => {
    const proxies = [proxy('node1', waiting), proxy('node2')];
    const { findings } = await check({ objects: [...own, daemonSet, ...proxies, made], connections: broken });
    const crash = findings.find(({ code }) => code === 'kube-proxy/crash-loop');
    return crash?.remedies.find(({ id }) => id === 'roll-back-config');
  };
  const applied = JSON.stringify({ data: { 'config.conf': 'mode: iptables' } });
  it('is put back where it was changed since it was applied', async () => {
    expect((await offered(config('mode: iptable', applied)))?.commands).toEqual([
      'kubectl -n kube-system apply view-last-applied configmap kube-proxy -o yaml | kubectl -n kube-system replace -f -'.split(
        ' ',
      ),
      'kubectl -n kube-system delete pod kube-proxy-node1'.split(' '),
    ]);
  });
  it.each([
    ['is as it was applied', config('mode: iptables', applied)],
    ['has a note of something else', config('mode: iptable', '{"data')],
  ])('is not where it %s', async (_, made) => expect(await offered(made)).toBeUndefined());
});

describe('its own verdict on itself', () => {
  const asked = (forwards: NonNullable<Parameters<typeof looked>[2]>['forwards'], more = {}) =>
    looked({}, healthy, { ...(forwards && { forwards }), ...more });
  it.each([
    ['well', told(healthz), { what: 'kube-proxy.healthy', params: { node: 'node1', lastSync: '10:01:43' } }],
    [
      'ill',
      told('{"lastUpdated":"2026-11-23T10:03:03Z","currentTime":"2026-11-23T10:09:03Z","healthy":false}', '503 no'),
      { what: 'kube-proxy.unhealthy', params: { node: 'node1', lastSync: '' } },
    ],
  ])('is told where it may be asked: %s', async (_, health, observation) => {
    const { observations } = await check(asked({ 'kube-proxy-node1:10256': health }));
    expect(observations).toContainEqual(observation);
  });
  it('is not asked for without consent', async () => {
    const { observations } = await check({
      connections: healthy,
      forwards: { 'kube-proxy-node1:10256': told(healthz) },
    });
    expect(observations.map(({ what }) => what)).not.toContain('kube-proxy.healthy');
  });
  const config = {
    kind: 'ConfigMap',
    metadata: { name: 'kube-proxy', namespace: 'kube-system' },
    data: { 'config.conf': 'mode: nftables\n' },
  };
  it.each([
    ['iptables', ['warning mode-not-in-force node1']],
    ['nonsense', ['error rules-missing node1', 'error rules-missing node2']],
  ])('names the mode it runs in where its log no longer does: %s', async (mode, expected) => {
    const forwards = { 'kube-proxy-node1:10249': told(mode), 'kube-proxy-node2:10249': told(mode) };
    const codes = await found(asked(forwards, { objects: [...objects, config] }));
    expect(codes).toEqual(expect.arrayContaining(expected));
  });
});

describe('where it is no DaemonSet', () => {
  const set = (name: string, namespace = 'kube-system') => ({ kind: 'DaemonSet', metadata: { name, namespace } });
  const config = (name: string, data: Record<string, string>) => ({
    kind: 'ConfigMap',
    metadata: { name, namespace: 'kube-system' },
    data,
  });
  const node = (version: string, labels = {}) => ({
    kind: 'Node',
    metadata: { name: 'node1', labels },
    status: { nodeInfo: { kubeletVersion: version } },
  });
  it.each([
    ['cilium', [set('cilium')]],
    ['gke-dataplane-v2', [set('anetd')]],
    ['kube-router', [set('kube-router')]],
    ['antrea', [set('antrea-agent')]],
    ['ovn-kubernetes', [set('ovnkube-node', 'openshift-ovn-kubernetes')]],
    [
      'calico-ebpf',
      [
        set('calico-node', 'calico-system'),
        { kind: 'FelixConfiguration', metadata: { name: 'default' }, spec: { bpfEnabled: true } },
      ],
    ],
    ['windows', [{ kind: 'Node', metadata: { name: 'node1' }, status: { nodeInfo: { operatingSystem: 'windows' } } }]],
  ])('names %s, with its command', async (product, more) => {
    const world = { objects: [...own, ...more], connections: healthy };
    expect(await check(world)).toMatchObject({
      outcome: 'skip',
      reason: {
        what: 'kube-proxy.replaced',
        params: { product },
        command: expect.arrayContaining([expect.any(String)]),
      },
    });
  });
  it('was deleted where its configuration is still there', async () => {
    const world = { objects: [...own, config('kube-proxy', { 'config.conf': 'mode: iptables' })], connections: broken };
    const { findings } = await check(world);
    expect(findings.find(({ code }) => code === 'kube-proxy/not-running')).toMatchObject({
      severity: 'error',
      params: { deleted: true },
      remedies: [{ id: 'make-again' }, { id: 'cordon' }],
    });
  });
  it('still sees a cluster IP that fails', async () => {
    const world = { objects: [...own, set('cilium')], connections: broken };
    expect(await check(world)).toMatchObject({ outcome: 'fail', findings: [{ code: 'kube-proxy/not-forwarding' }] });
  });
  it.each([
    ['Cilium', [set('cilium'), set('kube-proxy'), config('cilium-config', { 'kube-proxy-replacement': 'false' })]],
    [
      'Calico',
      [set('calico-node'), set('kube-proxy'), { kind: 'FelixConfiguration', metadata: { name: 'default' }, spec: {} }],
    ],
  ])('misses it where %s leaves Services to it', async (_, more) => {
    expect(await found({ objects: [...own, ...more], connections: broken })).toContain('error not-running node1');
  });
  it.each([
    ['k3s', node('v1.34.1+k3s1')],
    ['microk8s', node('v1.34.1', { 'microk8s.io/cluster': 'true' })],
    ['eks-auto', node('v1.34.1-eks-1', { 'eks.amazonaws.com/compute-type': 'auto' })],
  ])('knows it is a part of %s, and where its log is', async (agent, made) => {
    const { observations, findings } = await check({ objects: [...own, made], connections: healthy });
    expect(findings).toEqual([]);
    expect(observations).toContainEqual(expect.objectContaining({ what: 'kube-proxy.in-agent', params: { agent } }));
  });
  it('is a static pod, under another label', async () => {
    const statics = ['node1', 'node2'].map((name) =>
      proxy(name, running, { labels: { component: 'kube-proxy' }, owner: { kind: 'Node', name } }),
    );
    const { observations, findings } = await check({ objects: [...own, ...statics], connections: healthy });
    expect(findings).toEqual([]);
    expect(observations.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['kube-proxy.static', 'kube-proxy.running']),
    );
  });
  it('may be hidden: then only packets tell', async () => {
    expect(await check({ objects: own, connections: healthy })).toMatchObject({
      outcome: 'skip',
      reason: { what: 'kube-proxy.not-here' },
    });
  });
});
