import { describe, expect, test } from 'vitest';
import { ago } from '../../support/facts.ts';
import { metaOf, pod, service } from '../../support/objects.ts';
import { endpoint, slice } from '../../support/workloads.ts';
import { codes, dnsPod } from '../dns/world.ts';
import {
  ALLOW_DNS,
  ALLOW_FRONT,
  check,
  DENY_EGRESS,
  DENY_INGRESS,
  FROM_BATCH,
  FROM_FRONT,
  FROM_PROBE,
  MUTE,
  OPEN,
  policy,
  SILENT,
} from './world.ts';

describe('nothing stands in the way', () => {
  test('there is no policy', async () => {
    const seen = await check({ connections: OPEN });
    expect(seen.outcome).toBe('pass');
    expect(seen.findings).toEqual([]);
    expect(seen.observations[0]?.what).toBe('network-policy.none');
  });

  test('default deny, and a sufficient allow, from the client that it names', async () => {
    const seen = await check({ policies: [DENY_INGRESS, ALLOW_FRONT], connections: OPEN, vantage: FROM_FRONT });
    expect(seen.outcome).toBe('pass');
    expect(seen.findings).toEqual([]);
    expect(seen.observations).toContainEqual(
      expect.objectContaining({
        what: 'network-policy.admitted',
        params: expect.objectContaining({ policy: 'allow-front', rule: 1 }),
      }),
    );
  });

  test.each([
    [
      'a policy for other pods',
      policy('other', { podSelector: { matchLabels: { app: 'batch' } }, policyTypes: ['Ingress'] }),
    ],
    ['a policy of another namespace', policy('deny', { podSelector: {}, policyTypes: ['Ingress'] }, 'other')],
    ['a policy that lets everybody in', policy('open', { podSelector: {}, ingress: [{}] })],
    ['a policy for egress that allows all', policy('out', { podSelector: {}, policyTypes: ['Egress'], egress: [{}] })],
  ])('%s, and the pods are silent: it is not the policy', async (_what, one) => {
    const seen = await check({ policies: [one], connections: SILENT });
    expect(codes(seen)).toEqual([]);
    expect(seen.outcome).toBe('pass');
  });

  test('a Service that has pods of its own namespace only in its slices', async () => {
    const seen = await check({ policies: [ALLOW_FRONT], connections: OPEN, vantage: FROM_FRONT });
    expect(seen.outcome).toBe('pass');
  });
});

