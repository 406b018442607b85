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
const VIP = '10.96.0.10:80';
const POD = '10.244.0.5';

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
