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

describe('the port asked for', () => {
  test.each([
    ['81', { asked: '81', has: ['80'] }, 'add-port'],
    ['8080', { asked: '8080', has: ['80'], meant: '80', askedIs: 'targetPort' }, 'use-port'],
    ['metrics', { asked: 'metrics', has: ['80'] }, 'add-port'],
  ])('%s is none of the Service', async (port, params, remedy) => {
    expect(await findingsOf({ objects: [service(), pod()], target: { port } })).toMatchObject([
      { code: 'spec/no-such-port', severity: 'error', breaks: 'spec', params, remedies: [{ id: remedy }] },
    ]);
  });

  test('is a node port', async () => {
    const objects = [
      service({ spec: { type: 'NodePort' }, ports: [{ name: 'http', port: 80, targetPort: 8080, nodePort: 30080 }] }),
      pod(),
    ];
    expect(await findingsOf({ objects, target: { port: '30080' } })).toMatchObject([
      { params: { asked: '30080', has: ['80 (http)'], meant: '80', askedIs: 'nodePort' } },
    ]);
    expect(await findingsOf({ objects, target: { port: 'http' } })).toEqual([]);
  });
});

describe('a named targetPort', () => {
  test('that every pod has, passes, and the number is shown', async () => {
    const result = await check({ objects: [aimedAt('http'), declaring({ name: 'http', containerPort: 8080 })] });
    expect(result).toMatchObject({
      outcome: 'pass',
      findings: [],
      observations: [
        { what: 'spec.port', params: { port: '80/TCP', target: 'http', numbers: ['8080'], pods: 1, of: 1 } },
      ],
    });
  });

  test('that no pod has, is an error, with the near name as remedy', async () => {
    const one = declaring({ name: 'http', containerPort: 8080 }, { name: 'metrics', containerPort: 9090 });
    expect(await findingsOf({ objects: [aimedAt('htpp'), one] })).toMatchObject([
      {
        code: 'spec/target-port-name-missing',
        severity: 'error',
        breaks: 'spec',
        subject: { port: '80/TCP' },
        params: { targetPort: 'htpp', declared: ['http 8080/TCP', 'metrics 9090/TCP'], pods: 1, digits: false },
        remedies: [
          {
            id: 'set-target-port',
            commands: [
              [
                'kubectl',
                '-n',
                'shop',
                'patch',
                'service',
                'web',
                '--type=json',
                '-p',
                '[{"op":"replace","path":"/spec/ports/0/targetPort","value":"http"}]',
              ],
            ],
            patch: {
              type: 'json-patch+json',
              body: [
                { op: 'test', path: '/spec/ports/0/port', value: 80 },
                { op: 'replace', path: '/spec/ports/0/targetPort', value: 'http' },
              ],
            },
          },
          { id: 'name-port', commands: [['kubectl', '-n', 'shop', 'edit', 'deployment/web']] },
        ],
      },
    ]);
  });

  test('in quotes is said to be a number', async () => {
    expect(await findingsOf({ objects: [aimedAt('9376'), declaring({ containerPort: 9376 })] })).toMatchObject([
      { params: { digits: true }, remedies: [{ id: 'set-target-port', patch: { body: [{}, { value: 9376 }] } }, {}] },
    ]);
  });

  test('without candidates gives no patch', async () => {
    const one = declaring({ name: 'a', containerPort: 1 }, { name: 'b', containerPort: 2 });
    expect(await findingsOf({ objects: [aimedAt('http'), one] })).toMatchObject([{ remedies: [{ id: 'name-port' }] }]);
  });

  test('gives no patch to a port that was heard to be closed', async () => {
    const one = declaring({ name: 'http', containerPort: 8080 });
    const objects = [aimedAt('metrics'), one, slice({ ports: null, endpoints: [endpoint(one)] })];
    const withPatch = { [VIP]: 'refused', [`${POD}:8080`]: 'opened' } as const;
    const without = { [VIP]: 'refused', [`${POD}:8080`]: 'refused' } as const;
    expect(await findingsOf({ objects, connections: withPatch })).toMatchObject([
      { remedies: [{ id: 'set-target-port' }, {}] },
    ]);
    expect(await findingsOf({ objects, connections: without })).toMatchObject([{ remedies: [{ id: 'name-port' }] }]);
  });

  test('is only a warning while the Service answers, by other means than its pods', async () => {
    const objects = [aimedAt('http'), pod()];
    expect(await findingsOf({ objects, connections: { [VIP]: 'answered' } })).toMatchObject([
      { code: 'spec/target-port-name-missing', severity: 'warning' },
    ]);
  });

  test('is looked up in native sidecars, and not in other init containers', async () => {
    const init = (restartPolicy?: string) =>
      pod({
        ports: [],
        spec: {
          initContainers: [
            {
              name: 'side',
              image: 'side:1',
              ports: [{ name: 'http', containerPort: 8080 }],
              ...(restartPolicy && { restartPolicy }),
            },
          ],
        },
      });
    expect(await findingsOf({ objects: [aimedAt('http'), init('Always')] })).toEqual([]);
    expect(await findingsOf({ objects: [aimedAt('http'), init()] })).toMatchObject([
      { code: 'spec/target-port-name-missing' },
    ]);
  });

  test('that no pod is there to have, is no matter of this step', async () => {
    expect(await findingsOf({ objects: [aimedAt('http')] })).toEqual([]);
    expect(await findingsOf({ objects: [aimedAt('http'), pod({ phase: 'Succeeded' })] })).toEqual([]);
  });
});