describe('ingress of the backends', () => {
  test('the client that suffers is not admitted', async () => {
    const seen = await check({ policies: [DENY_INGRESS, ALLOW_FRONT], connections: SILENT, vantage: FROM_BATCH });
    expect(codes(seen)).toEqual(['network-policy/ingress-denied']);
    expect(seen.findings[0]).toMatchObject({
      breaks: 'policy',
      subject: { port: '80/TCP', from: 'pod/shop/batch' },
      params: {
        service: 'shop/web',
        podPort: 8080,
        policies: ['allow-front', 'deny'],
        client: 'shop/batch-6c5d8b7f9-aaaaa',
        hint: 'pod-label',
        hintPolicy: 'allow-front',
        hintRule: 1,
        wanted: 'app=front',
        listed: 'app=batch',
      },
    });
    const [remedy] = seen.findings[0]?.remedies ?? [];
    expect(remedy?.id).toBe('add-policy');
    const [command = []] = remedy?.commands ?? [];
    expect(command.slice(-5)).toEqual(['-n', 'shop', 'apply', '-f', '-']);
    expect(JSON.parse(command[2] ?? '')).toMatchObject({
      kind: 'NetworkPolicy',
      metadata: { name: 'allow-batch-to-web', namespace: 'shop' },
      spec: {
        podSelector: { matchLabels: { app: 'web' } },
        ingress: [
          { from: [{ podSelector: { matchLabels: { app: 'batch' } } }], ports: [{ port: 8080, protocol: 'TCP' }] },
        ],
      },
    });
  });

  test('no existing pod is admitted', async () => {
    const seen = await check({ policies: [DENY_INGRESS], connections: SILENT });
    expect(codes(seen)).toEqual(['network-policy/ingress-denied']);
    expect(seen.findings[0]).toMatchObject({
      subject: { port: '80/TCP' },
      params: { client: '', policies: ['deny'] },
    });
    expect(seen.findings[0]?.subject).not.toHaveProperty('from');
  });

  test('the rule lists the port of the Service: one line is added to it', async () => {
    const wrong = policy('allow-all', {
      podSelector: { matchLabels: { app: 'web' } },
      ingress: [{ ports: [{ port: 80, protocol: 'TCP' }] }],
    });
    const seen = await check({ policies: [wrong], connections: SILENT });
    expect(codes(seen)).toEqual(['network-policy/ingress-denied']);
    expect(seen.findings[0]).toMatchObject({
      params: { hint: 'service-port', listed: '80', wanted: '8080' },
      remedies: [{ id: 'add-port' }],
    });
    expect(seen.findings[0]?.remedies[0]?.commands[0]?.slice(0, 6)).toEqual([
      'kubectl',
      '-n',
      'shop',
      'patch',
      'networkpolicy',
      'allow-all',
    ]);
    expect(seen.findings[0]?.remedies[0]?.patch).toMatchObject({
      type: 'json-patch+json',
      target: { name: 'allow-all' },
    });
  });

  test('the probe is not admitted, another pod is', async () => {
    const seen = await check({ policies: [DENY_INGRESS, ALLOW_FRONT], connections: SILENT });
    expect(codes(seen)).toEqual(['info network-policy/probe-denied']);
    expect(seen.outcome).toBe('unknown');
    expect(seen.findings[0]).toMatchObject({
      params: { admits: ['app=front in shop'], pods: ['shop/front-6c5d8b7f9-aaaaa'] },
      remedies: [
        { id: 'ask-from', commands: [['svc-debug', 'web', '-n', 'shop', '--from', 'shop/pod/front-6c5d8b7f9-aaaaa']] },
      ],
    });
  });

  test.each([
    ['answers', OPEN],
    ['is silent as well: that is not the policy', SILENT],
  ])('the probe is not admitted, another pod is asked in its stead, and %s', async (_what, self) => {
    const seen = await check({ policies: [DENY_INGRESS, ALLOW_FRONT], connections: SILENT, self });
    expect(codes(seen)).toEqual(['info network-policy/probe-denied']);
    expect(seen.outcome).toBe('pass');
    expect(seen.findings[0]?.params).toMatchObject({ asked: 'shop/front-6c5d8b7f9-aaaaa' });
    expect(seen.observations).toContainEqual(expect.objectContaining({ what: 'network-policy.admitted' }));
  });

  test('a pod that is admitted is not asked without consent, nor when the probe gets through', async () => {
    const policies = [DENY_INGRESS, ALLOW_FRONT];
    const without = await check({ policies, connections: SILENT, self: OPEN, consent: { probe: false } });
    expect(without.outcome).toBe('unknown');
    expect(codes(await check({ policies, connections: OPEN, self: OPEN }))).toEqual([
      'info network-policy/not-enforced',
    ]);
  });

  test('a pod of another namespace is admitted', async () => {
    const allow = policy('allow-office', {
      podSelector: {},
      ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'office' } } }] }],
    });
    const office = { kind: 'Namespace', metadata: { ...metaOf({ name: 'office', labels: { team: 'office' } }) } };
    const clerk = pod({ name: 'clerk', namespace: 'office', labels: { app: 'clerk' }, deployment: null });
    const seen = await check({ policies: [allow], others: [office, clerk], connections: SILENT });
    expect(codes(seen)).toEqual(['info network-policy/probe-denied']);
    expect(seen.findings[0]?.params).toMatchObject({ pods: ['office/clerk'], admits: ['* in namespaces team=office'] });
    const none = await check({ policies: [allow], others: [office], connections: SILENT });
    expect(codes(none)).toEqual(['network-policy/ingress-denied']);
  });

  test('pods of other namespaces may not be read: nobody can be said to be shut out', async () => {
    const allow = policy('allow-office', {
      podSelector: {},
      ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'office' } } }] }],
    });
    const seen = await check({ policies: [allow], connections: SILENT, forbidden: ['list namespaces'] });
    expect(seen.outcome).toBe('unknown');
    expect(seen.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test('it denies, and the probe gets through: not enforced, no cause', async () => {
    const seen = await check({ policies: [DENY_INGRESS], connections: OPEN });
    expect(codes(seen)).toEqual(['info network-policy/not-enforced']);
    expect(seen.outcome).toBe('pass');
  });

  test('it denies, and the pod hangs after it took the connection: not the policy', async () => {
    const seen = await check({ policies: [DENY_INGRESS], connections: { ...OPEN, '10.244.0.5:8080': 'hangs' } });
    expect(codes(seen)).toEqual(['info network-policy/not-enforced']);
  });

  test('it denies, and the answer is a refusal: some plugins refuse', async () => {
    const seen = await check({ policies: [DENY_INGRESS], connections: { ...SILENT, '10.244.0.5:8080': 'refused' } });
    expect(codes(seen)).toEqual(['network-policy/ingress-denied']);
  });

  test('one of two backends is shut', async () => {
    const second = pod({ name: 'web-6c5d8b7f9-bbbbb', labels: { app: 'web', track: 'canary' }, ip: '10.244.0.6' });
    const canary = policy('canary', { podSelector: { matchLabels: { track: 'canary' } }, policyTypes: ['Ingress'] });
    const more = slice({
      name: 'web-fghij',
      ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
      endpoints: [endpoint(second)],
    });
    const seen = await check({
      policies: [canary],
      others: [second, more],
      connections: { ...OPEN, '10.244.0.6:8080': 'silent' },
      vantage: FROM_FRONT,
    });
    expect(codes(seen)).toEqual(['network-policy/ingress-denied']);
    expect(seen.findings[0]).toMatchObject({
      subject: { backend: 'web-6c5d8b7f9-bbbbb' },
      params: { backends: ['web-6c5d8b7f9-bbbbb'], of: 2 },
    });
  });

  test('a client in another namespace, whose own policies count as well', async () => {
    const clerk = pod({
      name: 'clerk',
      namespace: 'office',
      labels: { app: 'clerk' },
      ip: '10.244.1.7',
      deployment: null,
    });
    const out = policy('deny-out', { podSelector: {}, policyTypes: ['Egress'] }, 'office');
    const vantage = {
      id: 'pod/office/clerk',
      kind: 'pod',
      namespace: 'office',
      pod: 'clerk',
      labels: { app: 'clerk' },
    } as const;
    const seen = await check({ policies: [out], others: [clerk], connections: SILENT, heard: MUTE, vantage });
    expect(codes(seen)).toEqual(['network-policy/egress-denied', 'network-policy/dns-egress-denied']);
    expect(seen.findings[0]?.params).toMatchObject({ policies: ['office/deny-out'], client: 'office/clerk' });
  });

  test('a host-network backend: what policies do there depends on the plugin', async () => {
    const onNode = pod({ ip: '172.30.0.11', spec: { hostNetwork: true } });
    const objects = [
      service({ spec: { clusterIP: '10.96.7.7', clusterIPs: ['10.96.7.7'] } }),
      onNode,
      slice({ endpoints: [endpoint(onNode)] }),
      DENY_INGRESS,
    ];
    const seen = await check({ objects, connections: {} });
    expect(seen.outcome).toBe('unknown');
    expect(codes(seen)).toEqual([]);
    expect(seen.obstacles[0]).toMatchObject({
      kind: 'not-applicable',
      reason: expect.stringContaining('network of its node'),
    });
  });
});

