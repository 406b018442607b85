/** By which way a node is looked at, and what is said where there is none. */
import { describe, expect, it } from 'vitest';
import type { Obstacle } from '../../../src/model/fact.ts';
import { NODE_PROGRAMS } from '../../../src/model/nodeShell.ts';
import { iptablesSave } from './rules.ts';
import { A, B, broken, check, daemonSet, found, healthy, looked, own, proxy, RIGHT, VIP } from './scene.ts';

const WRONG = iptablesSave({ endpoints: ['10.244.0.77:8080'] });
const file = (node: string, rules: string) =>
  `## node ${node}\n## iptables-save\n${rules}\n## nft -j list ruleset\n{"nftables":[]}\n`;
const output = [file('node1', RIGHT), file('node2', WRONG)];

describe('a node is looked at', () => {
  it('only with consent', async () => {
    expect(await check({ connections: broken, execs: { 'kube-proxy-node1 iptables-save': WRONG } })).toMatchObject({
      outcome: 'fail',
      findings: [{ code: 'kube-proxy/not-forwarding' }],
      obstacles: [{ kind: 'not-consented', flag: '--node-checks yes' }],
    });
  });
  it('by exec in its kube-proxy pod, where that has the tools', async () => {
    expect(await found(looked({ node1: WRONG }))).toEqual(['error rules-stale node1']);
  });
  it('by a pod of our own where it has not, with its own consent', async () => {
    const nodes = { 'node1 iptables-save': WRONG, 'node2 iptables-save': RIGHT };
    const world = { connections: healthy, nodes };
    expect(await found({ ...world, consent: { nodeChecks: true, nodeShell: true } })).toEqual([
      'error rules-stale node1',
    ]);
    const { obstacles } = await check({ ...world, consent: { nodeChecks: true } });
    expect(obstacles.map(({ kind }) => kind)).toEqual(['needs-node', 'needs-node']);
  });
  it('by a pod of our own where kube-proxy is no pod', async () => {
    const k3s = { kind: 'Node', metadata: { name: 'node1' }, status: { nodeInfo: { kubeletVersion: 'v1.34.1+k3s1' } } };
    const world = {
      objects: [...own, k3s],
      connections: healthy,
      consent: { nodeChecks: true, nodeShell: true },
      nodes: { 'node1 iptables-save': WRONG, 'node2 iptables-save': RIGHT },
    };
    expect(await found(world)).toEqual(['error rules-stale node1']);
  });
  it('as a process that is asked there how it is, and in which mode it runs', async () => {
    const k3s = { kind: 'Node', metadata: { name: 'node1' }, status: { nodeInfo: { kubeletVersion: 'v1.34.1+k3s1' } } };
    const said = (status: string, body: string) => `HTTP/1.0 ${status}\r\n\r\n${body}`;
    const ran = (program: keyof typeof NODE_PROGRAMS) => `node1 ${NODE_PROGRAMS[program].join(' ')}`;
    const world = (mode: string) => ({
      objects: [...own, k3s],
      connections: healthy,
      consent: { nodeChecks: true, nodeShell: true },
      nodes: {
        'node1 iptables-save': WRONG,
        'node2 iptables-save': RIGHT,
        [ran('nft')]: '{"nftables":[]}',
        [ran('proxy-mode')]: said('200 OK', mode),
        [ran('proxy-health')]: said('503 Service Unavailable', '{"lastUpdated":"2026-11-23T08:58:00Z"}'),
      },
    });
    const { findings, observations } = await check(world('iptables'));
    expect(findings.map(({ code }) => code)).toEqual(['kube-proxy/rules-stale']);
    expect(observations).toContainEqual({
      what: 'kube-proxy.unhealthy',
      params: { node: 'node1', lastSync: '' },
    });
    // by its own word what is there are leftovers, and its own rules are missing
    expect(await found(world('nftables'))).toEqual(
      expect.arrayContaining(['error rules-missing node1', expect.stringMatching(/mode-leftover node1$/)]),
    );
  });
  it.each<[string, Obstacle]>([
    ['Pod Security', { kind: 'no-probe', reason: 'admission', message: 'violates PodSecurity "baseline:latest"' }],
    ['RBAC', { kind: 'forbidden', verb: 'create', resource: 'pods', message: 'no' }],
  ])('by somebody else where %s refuses: with the command for them', async (_, nodeObstacle) => {
    const world = { connections: healthy, consent: { nodeChecks: true, nodeShell: true }, nodeObstacle };
    const { outcome, obstacles } = await check({
      ...world,
      connections: { [A]: 'refused', [B]: 'refused', [VIP]: 'refused' },
    });
    expect(outcome).toBe('unknown');
    expect(obstacles[0]).toMatchObject({ kind: 'needs-node', node: 'node1', because: nodeObstacle });
    expect(obstacles[0]).toHaveProperty(
      'command',
      expect.arrayContaining(['sudo', 'sh', '-c', 'node1', 'tee', 'node1.txt']),
    );
  });
});

describe('what somebody ran on the nodes', () => {
  it('is read back, without any consent', async () => {
    expect(await found({ connections: healthy, nodeOutputs: output })).toEqual(['error rules-stale node2']);
  });
  it('counts for the node that it names', async () => {
    const { obstacles } = await check({ connections: healthy, nodeOutputs: [file('node2', RIGHT)] });
    expect(obstacles).toEqual([{ kind: 'not-consented', flag: '--node-checks yes' }]);
  });
  it('comes before exec', async () => {
    expect(await found(looked({}, healthy, { nodeOutputs: output }))).toEqual(['error rules-stale node2']);
  });
  it('may be cut off, and then accuses nobody of what it does not show', async () => {
    const cut = file('node1', RIGHT.slice(0, RIGHT.indexOf('-A KUBE-SERVICES')));
    expect(await found({ connections: healthy, nodeOutputs: [cut, file('node2', RIGHT)] })).toEqual([]);
  });
});

it('needs no tool for nftables where kube-proxy runs in iptables mode', async () => {
  const objects = [...own, daemonSet, proxy('node1'), proxy('node2')];
  const execs = { 'kube-proxy-node1 iptables-save': RIGHT, 'kube-proxy-node2 iptables-save': RIGHT };
  const outcome = await check({ objects, connections: healthy, consent: { nodeChecks: true }, execs });
  expect(outcome).toMatchObject({ outcome: 'pass', findings: [], obstacles: [] });
});
