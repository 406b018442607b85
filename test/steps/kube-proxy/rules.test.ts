import { describe, expect, it } from 'vitest';
import { iptablesChains } from '../../../src/model/chainNames.ts';
import type { World } from '../../support/facts.ts';
import { service } from '../../support/objects.ts';
import { iptablesSave, nftRuleset } from './rules.ts';
import {
  A,
  B,
  BOTH,
  broken,
  check,
  daemonSet,
  found,
  healthy,
  looked,
  objects,
  one,
  own,
  proxy,
  two,
} from './scene.ts';

const CHAIN = iptablesChains({ namespace: 'shop', service: 'web', portName: '', protocol: 'TCP' }).cluster;

describe('the rules of a node', () => {
  it('lead to exactly the ready endpoints', async () => {
    const outcome = await check(looked({}));
    expect(outcome).toMatchObject({ outcome: 'pass', findings: [], obstacles: [] });
    expect(outcome.observations).toContainEqual(
      expect.objectContaining({
        what: 'kube-proxy.rules',
        params: { node: 'node2', entries: ['80/TCP'], others: 0, endpoints: 2 },
      }),
    );
  });
  it('are missing, and the chain that is expected is named', async () => {
    const flushed = iptablesSave({ endpoints: BOTH, without: /^-A KUBE-SERVICES/ });
    const { findings } = await check(looked({ node1: flushed }, broken));
    expect(findings.map(({ code }) => code)).toEqual(['kube-proxy/not-forwarding', 'kube-proxy/rules-missing']);
    expect(findings[1]).toMatchObject({
      params: { entries: ['80/TCP'], chains: [CHAIN], chainsThere: true },
      breaks: 'node-rules',
    });
  });
  it('are missing where packets do not come past them', async () => {
    const unhooked = iptablesSave({ endpoints: BOTH, without: /^-A PREROUTING/ });
    expect(await found(looked({ node2: unhooked }))).toEqual(['error rules-missing node2']);
  });
  it.each([
    ['lead to one that is gone', ['10.244.0.77:8080', ...BOTH], { surplus: ['10.244.0.77:8080'], lacking: [] }],
    ['lack one', [A], { surplus: [], lacking: [B] }],
    ['refuse, though endpoints are ready', [], { does: 'reject', lacking: BOTH }],
  ])('%s: an error also where the probe is answered, and on the node of a backend', async (_, endpoints, params) => {
    const { findings } = await check(looked({ node2: iptablesSave({ endpoints }) }));
    expect(findings).toMatchObject([
      { code: 'kube-proxy/rules-stale', severity: 'error', subject: { node: 'node2' }, params },
    ]);
  });
  it('lose a part of the connections where the end of a chain is gone', async () => {
    const cut = iptablesSave({ endpoints: BOTH, without: /DNAT --to-destination 10\.244\.1\.6/ });
    const { findings } = await check(looked({ node1: cut }));
    expect(findings).toMatchObject([{ code: 'kube-proxy/rules-stale', params: { lacking: [B], lost: 50 } }]);
  });
  it('cannot be shown missing by a text that was cut off', async () => {
    const whole = iptablesSave({ endpoints: BOTH });
    const cut = whole.slice(0, whole.indexOf('-A KUBE-SERVICES'));
    expect(await found(looked({ node1: cut }))).toEqual([]);
  });
  it('are right where a Service of policy Local leads to its own node alone', async () => {
    const local = [service({ spec: { internalTrafficPolicy: 'Local' } }), ...objects.slice(1)];
    const rules = { node1: iptablesSave({ endpoints: [A] }), node2: iptablesSave({ endpoints: [B] }) };
    expect(await found(looked(rules, healthy, { objects: local }))).toEqual([]);
  });
  it('miss a node port', async () => {
    const ports = [{ port: 80, targetPort: 8080, nodePort: 30080, protocol: 'TCP' }];
    const node = {
      kind: 'Node',
      metadata: { name: 'node1' },
      status: { addresses: [{ type: 'InternalIP', address: '172.30.0.11' }] },
    };
    const world = { objects: [service({ ports, spec: { type: 'NodePort' } }), ...objects.slice(1), node] };
    const right = iptablesSave({ endpoints: BOTH, nodePort: 30080 });
    expect(await found(looked({ node1: right, node2: right }, healthy, world))).toEqual([]);
    const { findings } = await check(looked({ node2: right }, healthy, world));
    expect(findings).toMatchObject([
      { code: 'kube-proxy/rules-missing', subject: { node: 'node1' }, params: { entries: ['node port 30080/TCP'] } },
    ]);
  });
  it('are read in nftables mode, where containers print protocols as numbers', async () => {
    const config = {
      kind: 'ConfigMap',
      metadata: { name: 'kube-proxy', namespace: 'kube-system' },
      data: { 'config.conf': 'mode: nftables\n' },
    };
    const logs = {
      'kube-proxy-node1/kube-proxy': 'I1 "Using nftables Proxier"',
      'kube-proxy-node2/kube-proxy': 'I1 "Using nftables Proxier"',
    };
    const nft = (first: string, second: string): World => ({
      objects: [...objects, config],
      logs,
      execs: {
        'kube-proxy-node1 iptables-save': '',
        'kube-proxy-node2 iptables-save': '',
        'kube-proxy-node1 nft list ruleset': first,
        'kube-proxy-node2 nft list ruleset': second,
        'kube-proxy-node1 nft': 'no JSON here',
        'kube-proxy-node2 nft': 'no JSON here',
      },
    });
    const right = nftRuleset({ endpoints: BOTH });
    const none = nftRuleset({ endpoints: BOTH, without: /: goto service-/ });
    const worlds = [nft(right, right), nft(right, none), nft(nftRuleset({ endpoints: [A] }), right)];
    const seen = await Promise.all(
      worlds.map((world) => check(looked({}, healthy, { ...world, execs: onlyText(world) }))),
    );
    const codes = seen.map(({ findings }) => findings.map(({ code, subject }) => `${code} ${subject.node}`));
    expect(codes).toEqual([[], ['kube-proxy/rules-missing node2'], ['kube-proxy/rules-stale node1']]);
    // one that runs does not notice, and one that starts leaves what is there: so the table goes first
    const [rewrite] = seen[1]?.findings[0]?.remedies ?? [];
    expect(rewrite?.commands.map((command) => command.join(' '))).toEqual([
      'kubectl -n kube-system exec kube-proxy-node2 -- nft delete table ip kube-proxy',
      'kubectl -n kube-system delete pod kube-proxy-node2',
    ]);
  });
});