describe('egress of the client', () => {
  const NOT_TO_WEB = policy('front-out', {
    podSelector: { matchLabels: { app: 'front' } },
    policyTypes: ['Egress'],
    egress: [{ to: [{ podSelector: { matchLabels: { app: 'db' } } }] }, { ports: [{ port: 53, protocol: 'UDP' }] }],
  });

  test('keeps it from the backends, not from DNS', async () => {
    const seen = await check({ policies: [NOT_TO_WEB], connections: SILENT, vantage: FROM_FRONT });
    expect(codes(seen)).toEqual(['network-policy/egress-denied']);
    expect(seen.findings[0]).toMatchObject({
      params: { client: 'shop/front-6c5d8b7f9-aaaaa', policies: ['front-out'] },
      remedies: [{ id: 'add-policy' }],
    });
  });

  test('holds for another client, not for the probe', async () => {
    const seen = await check({ policies: [NOT_TO_WEB], connections: OPEN });
    expect(codes(seen)).toEqual([]);
    expect(seen.outcome).toBe('pass');
  });

  test('of every pod, DNS too', async () => {
    const seen = await check({ policies: [DENY_EGRESS], connections: SILENT, heard: MUTE });
    expect(codes(seen)).toEqual(['network-policy/egress-denied', 'network-policy/dns-egress-denied']);
  });

  test('of every pod, with DNS allowed', async () => {
    const seen = await check({ policies: [DENY_EGRESS, ALLOW_DNS], connections: SILENT });
    expect(codes(seen)).toEqual(['network-policy/egress-denied']);
  });
});

