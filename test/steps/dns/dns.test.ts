import { describe, expect, test } from 'vitest';
import { ago } from '../../support/facts.ts';
import { pod, service } from '../../support/objects.ts';
import { endpoint, slice } from '../../support/workloads.ts';
import {
  check,
  codes,
  corefile,
  DNS_IP,
  dnsPod,
  dnsService,
  dnsSlice,
  FULL,
  HEALTHY,
  HEALTHY_DNS,
  type Heard,
  KUBERNETES,
  web,
} from './world.ts';

const BAD = { '*': 'bad-name' } as const;

describe('the name resolves', () => {
  test('in every form', async () => {
    const seen = await check({});
    expect(seen.outcome).toBe('pass');
    expect(seen.findings).toEqual([]);
    expect(seen.observations).toMatchObject([
      { what: 'dns.names-resolve', params: { full: FULL, addresses: ['10.96.7.7'], server: DNS_IP } },
    ]);
  });

  const pods = [pod({ ip: '10.244.0.5' }), pod({ name: 'web-6c5d8b7f9-bbbbb', ip: '10.244.0.6' })];
  const headless = web({ spec: { clusterIP: 'None', clusterIPs: ['None'] } });
  const heardHeadless = {
    dns: { [FULL]: ['10.244.0.6', '10.244.0.5'] },
    lookups: { '*': ['10.244.0.5', '10.244.0.6'] },
  };
  const external = service({ selector: {}, spec: { type: 'ExternalName', externalName: 'db.example.com' } });

  test.each<[string, Heard, Parameters<typeof check>[1]]>([
    ['without nslookup in the pod', { noNslookup: true }, {}],
    ['NodeLocal DNSCache as nameserver', { conf: { nameservers: ['169.254.20.10'] } }, {}],
    ['a foreign nameserver that knows cluster names', { conf: { nameservers: ['10.0.0.2'] } }, {}],
    ['the DNS Service under a name of its own', {}, { objects: [web()] }],
    [
      'a headless Service',
      heardHeadless,
      { objects: [headless, slice({ endpoints: pods.map((each) => endpoint(each)) }), ...pods, ...HEALTHY_DNS] },
    ],
    [
      'a headless Service with one address that is still cached',
      { ...heardHeadless, dns: { [FULL]: ['10.244.0.5', '10.244.9.9'] } },
      { objects: [headless, slice({ endpoints: pods.map((each) => endpoint(each)) }), ...pods, ...HEALTHY_DNS] },
    ],
    [
      'an ExternalName',
      { dns: { [FULL]: ['192.0.2.1'] }, lookups: { '*': ['192.0.2.1'] } },
      { objects: [external, ...HEALTHY_DNS] },
    ],
    ['a low ndots that its C library copes with', { conf: { ndots: 1 } }, {}],
    ['the absolute name through libc, though one query got lost', { dns: { '*@own': 'timeout' } }, {}],
    ['kube-system closed to the user', {}, { forbidden: ['list pods'] }],
  ])('%s', async (_what, heard, world) => {
    const seen = await check(heard, world);
    expect(codes(seen)).toEqual([]);
    expect(seen.outcome).toBe('pass');
  });

  test('another domain of the cluster is found and asked', async () => {
    const full = 'web.shop.svc.corp.local.';
    const seen = await check({
      conf: { search: ['shop.svc.corp.local', 'svc.corp.local', 'corp.local'] },
      dns: {
        [FULL]: 'nxdomain',
        [KUBERNETES]: 'nxdomain',
        [full]: ['10.96.7.7'],
        'kubernetes.default.svc.corp.local.': ['10.96.0.1'],
      },
    });
    expect(seen.outcome).toBe('pass');
    expect(seen.observations.at(-1)?.params).toMatchObject({ full });
  });

  test('a DNS pod that is silent while the other answers is a warning', async () => {
    const seen = await check({ dns: { '*@10.244.2.2': 'timeout' } });
    expect(codes(seen)).toEqual(['warning dns/no-answer']);
    expect(seen.findings[0]).toMatchObject({ params: { who: 'pod', server: '10.244.2.2' } });
    expect(seen.outcome).toBe('pass');
  });

  test('a DNS pod that crashes while the other answers is a warning', async () => {
    const pods = [dnsPod(1), crashing(2)];
    const seen = await check(
      { dns: { '*@10.244.2.2': 'port-refused' } },
      { objects: [web(), dnsService(), dnsSlice(pods), ...pods] },
    );
    expect(codes(seen)).toEqual(['warning dns/dns-pods-crash']);
    expect(seen.outcome).toBe('pass');
  });
});

