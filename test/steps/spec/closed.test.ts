import { describe, expect, test } from 'vitest';
import { spec } from '../../../src/steps/spec/spec.ts';
import { factsOf, type World } from '../../support/facts.ts';
import { pod, service } from '../../support/objects.ts';
import { wellSaid } from '../../support/sentences.ts';
import { endpoint, slice } from '../../support/workloads.ts';

const check = async (world: World) => wellSaid(await spec.check(factsOf(world)));
const findingsOf = async (world: World) => (await check(world)).findings;

const declaring = (...ports: { name?: string; containerPort: number; protocol?: string }[]) => pod({ ports });
const aimedAt = (targetPort: number | string, more = {}) =>
  service({ ports: [{ port: 80, targetPort, protocol: 'TCP', ...more }] });
const inSlice = (one = pod(), port = 8080) =>
  slice({ ports: [{ name: '', port, protocol: 'TCP' }], endpoints: [endpoint(one)] });
const VIP = '10.96.0.10:80';
const POD = '10.244.0.5';

describe('a targetPort that the pods refuse', () => {
  const listens = (number: number) => declaring({ name: 'http', containerPort: number });
  const world = (one: ReturnType<typeof pod>, more: World['connections'], targetPort = 9377): World => ({
    objects: [aimedAt(targetPort), one, inSlice(one, targetPort)],
    connections: { [VIP]: 'refused', [`${POD}:${targetPort}`]: 'refused', ...more },
  });

  test('while they answer on another: an error, with the patch', async () => {
    const { outcome, findings } = await check(world(listens(9376), { [`${POD}:9376`]: 'answered' }));
    expect(outcome).toBe('fail');
    expect(findings).toMatchObject([
      {
        code: 'spec/target-port-closed',
        severity: 'error',
        breaks: 'target-port',
        subject: { port: '80/TCP' },
        params: { targetPort: '9377', number: 9377, opens: ['http 9376/TCP'], declared: false },
        evidence: [{ what: 'spec.refused' }, { what: 'spec.opens', params: { numbers: ['9376'] } }],
        remedies: [
          { patch: { body: [{ op: 'test' }, { op: 'replace', path: '/spec/ports/0/targetPort', value: 9376 }] } },
        ],
      },
    ]);
  });

  test('on a usual port that nobody declares', async () => {
    const silentMajority = { [`${POD}:3000`]: 'answered' } as const;
    expect(await findingsOf(world(pod({ ports: [] }), silentMajority))).toMatchObject([
      { code: 'spec/target-port-closed', params: { opens: ['3000/TCP'] } },
    ]);
  });

  test('by a name whose container port is the wrong one', async () => {
    const one = declaring({ name: 'http', containerPort: 80 });
    const objects = [aimedAt('http'), one, inSlice(one, 80)];
    const connections = { [VIP]: 'refused', [`${POD}:80`]: 'refused', [`${POD}:8080`]: 'opened' } as const;
    expect(await findingsOf({ objects, connections })).toMatchObject([
      {
        code: 'spec/target-port-closed',
        params: { targetPort: 'http', number: 80, opens: ['8080/TCP'], declared: true },
      },
    ]);
  });

  test('is not blamed where it is declared and so is the one that answers: a listener is missing', async () => {
    const one = declaring({ name: 'http', containerPort: 8080 }, { name: 'admin', containerPort: 9090 });
    expect(await findingsOf(world(one, { [`${POD}:9090`]: 'answered' }, 8080))).toEqual([]);
  });

  test('by a name that two containers give to their ports: only the first one counts', async () => {
    const one = declaring({ name: 'http', containerPort: 15020 }, { name: 'http', containerPort: 8080 });
    const objects = [aimedAt('http'), one, inSlice(one, 15020)];
    const connections = { [VIP]: 'refused', [`${POD}:15020`]: 'refused', [`${POD}:8080`]: 'answered' } as const;
    expect(await findingsOf({ objects, connections })).toMatchObject([
      { code: 'spec/target-port-closed', params: { targetPort: 'http', number: 15020, opens: ['http 8080/TCP'] } },
    ]);
  });

  test('is not blamed where the process answers on loopback', async () => {
    const findings = await findingsOf({
      ...world(pod({ ports: [] }), { [`${POD}:9090`]: 'answered' }),
      forwards: { 'web-6c5d8b7f9-aaaaa:9377': 'answered' },
    });
    expect(findings).toEqual([]);
  });

  test('is not blamed for a companion that answers', async () => {
    const one = pod({
      ports: [],
      spec: {
        containers: [
          { name: 'app', image: 'app:1' },
          { name: 'redis-exporter', image: 'exporter:1', ports: [{ containerPort: 9121 }] },
        ],
      },
    });
    expect(await findingsOf(world(one, { [`${POD}:9121`]: 'answered' }))).toEqual([]);
  });

  test('is not blamed where nothing answers anywhere', async () => {
    expect(await findingsOf(world(pod({ ports: [] }), {}))).toEqual([]);
  });

  test('is not blamed where one of the pods answers on it', async () => {
    const [a, b] = [listens(9376), pod({ name: 'web-6c5d8b7f9-bbbbb', ip: '10.244.0.6' })];
    const objects = [
      aimedAt(9377),
      a,
      b,
      slice({ ports: [{ name: '', port: 9377 }], endpoints: [endpoint(a), endpoint(b)] }),
    ];
    const connections = {
      [VIP]: ['refused', 'answered'],
      [`${POD}:9377`]: 'refused',
      '10.244.0.6:9377': 'answered',
    } as const;
    expect(await findingsOf({ objects, connections })).toEqual([]);
  });
});

describe('a targetPort that nobody declares', () => {
  const objects = [aimedAt(9377), pod(), inSlice(pod(), 9377)];

  test('is a warning where nothing was asked', async () => {
    expect(await check({ objects })).toMatchObject({
      outcome: 'pass',
      findings: [
        {
          code: 'spec/target-port-undeclared',
          severity: 'warning',
          params: { declared: ['8080/TCP'] },
          remedies: [{ id: 'set-target-port' }],
        },
      ],
    });
  });

  test('is a warning over UDP as well, where silence proves nothing', async () => {
    const one = declaring({ containerPort: 1123, protocol: 'UDP' }, { containerPort: 9090 });
    const over = service({ ports: [{ port: 123, targetPort: 1124, protocol: 'UDP' }] });
    expect(await findingsOf({ objects: [over, one], connections: {} })).toMatchObject([
      { code: 'spec/target-port-undeclared', severity: 'warning', params: { declared: ['1123/UDP'] } },
    ]);
  });

  test('is nothing but a note once it answers', async () => {
    const result = await check({ objects, connections: { [VIP]: 'answered', [`${POD}:9377`]: 'answered' } });
    expect(result.findings).toEqual([]);
    expect(result.observations.map(({ what }) => what)).toEqual(['spec.port', 'spec.undeclared']);
  });

  test('is nothing where the pods declare no port at all', async () => {
    expect(await findingsOf({ objects: [aimedAt(9377), pod({ ports: [] })] })).toEqual([]);
  });

  test('gives no patch where several could be meant', async () => {
    const one = declaring({ containerPort: 8080 }, { containerPort: 8081 });
    expect(await findingsOf({ objects: [aimedAt(9377), one] })).toMatchObject([{ remedies: [{ id: 'compare' }] }]);
  });
});