describe('a named targetPort that some pods lack', () => {
  const having = pod({ name: 'web-6c5d8b7f9-bbbbb', ip: '10.244.0.6', ports: [{ name: 'http', containerPort: 8080 }] });
  const objects = (ready: boolean) => [
    aimedAt('http'),
    pod({ ports: [{ name: 'web', containerPort: 8080 }] }),
    having,
    slice({
      ports: [{ name: '', port: 8080, protocol: 'TCP' }],
      endpoints: [{ ...endpoint(having), conditions: { ready } }],
    }),
  ];

  test.each([
    [true, 'warning'],
    [false, 'error'],
  ])('one that has it is ready: %s', async (ready, severity) => {
    expect(await findingsOf({ objects: objects(ready) })).toMatchObject([
      {
        code: 'spec/target-port-name-partly-missing',
        severity,
        params: { without: ['web-6c5d8b7f9-aaaaa'], with: ['web-6c5d8b7f9-bbbbb'] },
      },
    ]);
  });

  test('other numbers under one name are legal, and shown', async () => {
    const other = pod({
      name: 'web-6c5d8b7f9-ccccc',
      ip: '10.244.0.7',
      ports: [{ name: 'http', containerPort: 9090 }],
    });
    const result = await check({ objects: [aimedAt('http'), having, other] });
    expect(result.findings).toEqual([]);
    expect(result.observations).toMatchObject([{ params: { numbers: ['8080', '9090'], pods: 2 } }]);
  });
});

describe('protocol', () => {
  const udp = { protocol: 'UDP' };

  test('of a named port must fit: certain', async () => {
    expect(
      await findingsOf({ objects: [aimedAt('dns'), declaring({ name: 'dns', containerPort: 53, protocol: 'UDP' })] }),
    ).toMatchObject([
      {
        code: 'spec/protocol-mismatch',
        severity: 'error',
        params: { protocol: 'TCP', declared: 'UDP' },
        remedies: [{ id: 'set-protocol', patch: { body: [{}, { path: '/spec/ports/0/protocol', value: 'UDP' }] } }],
      },
    ]);
  });

  test.each([
    ['nothing was asked', undefined, 'warning'],
    ['it is refused', 'refused', 'error'],
    ['it is silent', 'silent', 'warning'],
  ] as const)('of a number that is declared for UDP only: %s', async (_, outcome, severity) => {
    const one = declaring({ containerPort: 8080, protocol: 'UDP' });
    const objects = [aimedAt(8080), one, inSlice(one)];
    const connections = outcome && { [`${POD}:8080`]: outcome, [VIP]: outcome };
    expect(await findingsOf({ objects, ...(connections && { connections }) })).toMatchObject([
      { code: 'spec/protocol-mismatch', severity },
    ]);
  });

  test('of a number does not matter once it answers', async () => {
    const one = declaring({ containerPort: 8080, protocol: 'UDP' });
    const connections = { [`${POD}:8080`]: 'answered', [VIP]: 'answered' } as const;
    expect(await findingsOf({ objects: [aimedAt(8080), one, inSlice(one)], connections })).toEqual([]);
  });

  test.each([
    ['nothing was asked', undefined, 'warning'],
    ['TCP answers there', 'answered', 'error'],
    ['TCP is refused there', 'refused', 'warning'],
  ] as const)('UDP at a number that is declared for TCP only: %s', async (_, outcome, severity) => {
    const objects = [
      aimedAt(8080, udp),
      pod(),
      slice({ ports: [{ name: '', port: 8080, protocol: 'UDP' }], endpoints: [endpoint(pod())] }),
    ];
    const connections = outcome && { connections: { [`${POD}:8080`]: outcome } };
    expect(await findingsOf({ objects, ...connections })).toMatchObject([
      { code: 'spec/protocol-mismatch', severity, subject: { port: '80/UDP' } },
    ]);
  });

  test('TCP and UDP on one number, of which the pods declare one: fine', async () => {
    const ports = [
      { name: 'dns', port: 53, targetPort: 53, protocol: 'UDP' },
      { name: 'dns-tcp', port: 53, targetPort: 53, protocol: 'TCP' },
    ];
    expect(
      await findingsOf({ objects: [service({ ports }), declaring({ containerPort: 53, protocol: 'TCP' })] }),
    ).toEqual([]);
  });
});

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
        breaks: 'spec',
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