/** As where nft was built without JSON. */
const onlyText = ({ execs = {} }: World) =>
  Object.fromEntries(
    Object.entries(execs).map(([key, text]) => [
      key,
      key.endsWith(' nft') ? (execs[`${key} list ruleset`] ?? '') : text,
    ]),
  );

describe('what else rewrites packets', () => {
  const drop = '-A PREROUTING -d 10.96.0.10/32 -m comment --comment audit-2291 -j DROP';
  it('is a foreign rule before those of kube-proxy', async () => {
    const rules = iptablesSave({ endpoints: BOTH, before: { raw: [drop] } });
    const { findings } = await check(looked({ node1: rules }, broken));
    expect(findings[1]).toMatchObject({
      code: 'kube-proxy/foreign-rule',
      severity: 'error',
      breaks: 'node-network',
      params: { rule: drop, table: 'raw', chain: 'PREROUTING', end: 'dropped', percent: 100, certain: true },
      remedies: [
        {
          id: 'remove-rule',
          commands: [
            [
              'kubectl',
              '-n',
              'kube-system',
              'exec',
              'kube-proxy-node1',
              '--',
              'iptables',
              '-t',
              'raw',
              '-D',
              ...drop.split(' ').slice(1),
            ],
          ],
        },
        { id: 'look-at-rules' },
      ],
    });
  });
  it('is one behind them', async () => {
    const rules = iptablesSave({
      endpoints: BOTH,
      before: { filter: ['-A FORWARD -p tcp -m tcp --dport 8080 -j DROP'] },
    });
    expect(await found(looked({ node1: rules }, broken))).toEqual([
      'error not-forwarding node1',
      'error foreign-rule node1',
    ]);
  });
  it('is not believed to drop what was seen to arrive', async () => {
    expect(await found(looked({ node1: iptablesSave({ endpoints: BOTH, before: { raw: [drop] } }) }))).toEqual([]);
  });
  it('is suspected where connections fail and nothing else is wrong, though its condition is not understood', async () => {
    const unclear = iptablesSave({
      endpoints: BOTH,
      before: { raw: ['-A PREROUTING -m set --match-set blocked dst -j DROP'] },
    });
    const { findings } = await check(looked({ node1: unclear }, broken));
    expect(findings[1]).toMatchObject({ code: 'kube-proxy/foreign-rule', params: { certain: false } });
    expect(await found(looked({ node1: unclear }))).toEqual([]);
  });
  it('is what another mode left: an error where it leads astray', async () => {
    const left = nftRuleset({ endpoints: ['10.244.0.77:8080'] });
    const world = (connections: World['connections']) =>
      looked({}, connections, {
        execs: { 'kube-proxy-node1 nft -j list tables': 'no JSON', 'kube-proxy-node1 nft -j list ruleset': left },
      });
    expect(await found(world(broken))).toEqual(['error not-forwarding node1', 'error mode-leftover node1']);
    expect(await found(world(healthy))).toEqual(['warning mode-leftover node1']);
    const { findings } = await check(world(broken));
    const leftover = findings.find(({ code }) => code === 'kube-proxy/mode-leftover');
    expect(leftover?.remedies.map(({ id }) => id)).toEqual(['restart', 'clean-up']);
  });
});