describe('the way to DNS', () => {
  const ONLY_WEB = policy('front-out', {
    podSelector: { matchLabels: { app: 'front' } },
    policyTypes: ['Egress'],
    egress: [{ to: [{ podSelector: { matchLabels: { app: 'web' } } }] }],
  });

  test('is closed to the client that suffers', async () => {
    const seen = await check({ policies: [ONLY_WEB], connections: OPEN, heard: MUTE, vantage: FROM_FRONT });
    expect(codes(seen)).toEqual(['network-policy/dns-egress-denied']);
    expect(seen.findings[0]).toMatchObject({
      breaks: 'dns-policy',
      subject: { from: 'pod/shop/front' },
      params: { policies: ['front-out'], client: 'shop/front-6c5d8b7f9-aaaaa', podPort: 53 },
    });
    const [, , manifest = ''] = seen.findings[0]?.remedies[0]?.commands[0] ?? [];
    expect(JSON.parse(manifest).spec.egress[0].ports).toEqual([
      { port: 53, protocol: 'UDP' },
      { port: 53, protocol: 'TCP' },
    ]);
  });

  test('is open over TCP only: resolvers ask over UDP', async () => {
    const tcp = policy('front-out', {
      podSelector: { matchLabels: { app: 'front' } },
      policyTypes: ['Egress'],
      egress: [{ ports: [{ port: 53 }, { port: 8080 }] }],
    });
    const seen = await check({ policies: [tcp], connections: OPEN, heard: MUTE, vantage: FROM_FRONT });
    expect(codes(seen)).toEqual(['network-policy/dns-egress-denied']);
    expect(seen.findings[0]?.params).toMatchObject({ hint: 'protocol', listed: 'TCP', wanted: 'UDP' });
  });

  test('is closed to every pod of the namespace', async () => {
    const all = policy('out', { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ podSelector: {} }] }] });
    const seen = await check({ policies: [all], connections: OPEN, heard: MUTE });
    expect(codes(seen)).toEqual(['network-policy/dns-egress-denied']);
    expect(seen.findings[0]).toMatchObject({ subject: {}, params: { client: '' } });
    const [, , manifest = ''] = seen.findings[0]?.remedies[0]?.commands[0] ?? [];
    expect(JSON.parse(manifest)).toMatchObject({
      metadata: { name: 'allow-dns', namespace: 'shop' },
      spec: { podSelector: {} },
    });
  });

  test('is closed to the probe, not to another pod', async () => {
    const allow = policy('front-dns', {
      podSelector: { matchLabels: { app: 'front' } },
      policyTypes: ['Egress'],
      egress: [{}],
    });
    const seen = await check({ policies: [DENY_EGRESS, allow], connections: SILENT, heard: MUTE });
    expect(codes(seen)).toEqual(['info network-policy/probe-denied', 'info network-policy/probe-denied']);
    expect(seen.findings[1]?.params).toMatchObject({ direction: 'dns', pods: ['shop/front-6c5d8b7f9-aaaaa'] });
    expect(seen.outcome).toBe('unknown');
  });

  test('should be closed, and names resolve', async () => {
    const seen = await check({ policies: [ONLY_WEB], connections: OPEN, vantage: FROM_FRONT });
    expect(codes(seen)).toEqual(['info network-policy/not-enforced']);
    expect(seen.outcome).toBe('pass');
  });

  test('is opened to what the DNS Service selects, whatever else its pods wear', async () => {
    const labelled = dnsPod(3, { labels: { 'k8s-app': 'kube-dns', extra: 'yes' } });
    const seen = await check({
      policies: [ONLY_WEB],
      others: [labelled],
      connections: OPEN,
      heard: MUTE,
      vantage: FROM_FRONT,
    });
    const [, , manifest = ''] = seen.findings[0]?.remedies[0]?.commands[0] ?? [];
    expect(JSON.parse(manifest).spec.egress[0].to[0].podSelector).toEqual({ matchLabels: { 'k8s-app': 'kube-dns' } });
  });

  test('is closed to one DNS pod only, and names resolve: nothing to say', async () => {
    const labelled = dnsPod(3, { labels: { 'k8s-app': 'kube-dns', extra: 'yes' } });
    const some = policy('front-out', {
      podSelector: { matchLabels: { app: 'front' } },
      policyTypes: ['Egress'],
      egress: [
        { to: [{ podSelector: {} }] },
        {
          to: [
            { namespaceSelector: {}, podSelector: { matchExpressions: [{ key: 'extra', operator: 'DoesNotExist' }] } },
          ],
        },
      ],
    });
    const seen = await check({ policies: [some], others: [labelled], connections: OPEN, vantage: FROM_FRONT });
    expect(codes(seen)).toEqual([]);
  });

  test('is closed at the DNS pods', async () => {
    const shut = policy('dns-in', { podSelector: {}, policyTypes: ['Ingress'] }, 'kube-system');
    const seen = await check({ policies: [shut], connections: OPEN, heard: MUTE });
    expect(codes(seen)).toEqual(['network-policy/ingress-denied']);
    expect(seen.findings[0]).toMatchObject({
      breaks: 'dns-policy',
      params: { service: 'kube-system/kube-dns', policies: ['kube-system/dns-in'] },
    });
  });

  test('leads to the cache on the node', async () => {
    const local = { ...MUTE, conf: { nameservers: ['169.254.20.10'] } };
    const dnsPods = policy('front-out', {
      podSelector: { matchLabels: { app: 'front' } },
      policyTypes: ['Egress'],
      egress: [
        { to: [{ namespaceSelector: {}, podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }] },
        { to: [{ podSelector: {} }] },
      ],
    });
    const seen = await check({ policies: [dnsPods], connections: OPEN, heard: local, vantage: FROM_FRONT });
    // whether a pod may always talk to its own node is for the plugin to say
    expect(codes(seen)).toEqual([]);
    expect(seen.outcome).toBe('unknown');
  });

  test('is free, and DNS is silent: not the policy', async () => {
    const seen = await check({ policies: [ALLOW_FRONT], connections: OPEN, heard: MUTE, vantage: FROM_FRONT });
    expect(codes(seen)).toEqual([]);
  });
});

