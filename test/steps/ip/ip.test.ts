import { describe, expect, it } from 'vitest';
import type { ServicePort } from '../../../src/model/kubernetes.ts';
import { ip } from '../../../src/steps/ip/ip.ts';
import { factsOf, type World } from '../../support/facts.ts';
import { pod, service } from '../../support/objects.ts';
import { endpoint, slice } from '../../support/workloads.ts';

const VIP = '10.96.0.10:80';
const POD = '10.244.0.5:8080';
const running = pod();
const objects = [service(), running, slice({ endpoints: [endpoint(running)] })];
const check = (world: World) => ip.check(factsOf({ objects, ...world }));
const codes = async (world: World) => (await check(world)).findings.map(({ code, severity }) => `${severity} ${code}`);

describe('the cluster IP', () => {
  it('passes when every connection is answered, with how many were made', async () => {
    const { outcome, observations } = await check({ connections: { [VIP]: 'answered', [POD]: 'answered' } });
    expect(outcome).toBe('pass');
    expect(observations).toMatchObject([{ what: 'ip.answered', params: { port: '80/TCP', asked: 3, answered: 3 } }]);
  });

  it('does not say "answered" of a port that was opened and not spoken to', async () => {
    const { observations } = await check({ connections: { [VIP]: 'opened', [POD]: 'opened' } });
    expect(observations).toMatchObject([{ what: 'ip.opened' }]);
  });

  it.each([
    ['refused', 'error ip/refused'],
    ['silent', 'error ip/silent'],
    ['reset', 'error ip/reset'],
    ['hangs', 'error ip/hangs'],
    ['no-route', 'error ip/no-route'],
  ] as const)('tells %s apart', async (met, code) => {
    expect(await codes({ connections: { [VIP]: met, [POD]: 'answered' } })).toEqual([code]);
  });

  it('is judged from every vantage point, and told apart', async () => {
    const vantages = [
      { vantage: { id: 'node/node2', node: 'node2' }, connections: { [VIP]: 'silent', [POD]: 'answered' } },
    ] as const;
    const seen = await check({ connections: { [VIP]: 'answered', [POD]: 'answered' }, vantages });
    expect(seen.findings).toMatchObject([{ code: 'ip/silent', subject: { node: 'node2', from: 'node/node2' } }]);
    expect(seen.observations.filter(({ what }) => what === 'ip.from')).toMatchObject([
      { params: { from: 'node node1', answered: 3, asked: 3 } },
      { params: { from: 'node node2', answered: 0 } },
    ]);
  });

  it('calls it intermittent when some are answered', async () => {
    const world = { connections: { [VIP]: ['answered', 'silent', 'answered'], [POD]: 'answered' } } as const;
    expect(await codes(world)).toEqual(['error ip/intermittent']);
  });

  it('counts an orderly close as an answer', async () => {
    expect((await check({ connections: { [VIP]: 'closed', [POD]: 'closed' } })).outcome).toBe('pass');
  });

  it('does not blame the Service when the probing tool breaks', async () => {
    const { outcome, findings, obstacles } = await check({ connections: { [VIP]: 'crashed', [POD]: 'crashed' } });
    expect({ outcome, findings }).toEqual({ outcome: 'unknown', findings: [] });
    expect(obstacles).toMatchObject([{ kind: 'no-probe' }]);
  });

  it('is unknown without a probe', async () => {
    expect(await check({})).toMatchObject({
      outcome: 'unknown',
      obstacles: [{ kind: 'not-consented', flag: '--yes' }],
    });
  });

  it('does not vouch for a Service of UDP ports only', async () => {
    const udp = [service({ ports: [{ port: 53, protocol: 'UDP' }] }), running];
    const { outcome, observations } = await check({ objects: udp, connections: {} });
    expect(outcome).toBe('unknown');
    expect(observations).toMatchObject([{ what: 'ip.udp-not-asked' }]);
  });
});

const outside = (ports: ServicePort[]) =>
  service({ spec: { type: 'ExternalName', externalName: 'db.example.com' }, selector: {}, ports });

describe('what has no cluster IP', () => {
  it.each([
    ['headless', service({ spec: { clusterIP: 'None', clusterIPs: ['None'] } })],
    ['ExternalName without ports', outside([])],
  ])('%s is skipped', async (_, object) => {
    expect(await check({ objects: [object], connections: {} })).toMatchObject({ outcome: 'skip', findings: [] });
  });
});

