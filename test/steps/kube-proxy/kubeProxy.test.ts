import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Pod } from '../../../src/model/kubernetes.ts';
import { kubeProxy } from '../../../src/steps/kube-proxy/kubeProxy.ts';
import { ago, factsOf, type World } from '../../support/facts.ts';
import { type Made, pod, service } from '../../support/objects.ts';
import { endpoint, slice } from '../../support/workloads.ts';

const one = pod();
const two = pod({ name: 'web-6c5d8b7f9-bbbbb', ip: '10.244.1.6', node: 'node2' });
const VIP = '10.96.0.10:80';
const A = '10.244.0.5:8080';
const B = '10.244.1.6:8080';
const daemonSet = { kind: 'DaemonSet', metadata: { name: 'kube-proxy', namespace: 'kube-system' } };
const running = [
  {
    name: 'kube-proxy',
    image: '',
    imageID: '',
    ready: true,
    restartCount: 0,
    state: { running: { startedAt: ago(999) } },
  },
];
const proxy = (
  node: string,
  containerStatuses: NonNullable<NonNullable<Pod['status']>['containerStatuses']> = running,
): Made<Pod> =>
  pod({
    name: `kube-proxy-${node}`,
    namespace: 'kube-system',
    node,
    labels: { 'k8s-app': 'kube-proxy' },
    owner: { kind: 'DaemonSet', name: 'kube-proxy' },
    status: { containerStatuses },
  });
const own = [service(), one, two, slice({ endpoints: [endpoint(one), endpoint(two)] })];
const objects = [...own, daemonSet, proxy('node1'), proxy('node2')];
const check = (world: World) => kubeProxy.check(factsOf({ objects, ...world }));
const codes = async (world: World) => (await check(world)).findings.map(({ code, severity }) => `${severity} ${code}`);
const healthy = { [VIP]: 'answered', [A]: 'answered', [B]: 'answered' } as const;
const broken = { [VIP]: 'silent', [A]: 'answered', [B]: 'answered' } as const;

describe('from what packets do', () => {
  it('passes where the cluster IP reaches the pods', async () => {
    expect(await check({ connections: healthy })).toMatchObject({ outcome: 'pass', findings: [] });
  });
  it('fails where it does not and all pods answer', async () => {
    expect(await codes({ connections: broken })).toEqual(['error kube-proxy/not-forwarding']);
  });
  it('says nothing where the pods do not answer either', async () => {
    expect(await check({ connections: { [A]: 'refused', [B]: 'refused', [VIP]: 'refused' } })).toMatchObject({
      outcome: 'unknown',
      findings: [],
    });
  });
  it('does not blame it for a node without local endpoint', async () => {
    const local = service({ spec: { internalTrafficPolicy: 'Local' } });
    const away = [local, two, slice({ endpoints: [endpoint(two)] }), daemonSet, proxy('node1'), proxy('node2')];
    expect(await codes({ objects: away, connections: { [B]: 'answered' } })).toEqual([]);
  });
  it('does not blame it for a backend that cannot reach itself', async () => {
    const alone = [service(), one, slice({ endpoints: [endpoint(one)] }), daemonSet, proxy('node1')];
    const vantage = { id: `pod/shop/${one.metadata?.name}`, kind: 'pod', pod: one.metadata?.name ?? '' } as const;
    expect(await codes({ objects: alone, vantage, connections: { [A]: 'answered' } })).toEqual([]);
  });
  it('sees that only the pods of one node can be reached', async () => {
    expect(await codes({ connections: { [VIP]: ['answered', 'silent'], [A]: 'answered', [B]: 'silent' } })).toEqual([
      'error kube-proxy/pod-network',
    ]);
  });
});