describe('a pod that asks in the place of a client that cannot be asked', () => {
  const STANDS_IN = { ...FROM_PROBE, standsFor: { pod: 'front-6c5d8b7f9-aaaaa', labels: { app: 'front' } } };
  const NOT_FRONT = policy('not-front', {
    podSelector: { matchLabels: { app: 'web' } },
    ingress: [
      { from: [{ podSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['front'] }] } }] },
    ],
  });

  test('gets through where the client would not', async () => {
    const seen = await check({ policies: [NOT_FRONT], connections: OPEN, vantage: STANDS_IN });
    expect(codes(seen)).toEqual(['network-policy/ingress-denied']);
    expect(seen.findings[0]?.params).toMatchObject({ client: 'shop/front-6c5d8b7f9-aaaaa' });
  });

  test('does not get through where the client would', async () => {
    const seen = await check({ policies: [DENY_INGRESS, ALLOW_FRONT], connections: SILENT, vantage: STANDS_IN });
    expect(codes(seen)).toEqual(['info network-policy/probe-denied']);
    expect(seen.outcome).toBe('unknown');
  });

  test('gets through as the client would', async () => {
    const open = policy('open', { podSelector: {}, ingress: [{}] });
    expect(await check({ policies: [open], connections: OPEN, vantage: STANDS_IN })).toMatchObject({
      outcome: 'pass',
      findings: [],
    });
  });

  test('asks DNS, which the client may not', async () => {
    const noDns = policy('front-out', {
      podSelector: { matchLabels: { app: 'front' } },
      policyTypes: ['Egress'],
      egress: [{ to: [{ podSelector: {} }] }],
    });
    const seen = await check({ policies: [noDns], connections: OPEN, vantage: STANDS_IN });
    expect(codes(seen)).toEqual(['network-policy/dns-egress-denied']);
  });

  test('may not ask DNS, which the client may', async () => {
    const free = policy('front-out', {
      podSelector: { matchLabels: { app: 'front' } },
      policyTypes: ['Egress'],
      egress: [{}],
    });
    const seen = await check({ policies: [DENY_EGRESS, free], connections: OPEN, heard: MUTE, vantage: STANDS_IN });
    expect(codes(seen)).toEqual([]);
    expect(seen.outcome).toBe('unknown');
  });
});