describe('whose address is hidden', () => {
  it.each([
    ['the mark of an endpoint', /-s 10\.244\.0\.5\/32 .*KUBE-MARK-MASQ/],
    ['the masquerading itself', /MASQUERADE/],
    ['the mark for all', /--set-xmark 0x4000\/0x4000/],
  ])('a pod that is led back to itself needs it: %s is gone', async (_, without) => {
    const { findings } = await check(looked({ node1: iptablesSave({ endpoints: BOTH, without }) }));
    expect(findings).toMatchObject([{ code: 'kube-proxy/masquerade-missing', params: { endpoints: [A] } }]);
  });
  it('pods are not to be hidden: the cluster CIDR is wrong', async () => {
    const rules = iptablesSave({ endpoints: BOTH, clusterCIDR: '10.99.0.0/16' });
    expect(await found(looked({ node1: rules }))).toEqual(['warning masquerades-pods node1']);
  });
});

describe('the kernel', () => {
  const network = (forward: string, filter: string) =>
    ['/proc/sys/net/ipv4/ip_forward:', '/proc/sys/net/bridge/bridge-nf-call-iptables:']
      .map((file, i) => file + [forward, filter][i])
      .concat(
        '/sys/class/net/cni0/ifindex:3',
        '/sys/class/net/v/ifindex:4',
        '/sys/class/net/v/brport/bridge/ifindex:3',
        '/sys/class/net/v/brport/hairpin_mode:1',
      )
      .join('\n');
  it.each([
    ['bridge-netfilter-off', network('1', '0')],
    ['ip-forward-off', network('0', '1')],
  ])('keeps packets from the rules: %s', async (code, text) => {
    const execs = { 'kube-proxy-node1 sh': text };
    expect(await found(looked({}, broken, { execs }))).toEqual(['error not-forwarding node1', `error ${code} node1`]);
    expect(await found(looked({}, healthy, { execs }))).toEqual([]);
  });
  it.each([
    ['nothing is forwarded', network('0', '1'), ['error ip-forward-off node1']],
    ['bridged packets skip the rules, which stops no pod of another node', network('1', '0'), []],
  ])('is looked at where a pod of another node is silent: %s', async (_, text, codes) => {
    const execs = { 'kube-proxy-node1 sh': text };
    expect(await found(looked({}, {}, { execs }))).toEqual(codes);
  });
  it('holds UDP clients to an endpoint that is gone', async () => {
    const ports = [{ port: 53, targetPort: 8080, protocol: 'UDP' }];
    const udp = [
      service({ ports }),
      one,
      two,
      { ...own[3]!, ports: [{ name: '', port: 8080, protocol: 'UDP' }] },
      daemonSet,
      proxy('node1'),
      proxy('node2'),
    ];
    const flow = (answers: string) =>
      `udp 17 25 src=10.244.0.9 dst=10.96.0.10 sport=4000 dport=53 src=${answers} dst=10.244.0.9 sport=8080 dport=4000 [ASSURED] mark=0 use=1\n`;
    const rules = iptablesSave({ endpoints: BOTH, port: 53, protocol: 'UDP' });
    const world = (text: string) =>
      looked({ node1: rules, node2: rules }, healthy, {
        objects: udp,
        execs: { 'kube-proxy-node1 conntrack': text, 'kube-proxy-node2 conntrack': '' },
      });
    expect(await found(world(flow('10.244.0.5')))).toEqual([]);
    const { findings } = await check(world(flow('10.244.0.5') + flow('10.244.0.77')));
    expect(findings).toMatchObject([
      {
        code: 'kube-proxy/conntrack-stale',
        subject: { node: 'node1', port: '53/UDP' },
        params: { flows: 1, to: ['10.244.0.77:8080'] },
        remedies: [
          { id: 'forget', commands: [expect.arrayContaining(['conntrack', '-D', '--orig-dst', '10.96.0.10'])] },
        ],
      },
    ]);
  });
});