describe('a host outside that an ExternalName leads to', () => {
  const ports = [{ port: 5432, protocol: 'TCP' }];
  const allOut = { kind: 'NetworkPolicy', metadata: { name: 'all', namespace: 'shop' }, spec: { podSelector: {} } };
  it.each([
    ['opened', [], 'pass', []],
    ['refused', [], 'fail', ['error ip/refused']],
    ['silent', [], 'fail', ['error ip/silent']],
    ['silent', [allOut], 'unknown', []],
  ] as const)('%s on the port that is listed, with %j', async (outcome, policies, kind, found) => {
    const world = { objects: [outside(ports), ...policies], connections: { 'db.example.com:5432': outcome } } as const;
    expect((await check(world)).outcome).toBe(kind);
    expect(await codes(world)).toEqual(found);
  });
});

describe('an HTTP error is an answer', () => {
  const failing = { outcome: 'answered', durationMs: 3, httpStatus: 503 } as const;
  it('worth a warning', async () => {
    expect(await codes({ connections: { [VIP]: failing, [POD]: 'answered' } })).toEqual(['warning ip/http-error']);
  });
  it('and an error on a path that was asked for', async () => {
    const world = { connections: { [VIP]: failing, [POD]: 'answered' }, target: { path: '/health' } } as const;
    expect(await codes(world)).toEqual(['error ip/http-error']);
  });
  it('of a client is none', async () => {
    const missing = { outcome: 'answered', durationMs: 3, httpStatus: 404 } as const;
    expect(await codes({ connections: { [VIP]: missing, [POD]: 'answered' } })).toEqual([]);
  });
});

describe('internalTrafficPolicy Local', () => {
  const local = service({ spec: { internalTrafficPolicy: 'Local' } });
  const elsewhere = pod({ node: 'node2' });
  const there = [local, elsewhere, slice({ endpoints: [endpoint(elsewhere)] })];
  it('is the cause where the node of the client has no endpoint', async () => {
    const world = { objects: there, connections: { [POD]: 'answered' } } as const;
    expect(await codes(world)).toEqual(['error ip/no-local-endpoint']);
  });
  it('is not blamed where the node has one', async () => {
    const here = [local, running, slice({ endpoints: [endpoint(running)] })];
    expect(await codes({ objects: here, connections: { [POD]: 'answered' } })).toEqual(['error ip/silent']);
  });
});

it('warns of a load balancer without address, and passes', async () => {
  const pending = [service({ spec: { type: 'LoadBalancer' } }), running, slice({ endpoints: [endpoint(running)] })];
  const { outcome, findings } = await check({
    objects: pending,
    connections: { [VIP]: 'answered', [POD]: 'answered' },
  });
  expect(outcome).toBe('pass');
  expect(findings).toMatchObject([{ code: 'ip/load-balancer-pending', severity: 'warning' }]);
});

it('notes the nodes that externalTrafficPolicy Local leaves out', async () => {
  const local = service({ spec: { type: 'NodePort', externalTrafficPolicy: 'Local' } });
  const nodes = ['node1', 'node2'].map((name) => ({ kind: 'Node', metadata: { name } }));
  const world = {
    objects: [local, running, slice({ endpoints: [endpoint(running)] }), ...nodes],
    connections: { [VIP]: 'answered', [POD]: 'answered' },
  } as const;
  expect((await check(world)).findings).toMatchObject([
    { code: 'ip/node-port-no-local-endpoint', severity: 'info', params: { nodes: ['node2'] } },
  ]);
});

it('warns of a Service that answers slowly', async () => {
  const late = { outcome: 'answered', durationMs: 1800 } as const;
  expect(await codes({ connections: { [VIP]: late, [POD]: late } })).toEqual(['warning ip/slow']);
});

it('warns of failures that did not come again, with their count', async () => {
  const batch = ['answered', 'silent', 'answered'] as const;
  let asked = 0;
  const answer: World['answer'] = (question) => {
    if (question.ask !== 'connect' || question.address !== '10.96.0.10') return undefined;
    asked += 1;
    const outcomes = asked === 1 ? batch : (['answered', 'answered', 'answered'] as const);
    return { attempts: outcomes.map((outcome) => ({ outcome, durationMs: 4 })) };
  };
  const { outcome, findings } = await check({ connections: { [POD]: 'answered' }, answer });
  expect(outcome).toBe('pass');
  expect(findings).toMatchObject([{ code: 'ip/intermittent', severity: 'warning', params: { failures: 1, asked: 3 } }]);
});
