import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../../src/model/probe.ts';
import { hairpin } from '../../../src/steps/hairpin/hairpin.ts';
import { factsOf, type World } from '../../support/facts.ts';
import { pod, service } from '../../support/objects.ts';
import { endpoint, slice } from '../../support/workloads.ts';

const one = pod();
const two = pod({ name: 'web-6c5d8b7f9-bbbbb', ip: '10.244.1.6', node: 'node2' });
const NAME = one.metadata?.name ?? '';
const VIP = '10.96.0.10:80';
const [A, B] = ['10.244.0.5:8080', '10.244.1.6:8080'];
const alone = [service(), one, slice({ endpoints: [endpoint(one)] })];
const pair = [service(), one, two, slice({ endpoints: [endpoint(one), endpoint(two)] })];
const healthy = { [VIP]: 'answered', [A]: 'answered', [B]: 'answered' } as const;
const check = (world: World) => hairpin.check(factsOf({ objects: alone, connections: healthy, ...world }));
const says = (body: string, durationMs = 3): Attempt => ({ outcome: 'answered', durationMs, body });

describe('a single backend', () => {
  it('reaches itself', async () => {
    expect(await check({ self: { [VIP]: 'answered' } })).toMatchObject({
      outcome: 'pass',
      observations: [{ what: 'hairpin.reached' }],
    });
  });
  it('does not, while others are served', async () => {
    const { findings } = await check({ self: { [VIP]: 'silent' } });
    expect(findings).toMatchObject([
      {
        code: 'hairpin/fails',
        params: { failures: 2, asked: 2, backends: 1, because: '' },
        subject: { from: `pod/shop/${NAME}`, node: 'node1' },
      },
    ]);
  });
  it('is not asked while the cluster IP fails for others as well', async () => {
    const world = { connections: {}, self: { [VIP]: 'silent' }, consent: { nodeChecks: true } } as const;
    expect(await check(world)).toMatchObject({ outcome: 'skip', reason: { what: 'hairpin.not-asked' } });
  });
  it('without a shell is asked from an ephemeral container, only with consent to that', async () => {
    const world = { self: { [VIP]: 'answered' }, noShell: true } as const;
    expect(await check(world)).toMatchObject({
      outcome: 'unknown',
      obstacles: [{ kind: 'needs-ephemeral', pod: NAME, because: { reason: 'no-shell' } }],
    });
    expect(await check({ ...world, consent: { ephemeral: true } })).toMatchObject({ outcome: 'pass' });
  });
  it('is none where nothing is ready', async () => {
    expect(await check({ objects: [service()] })).toMatchObject({
      outcome: 'skip',
      reason: { what: 'hairpin.no-backend' },
    });
  });
});

it('a single backend that was answered once reaches itself, whatever else got lost', async () => {
  const { outcome, findings, observations } = await check({
    self: { [VIP]: [{ outcome: 'silent', durationMs: 3000 }, says('hello')] },
  });
  expect({ outcome, findings }).toEqual({ outcome: 'pass', findings: [] });
  expect(observations).toMatchObject([{ what: 'hairpin.reached' }]);
});