const crashing = (n: number, reason = 'Error', exitCode = 1) =>
  dnsPod(n, {
    ready: false,
    spec: { containers: [{ name: 'coredns', image: 'coredns' }], nodeName: `node${n}` },
    status: {
      containerStatuses: [
        {
          name: 'coredns',
          image: 'coredns',
          imageID: '',
          ready: false,
          restartCount: 4,
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          lastState: { terminated: { exitCode, reason, startedAt: ago(42), finishedAt: ago(40) } },
        },
      ],
    },
  });

const DOWN: Heard = { dns: { '*': 'port-refused' }, lookups: BAD };

describe('the DNS server', () => {
  const withPods = (pods: ReturnType<typeof dnsPod>[]) => [web(), dnsService(), dnsSlice(pods), ...pods];
  const deployment = (replicas: number) => ({
    kind: 'Deployment',
    metadata: { name: 'coredns', namespace: 'kube-system' },
    spec: {
      replicas,
      selector: {},
      template: { metadata: { labels: { 'k8s-app': 'kube-dns' } }, spec: { containers: [] } },
    },
  });

  test('is missing', async () => {
    const seen = await check(
      { dns: { '*': 'timeout' }, lookups: BAD },
      { objects: [web(), ...[dnsPod(1), dnsPod(2)]] },
    );
    expect(codes(seen)).toEqual(['dns/no-dns-service']);
    expect(seen.findings[0]).toMatchObject({
      breaks: 'dns-server',
      params: { namespace: 'kube-system', service: 'kube-dns' },
    });
  });

  test('has another name, and no ready pods', async () => {
    const other = service({
      name: 'rke2-coredns-rke2-coredns',
      namespace: 'kube-system',
      labels: { 'k8s-app': 'kube-dns' },
      selector: { a: 'b' },
    });
    const seen = await check(DOWN, { objects: [web(), other] });
    expect(codes(seen)).toEqual(['dns/no-ready-dns-pods']);
    expect(seen.findings[0]?.params).toMatchObject({ service: 'kube-system/rke2-coredns-rke2-coredns' });
  });

  test('is scaled to zero', async () => {
    const seen = await check(DOWN, { objects: [web(), dnsService(), deployment(0)] });
    expect(codes(seen)).toEqual(['dns/no-ready-dns-pods']);
    expect(seen.findings[0]).toMatchObject({
      params: { state: 'scaled-to-zero', detail: 'Deployment/coredns' },
      remedies: [
        {
          id: 'scale-up',
          commands: [['kubectl', '-n', 'kube-system', 'scale', 'deployment', 'coredns', '--replicas=2']],
        },
      ],
    });
  });

  test('is not selected by its Service', async () => {
    const pods = [dnsPod(1), dnsPod(2)];
    const objects = [
      web(),
      dnsService({ selector: { 'k8s-app': 'kubedns' } }),
      slice({ service: 'kube-dns', namespace: 'kube-system' }),
      ...pods,
    ];
    const seen = await check(DOWN, { objects });
    expect(codes(seen)).toEqual(['dns/no-ready-dns-pods']);
    expect(seen.findings[0]).toMatchObject({ params: { state: 'selector' }, remedies: [{ id: 'correct-selector' }] });
  });

  test('has pods that no node takes', async () => {
    const conditions = [
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'Unschedulable',
        message: '0/2 nodes are available: 2 Insufficient memory. preemption: none',
      },
    ];
    const pods = [dnsPod(1, { ready: false, node: '', ip: '', phase: 'Pending', status: { conditions } })];
    const seen = await check(DOWN, { objects: withPods(pods) });
    expect(seen.findings[0]?.params).toMatchObject({ state: 'pending', detail: '2 Insufficient memory' });
  });

  test('has pods whose image cannot be pulled', async () => {
    const waiting = { reason: 'ImagePullBackOff', message: 'Back-off pulling image' };
    const status = {
      containerStatuses: [{ name: 'app', image: 'x', imageID: '', ready: false, restartCount: 0, state: { waiting } }],
    };
    const seen = await check(DOWN, { objects: withPods([dnsPod(1, { ready: false, status })]) });
    expect(seen.findings[0]?.params).toMatchObject({
      state: 'waiting',
      detail: 'ImagePullBackOff: Back-off pulling image',
    });
  });

  test('is not ready, and its log says why', async () => {
    const line = '[ERROR] plugin/kubernetes: Failed to watch: failed to list *v1.Service: services is forbidden';
    const running = {
      name: 'app',
      image: 'x',
      imageID: '',
      ready: false,
      restartCount: 0,
      state: { running: { startedAt: ago(60) } },
    };
    const pods = [dnsPod(1, { ready: false, status: { containerStatuses: [running] } })];
    const seen = await check(
      { dns: { '*@own': 'port-refused', [`*@${DNS_IP}`]: 'port-refused', '*': 'servfail' }, lookups: BAD },
      {
        objects: withPods(pods),
        logs: { 'coredns-1/app': `[INFO] plugin/ready: Plugins not ready: "kubernetes"\n${line}\n` },
      },
    );
    expect(codes(seen)).toEqual(['dns/no-ready-dns-pods']);
    expect(seen.findings[0]?.params).toMatchObject({ state: 'not-ready', detail: line });
  });

  test.each([
    ['dns/corefile-loop', '[FATAL] plugin/loop: Loop (127.0.0.1:57374 -> :53) detected for zone "."'],
    ['dns/corefile-invalid', "/etc/coredns/Corefile:6 - Error during parsing: Unknown directive 'forwrd'"],
    ['dns/dns-pods-crash', 'panic: runtime error: invalid memory address'],
  ])('crashes: %s', async (code, line) => {
    const pods = [crashing(1), crashing(2)];
    const seen = await check(DOWN, { objects: withPods(pods), logs: { 'coredns-1/coredns previous': line } });
    expect(codes(seen)).toEqual([code]);
    expect(seen.findings[0]).toMatchObject({
      params: { line, pods: ['coredns-1', 'coredns-2'] },
      breaks: 'dns-server',
    });
  });

  test('crashes, and its log may not be read', async () => {
    const pods = [crashing(1, 'OOMKilled', 137)];
    const seen = await check(DOWN, { objects: withPods(pods), forbidden: ['get pods/log'] });
    expect(codes(seen)).toEqual(['dns/dns-pods-crash']);
    expect(seen.findings[0]?.params).toMatchObject({ exit: 'OOMKilled (137)', line: '', restarts: 4 });
  });

  const zones: [string, Heard, string | undefined, string[]][] = [
    [
      'serves another zone',
      { dns: { '*': 'nxdomain' }, lookups: BAD },
      '.:53 {\n kubernetes corp.local\n forward . 8.8.8.8\n}',
      ['corp.local'],
    ],
    ['has no kubernetes plugin', { dns: { '*': 'servfail' }, lookups: BAD }, '.:53 {\n cache 30\n}', []],
    [
      'has no block for the zone',
      { dns: { '*': 'refused-query' }, lookups: BAD },
      'corp.local:53 {\n kubernetes corp.local\n}',
      ['corp.local'],
    ],
    ['knows no cluster name, and has no Corefile to read', { dns: { '*': 'nxdomain' }, lookups: BAD }, undefined, []],
  ];
  test.each(zones)('%s', async (_what, heard, text, served) => {
    const seen = await check(heard, { objects: [...HEALTHY, ...(text ? [corefile(text)] : [])] });
    expect(codes(seen)).toEqual(['dns/zone-not-served']);
    expect(seen.findings[0]?.params).toMatchObject({ zone: 'cluster.local', served, read: text !== undefined });
  });

  test('serves cluster.local, and the kubelets promise another domain', async () => {
    const seen = await check({
      conf: { search: ['shop.svc.corp.local', 'svc.corp.local', 'corp.local'] },
      dns: { 'web.shop.svc.corp.local.': 'nxdomain', 'kubernetes.default.svc.corp.local.': 'nxdomain' },
      lookups: BAD,
    });
    expect(codes(seen)).toEqual(['dns/zone-not-served']);
    expect(seen.findings[0]).toMatchObject({
      params: { zone: 'corp.local', served: ['cluster.local'] },
      remedies: [{ id: 'align-domain' }],
    });
  });

  test('fails at every cluster name though its Corefile is right', async () => {
    const seen = await check(
      { dns: { '*': 'servfail' }, lookups: BAD },
      {
        objects: [...HEALTHY, corefile('.:53 {\n kubernetes cluster.local\n}')],
        logs: { 'coredns-1/app': '[WARNING] plugin/kubernetes: starting server with unsynced Kubernetes API' },
      },
    );
    expect(codes(seen)).toEqual(['dns/server-failure']);
    expect(seen.findings[0]?.params).toMatchObject({ upstream: false, line: expect.stringContaining('unsynced') });
  });

  test.each<[string, Heard, string, string, string]>([
    [
      'is silent, its pods answer: the way to its address is broken',
      { dns: { '*@own': 'timeout', [`*@${DNS_IP}`]: 'timeout' }, lookups: BAD },
      'service',
      'dns-answer',
      '',
    ],
    ['is silent altogether', { dns: { '*': 'timeout' }, lookups: BAD }, 'all', 'dns-answer', 'look-at-pods'],
    [
      'has one silent pod',
      { dns: { '*@own': 'timeout', [`*@${DNS_IP}`]: 'timeout', '*@10.244.2.2': 'timeout' }, lookups: BAD },
      'some',
      'dns-answer',
      'look-at-pods',
    ],
    [
      'answers when it is asked, and not the pod',
      { dns: { '*@own': 'timeout' }, lookups: BAD },
      'some',
      'dns-answer',
      'look-at-pods',
    ],
    [
      'answers, but the cache on the node does not',
      { conf: { nameservers: ['169.254.20.10'] }, dns: { '*@own': 'port-refused' }, lookups: BAD },
      'node-local',
      'dns-answer',
      'look-at-node-local',
    ],
    ['finds the full name, and short ones now and then', { lookups: BAD }, 'some', 'dns-answer', 'look-at-pods'],
  ])('%s', async (_what, heard, who, breaks, remedy) => {
    const seen = await check(heard);
    expect(codes(seen)).toEqual(['dns/no-answer']);
    expect(seen.findings[0]).toMatchObject({ params: { who }, breaks });
    expect(seen.findings[0]?.remedies.map(({ id }) => id)).toEqual(remedy ? [remedy] : []);
  });

  test('sends queries to a port on which its pods do not listen', async () => {
    const pods = [dnsPod(1), dnsPod(2)];
    const seen = await check(
      { dns: { '*@own': 'port-refused', [`*@${DNS_IP}`]: 'port-refused' }, lookups: BAD },
      { objects: [web(), dnsService(), dnsSlice(pods, 5353), ...pods] },
    );
    expect(codes(seen)).toEqual(['dns/no-answer']);
    expect(seen.findings[0]?.params).toMatchObject({ who: 'service-port' });
  });

  test('may not be looked at: what was heard stands, and what is missing is said', async () => {
    const seen = await check(
      { dns: { '*': 'timeout' }, lookups: BAD },
      { forbidden: ['list pods', 'list endpointslices'] },
    );
    expect(codes(seen)).toEqual(['dns/no-answer']);
    expect(seen.findings[0]?.params).toMatchObject({ server: DNS_IP, who: 'all' });
    expect(seen.obstacles.map((obstacle) => 'resource' in obstacle && obstacle.resource)).toContain('pods');
  });
});