describe('from its pods and logs', () => {
  const waiting = [
    {
      name: 'kube-proxy',
      image: '',
      imageID: '',
      ready: false,
      restartCount: 4,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
    },
  ];
  const terminated = [{ ...waiting[0]!, state: { terminated: { exitCode: 1, reason: 'Error', finishedAt: ago(3) } } }];
  it.each([
    ['CrashLoopBackOff', waiting],
    ['Error', terminated],
  ])('crashes, whether it shows %s', async (_, statuses) => {
    const crashing = [...own, daemonSet, proxy('node1', statuses), proxy('node2')];
    const logs = { 'kube-proxy-node1/kube-proxy previous': 'E1 "command failed" err="Invalid value: \\"iptable\\""\n' };
    const { findings } = await check({ objects: crashing, connections: broken, logs });
    expect(findings).toContainEqual(
      expect.objectContaining({
        code: 'kube-proxy/crash-loop',
        severity: 'error',
        params: expect.objectContaining({ line: expect.stringContaining('Invalid value') }),
      }),
    );
  });
  it('is missing on the node of the client', async () => {
    expect(await codes({ objects: [...own, daemonSet, proxy('node2')], connections: broken })).toContain(
      'error kube-proxy/not-running',
    );
  });
  it('is a warning as long as packets arrive', async () => {
    expect(await codes({ objects: [...own, daemonSet, proxy('node2')], connections: healthy })).toEqual([
      'warning kube-proxy/not-running',
    ]);
  });
  it.each([
    ['sync-failed', 'E1 proxier.go:1 "Failed to execute iptables-restore" err="exit status 4"'],
    ['api-unreachable', 'E1 reflector.go:1 "Failed to watch" err="failed to list *v1.Service: connection refused"'],
  ])('%s', async (kind, line) => {
    expect(await codes({ connections: broken, logs: { 'kube-proxy-node1/kube-proxy': line } })).toContain(
      `error kube-proxy/${kind}`,
    );
  });
  it('is not there: another product is named, and packets still count', async () => {
    const cilium = [...own, { kind: 'DaemonSet', metadata: { name: 'cilium', namespace: 'kube-system' } }];
    expect(await check({ objects: cilium, connections: healthy })).toMatchObject({
      outcome: 'skip',
      reason: { what: 'kube-proxy.replaced', params: { product: 'cilium' } },
    });
    expect(await check({ objects: cilium, connections: broken })).toMatchObject({
      outcome: 'fail',
      findings: [{ code: 'kube-proxy/not-forwarding' }],
    });
  });
});

describe('from its rules', () => {
  const rules = (...endpoints: string[]) =>
    [
      '*nat',
      '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
      '-A KUBE-SERVICES -d 10.96.0.10/32 -p tcp -m comment --comment "shop/web cluster IP" -m tcp --dport 80 -j KUBE-SVC-AAAA',
      ...endpoints.flatMap((to, i) => [
        `-A KUBE-SVC-AAAA -j KUBE-SEP-${i}`,
        `-A KUBE-SEP-${i} -p tcp -m tcp -j DNAT --to-destination ${to}`,
      ]),
      'COMMIT',
    ].join('\n');
  const both = rules(A, B);
  const looked = (execs: World['execs'], connections: World['connections'] = healthy): World => ({
    connections,
    consent: { nodeChecks: true },
    execs: { 'kube-proxy-node2 iptables-save': both, ...execs },
  });

  it('lead to exactly the ready endpoints', async () => {
    const { outcome, observations } = await check(looked({ 'kube-proxy-node1 iptables-save': both }));
    expect(outcome).toBe('pass');
    expect(observations).toContainEqual(
      expect.objectContaining({ what: 'kube-proxy.rules', params: { node: 'node1', port: '80/TCP', endpoints: 2 } }),
    );
  });
  it('are missing, with the name of the chain that should be there', async () => {
    const { findings } = await check(looked({ 'kube-proxy-node1 iptables-save': '*nat\nCOMMIT\n' }, broken));
    expect(findings).toContainEqual(
      expect.objectContaining({
        code: 'kube-proxy/rules-missing',
        params: expect.objectContaining({ node: 'node1', chains: [expect.stringMatching(/^KUBE-SVC-[A-Z2-7]{16}$/)] }),
      }),
    );
  });
  it('are stale on the node of a backend: no probe overrules that', async () => {
    const { findings } = await check(
      looked({
        'kube-proxy-node1 iptables-save': both,
        'kube-proxy-node2 iptables-save': rules(A, '10.244.1.99:8080'),
      }),
    );
    expect(findings).toMatchObject([
      {
        code: 'kube-proxy/rules-stale',
        severity: 'error',
        params: { node: 'node2', surplus: ['10.244.1.99:8080'], lacking: [B] },
      },
    ]);
  });
  it('are read in nftables mode too', async () => {
    const config = {
      kind: 'ConfigMap',
      metadata: { name: 'kube-proxy', namespace: 'kube-system' },
      data: { 'config.conf': 'mode: nftables\n' },
    };
    const table = readFileSync(new URL('../../recorded/nft-list-table-ip-kube-proxy.txt', import.meta.url), 'utf8');
    const execs = { 'kube-proxy-node1 nft': table, 'kube-proxy-node2 nft': table };
    const { findings } = await check({
      objects: [...objects, config],
      connections: healthy,
      consent: { nodeChecks: true },
      execs,
    });
    expect(findings.map(({ code }) => code)).toEqual(['kube-proxy/rules-missing', 'kube-proxy/rules-missing']);
  });
});

it.each([
  ['headless', service({ spec: { clusterIP: 'None', clusterIPs: ['None'] } })],
  ['ExternalName', service({ spec: { type: 'ExternalName', externalName: 'example.com' } })],
])('%s is not proxied', async (_, object) => {
  expect(await check({ objects: [object], connections: {} })).toMatchObject({ outcome: 'skip' });
});