describe('with several backends', () => {
  const asked = (self: World['self'], more: World = {}) => check({ objects: pair, ...(self && { self }), ...more });
  it.each([
    ['its name', `Hello from ${NAME}`],
    ['its address', 'you reached 10.244.0.5:8080'],
  ])('an answer is its own that holds %s', async (_, body) => {
    expect(await asked({ [VIP]: says(body) })).toMatchObject({ outcome: 'pass' });
  });
  it('an answer is its own that only it gives when it is asked directly', async () => {
    const told = { [A]: says('blue'), [B]: says('green') };
    expect(await asked({ ...told, [VIP]: [says('green'), says('blue')] })).toMatchObject({ outcome: 'pass' });
  });
  it('cannot be told where all answer alike', async () => {
    const alike = { [A]: says('hello'), [B]: says('hello'), [VIP]: says('hello') };
    expect(await asked(alike)).toMatchObject({
      outcome: 'unknown',
      observations: [{ what: 'hairpin.cannot-tell', params: { anonymous: true, asked: 20 } }],
    });
  });
  it('is asked again until it has met itself, and not for ever', async () => {
    const others = { [A]: says('blue'), [B]: says('green'), [VIP]: says('green') };
    expect(await asked(others)).toMatchObject({
      outcome: 'unknown',
      observations: [{ what: 'hairpin.cannot-tell', params: { anonymous: false, asked: 60 } }],
    });
  });
  it('fails where a part of the connections is lost, each time', async () => {
    const { findings } = await asked({
      [A]: says('blue'),
      [B]: says('green'),
      [VIP]: [says('green'), { outcome: 'silent', durationMs: 3000 }],
    });
    expect(findings).toMatchObject([
      { code: 'hairpin/fails', params: { failures: 20, asked: 40, slow: 0, backends: 2 } },
    ]);
  });
  it('cannot be told where connections to single backends are lost or slow as well', async () => {
    const lossy = { [VIP]: [says('same'), { outcome: 'silent', durationMs: 3000 }] } as const;
    const silent = { outcome: 'silent', durationMs: 3000 } as const;
    for (const direct of [says('same', 1200), [says('same'), silent]])
      expect(await asked({ ...lossy, [A]: says('same'), [B]: direct })).toMatchObject({
        outcome: 'unknown',
        findings: [],
        observations: [{ what: 'hairpin.cannot-tell' }],
      });
  });
  it('fails where a part takes a second and more, and none is its own: a lost packet is sent again, and led elsewhere', async () => {
    const slow = { [A]: says('blue'), [B]: says('green'), [VIP]: [says('green'), says('green', 1020)] };
    const { findings } = await asked(slow);
    expect(findings).toMatchObject([{ code: 'hairpin/fails', params: { failures: 0, slow: 20, asked: 40 } }]);
  });
  it('is not blamed for slowness where it did answer itself, or is as slow directly', async () => {
    const own = { [A]: says('blue'), [B]: says('green'), [VIP]: [says('blue'), says('green', 1020)] };
    expect(await asked(own)).toMatchObject({ findings: [] });
    const slow = { [A]: says('same', 1100), [B]: says('same', 1100), [VIP]: [says('same', 1020), says('same')] };
    expect(await asked(slow)).toMatchObject({ findings: [] });
  });
  it('fails on a slow machine as well, where it never met itself against all odds', async () => {
    const slow = { [A]: says('blue', 1100), [B]: says('green', 1100), [VIP]: [says('green', 1020), says('green')] };
    expect(await asked(slow)).toMatchObject({ findings: [{ code: 'hairpin/fails' }] });
    const near = [service({ spec: { trafficDistribution: 'PreferClose' } }), ...pair.slice(1)];
    expect(await asked(slow, { objects: near })).toMatchObject({ findings: [] });
  });
  it('is not blamed where others do not answer either', async () => {
    expect(await asked({ [VIP]: 'silent' })).toMatchObject({ findings: [] });
  });
  it('fails where the policy leads it to itself alone', async () => {
    const local = [service({ spec: { internalTrafficPolicy: 'Local' } }), ...pair.slice(1)];
    const vantage = { id: `pod/shop/${NAME}`, kind: 'pod', pod: NAME } as const;
    const { findings } = await asked(
      { [VIP]: 'silent' },
      { objects: local, vantage, connections: { [A]: 'answered' } },
    );
    expect(findings).toMatchObject([{ code: 'hairpin/fails', params: { backends: 1 } }]);
  });
  it('may always be led to another one by session affinity', async () => {
    const sticky = [service({ spec: { sessionAffinity: 'ClientIP' } }), ...pair.slice(1)];
    const slow = { [A]: says('blue'), [B]: says('green'), [VIP]: [says('green'), says('green', 1020)] };
    expect(await asked(slow, { objects: sticky })).toMatchObject({ findings: [] });
  });
  it('asks the one that was named', async () => {
    const vantage = {
      id: `pod/shop/${two.metadata?.name}`,
      kind: 'pod',
      pod: two.metadata?.name ?? '',
      node: 'node2',
    } as const;
    const { observations } = await asked({ [VIP]: says('10.244.1.6') }, { vantage });
    expect(observations).toMatchObject([{ what: 'hairpin.reached', params: { pod: two.metadata?.name } }]);
  });
});

describe('where it gets stuck', () => {
  const link = (hairpinMode: 0 | 1, bridgeFlags = '0x1003') =>
    [
      '/proc/sys/net/ipv4/ip_forward:1',
      '/proc/sys/net/bridge/bridge-nf-call-iptables:1',
      '/sys/class/net/cni0/ifindex:3',
      `/sys/class/net/cni0/flags:${bridgeFlags}`,
      '/sys/class/net/veth1/ifindex:5',
      '/sys/class/net/veth1/flags:0x1003',
      `/sys/class/net/veth1/brport/hairpin_mode:${hairpinMode}`,
      '/sys/class/net/veth1/brport/bridge/ifindex:3',
      '/sys/class/net/cali7/ifindex:7',
    ].join('\n');
  const kubeProxy = pod({ name: 'kube-proxy-node1', namespace: 'kube-system', labels: { 'k8s-app': 'kube-proxy' } });
  const stuck = (index: string | undefined, network: string, more: World = {}) =>
    check({
      objects: [...alone, kubeProxy],
      self: { [VIP]: 'silent' },
      ...more,
      consent: { nodeChecks: true, ...more.consent },
      execs: { ...(index !== undefined && { [`${NAME} cat`]: `${index}\n` }), 'kube-proxy-node1 sh': network },
    });
  it.each([
    ['port-off', '5', link(0), ['port-on', 'hairpin-mode', 'go-around']],
    ['promiscuous', '5', link(0, '0x1103'), ['port-on', 'hairpin-mode', 'go-around']],
    ['open', '5', link(1), ['look-at-port', 'hairpin-mode', 'go-around']],
    ['routed', '7', link(0), ['look-at-cni', 'go-around']],
    ['port-off', undefined, link(0), ['port-on', 'hairpin-mode', 'go-around']],
  ])('%s, found by index %s', async (because, index, network, remedies) => {
    const { findings } = await stuck(index, network);
    expect(findings).toMatchObject([{ code: 'hairpin/fails', params: { because } }]);
    expect(findings[0]?.remedies.map(({ id }) => id)).toEqual(remedies);
  });
  it('names the port of the pod in the command that opens it', async () => {
    const { findings } = await stuck('5', link(0));
    expect(findings[0]?.remedies[0]?.commands[0]).toEqual(expect.arrayContaining(['veth1', 'hairpin', 'on']));
  });
  it('shows the CNI configuration of the node, where its files may be read', async () => {
    const cni = '/etc/cni/net.d/10.conflist:  {"type": "bridge", "hairpinMode": false},\n';
    const { findings } = await stuck('5', link(0), {
      consent: { nodeShell: true },
      nodes: { 'node1 grep -sE hairpinMode|promiscMode|type -r /etc/cni/net.d': cni },
    });
    expect(findings[0]?.evidence).toContainEqual(
      expect.objectContaining({
        what: 'hairpin.cni',
        params: { node: 'node1', types: ['bridge'], hairpinMode: 'false' },
      }),
    );
  });
});