describe('without a probe', () => {
  test('no pod is admitted: an error', async () => {
    const seen = await check({ policies: [DENY_INGRESS] });
    expect(codes(seen)).toEqual(['network-policy/ingress-denied']);
    expect(seen.findings[0]?.params).toMatchObject({ client: '' });
  });

  test('some pod is admitted: not known', async () => {
    const seen = await check({ policies: [DENY_INGRESS, ALLOW_FRONT] });
    expect(codes(seen)).toEqual([]);
    expect(seen.outcome).toBe('unknown');
    expect(seen.obstacles).toEqual([{ kind: 'not-consented', flag: '--yes' }]);
  });

  test('no policy holds for the backends', async () => {
    const seen = await check({ policies: [policy('other', { podSelector: { matchLabels: { app: 'batch' } } })] });
    expect(seen.outcome).toBe('pass');
  });
});

describe('what may not be read', () => {
  test('policies, and the probe got through: no matter', async () => {
    const seen = await check({ connections: OPEN, forbidden: ['list networkpolicies'] });
    expect(seen.outcome).toBe('pass');
    expect(seen.obstacles[0]).toMatchObject({ kind: 'forbidden', resource: 'networkpolicies' });
  });

  test('policies, and the pods are silent: unknown', async () => {
    const seen = await check({ connections: SILENT, forbidden: ['list networkpolicies'] });
    expect(seen.outcome).toBe('unknown');
  });

  test('the Service', async () => {
    expect((await check({ connections: OPEN, forbidden: ['get services'] })).outcome).toBe('unknown');
    expect(await check({ connections: OPEN, objects: [DENY_INGRESS] })).toMatchObject({
      outcome: 'skip',
      reason: { what: 'network-policy.nothing-to-reach' },
    });
  });
});

describe('policies of CNI plugins', () => {
  const groups = (...names: string[]) => ({ raw: { '/apis': { groups: names.map((name) => ({ name })) } } });
  const object = (kind: string, spec: object, name = 'one', inNamespace?: string) => ({
    kind,
    metadata: { name, creationTimestamp: ago(9), ...(inNamespace && { namespace: inNamespace }) },
    spec,
  });

  test.each([
    [
      'cilium.io',
      object('CiliumNetworkPolicy', { endpointSelector: { matchLabels: { 'k8s:app': 'web' } } }, 'one', 'shop'),
      true,
    ],
    [
      'cilium.io',
      object('CiliumNetworkPolicy', { endpointSelector: { matchLabels: { app: 'other' } } }, 'one', 'shop'),
      false,
    ],
    ['cilium.io', object('CiliumClusterwideNetworkPolicy', { endpointSelector: {} }), true],
    ['cilium.io', object('CiliumClusterwideNetworkPolicy', { nodeSelector: {} }), false],
    ['cilium.io', object('CiliumNetworkPolicy', { endpointSelector: {} }, 'one', 'other'), false],
    ['crd.projectcalico.org', object('GlobalNetworkPolicy', { selector: "app == 'web' && has(app)" }), true],
    ['crd.projectcalico.org', object('GlobalNetworkPolicy', { selector: 'all()' }), true],
    ['crd.projectcalico.org', object('GlobalNetworkPolicy', { selector: "app == 'db'" }), false],
    ['crd.projectcalico.org', object('GlobalNetworkPolicy', { selector: "app in {'db'}" }), true],
    ['policy.networking.k8s.io', object('AdminNetworkPolicy', { subject: { namespaces: {} } }), true],
    [
      'policy.networking.k8s.io',
      object('AdminNetworkPolicy', {
        subject: { namespaces: { matchLabels: { 'kubernetes.io/metadata.name': 'other' } } },
      }),
      false,
    ],
    [
      'policy.networking.k8s.io',
      object('AdminNetworkPolicy', {
        subject: { pods: { namespaceSelector: {}, podSelector: { matchLabels: { app: 'web' } } } },
      }),
      true,
    ],
    [
      'crd.antrea.io',
      object('ClusterNetworkPolicy', { appliedTo: [{ podSelector: { matchLabels: { app: 'web' } } }] }),
      true,
    ],
    [
      'crd.antrea.io',
      object('ClusterNetworkPolicy', { appliedTo: [{ podSelector: { matchLabels: { app: 'db' } } }] }),
      false,
    ],
    ['apps', object('CiliumClusterwideNetworkPolicy', { endpointSelector: {} }), false],
  ])('%s %j: %s', async (group, one, concerned) => {
    const seen = await check({ others: [one], connections: OPEN, ...groups(group) });
    expect(codes(seen)).toEqual(concerned ? ['info network-policy/not-evaluated'] : []);
    expect(seen.outcome).toBe('pass');
    expect(seen.obstacles).toHaveLength(concerned ? 1 : 0);
  });

  test('one of them may be why the pods are silent', async () => {
    const one = object('CiliumClusterwideNetworkPolicy', { endpointSelector: {} });
    const seen = await check({ others: [one], connections: SILENT, ...groups('cilium.io') });
    expect(seen.outcome).toBe('unknown');
  });

  test('it is not asked for what the server does not have', async () => {
    const seen = await check({ connections: OPEN, ...groups('apps', 'batch'), others: [dnsPod(3)] });
    expect(seen.obstacles).toEqual([]);
  });
});
