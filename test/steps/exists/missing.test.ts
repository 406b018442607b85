import { describe, expect, test } from 'vitest';
import { exists } from '../../../src/steps/exists/exists.ts';
import { diagnose } from '../../../src/walk/diagnose.ts';
import { ago, factsOf, type World } from '../../support/facts.ts';
import { service } from '../../support/objects.ts';
import { wellSaid } from '../../support/sentences.ts';
import { ingress, namespace, workload } from '../../support/workloads.ts';

const check = async (world: World) => wellSaid(await exists.check(factsOf(world)));
const named = (name: string, more = {}) => service({ name, selector: { app: name }, ...more });
const commandsOf = ({ findings }: Awaited<ReturnType<typeof check>>) =>
  findings.flatMap(({ remedies }) => remedies.flatMap(({ commands }) => commands.map((c) => c.join(' '))));

describe('a Service that is not there', () => {
  test('a slip in its name: misspelled, with the name that exists', async () => {
    const result = await check({ objects: [namespace(), named('hostnames')], target: { service: 'hostname' } });
    expect(result).toMatchObject({
      outcome: 'fail',
      findings: [
        { code: 'exists/misspelled', breaks: 'service', params: { near: ['hostnames'], service: 'hostname' } },
      ],
    });
    expect(commandsOf(result)).toEqual(['kubectl -n shop get service hostnames']);
  });

  test('the workload of that name is served by a Service of another', async () => {
    const result = await check({
      objects: [
        namespace(),
        named('front', { selector: { app: 'checkout' } }),
        workload({ name: 'checkout', podLabels: { app: 'checkout' } }),
      ],
      target: { service: 'checkout' },
    });
    expect(result).toMatchObject({
      findings: [{ code: 'exists/misspelled', params: { near: ['front'], workload: 'Deployment/checkout' } }],
    });
    expect(result.observations.map(({ what }) => what)).toContain('exists.selects');
  });

  test('in a namespace that is going: that is the cause, not what is to be made anew', async () => {
    const going = namespace('shop', {
      metadata: { name: 'shop', deletionTimestamp: ago(600) },
      status: { phase: 'Terminating' },
    });
    const result = await check({ objects: [going] });
    const { rootCauses } = diagnose([{ step: 'exists', ...result, durationMs: 0 }]);
    expect(result.findings.map(({ code }) => code)).toContain('exists/no-service');
    expect(rootCauses.map(({ code }) => code)).toEqual(['exists/namespace-terminating']);
  });

  test('a release name before it is a near name, though weaker than a namesake elsewhere', async () => {
    const objects = [namespace(), named('blue-web')];
    expect(await check({ objects })).toMatchObject({
      findings: [{ code: 'exists/misspelled', params: { near: ['blue-web'] } }],
    });
    const elsewhere = service({ namespace: 'store' });
    expect(await check({ objects: [...objects, elsewhere] })).toMatchObject({
      findings: [{ code: 'exists/in-other-namespace', params: { elsewhere: ['store'] } }],
    });
  });

  test('an unlike short name is not near', async () => {
    const result = await check({ objects: [namespace(), named('api')] });
    expect(result).toMatchObject({ findings: [{ code: 'exists/no-service' }] });
    expect(commandsOf(result)).toEqual(['kubectl -n shop get services']);
  });

  test('a workload here counts more than a namesake in another namespace', async () => {
    const result = await check({ objects: [namespace(), workload(), service({ namespace: 'store' })] });
    expect(result).toMatchObject({
      findings: [{ code: 'exists/no-service', params: { workload: 'Deployment/web', elsewhere: ['store'] } }],
    });
  });

  test('who refers to it is named, and the port they expect is exposed', async () => {
    const client = workload({
      name: 'front',
      podLabels: { app: 'front' },
      containers: [{ name: 'app', env: [{ name: 'API_URL', value: 'http://web:8081/api' }] }],
    });
    const result = await check({
      objects: [namespace(), workload(), client, ingress('shop', 'web', { number: 8081 })],
    });
    expect(result).toMatchObject({ findings: [{ params: { referrers: ['Ingress/shop', 'Deployment/front'] } }] });
    expect(commandsOf(result)).toEqual(['kubectl -n shop expose deployment web --port=8081 --target-port=8080']);
  });

  test('rights that are missing are obstacles; the answer stands', async () => {
    const forbidden = [
      'get namespaces',
      'list services',
      'list ingresses',
      'list deployments',
      'list statefulsets',
      'list daemonsets',
    ];
    const result = await check({ objects: [], forbidden });
    expect(result).toMatchObject({ outcome: 'fail', findings: [{ code: 'exists/no-service' }] });
    expect(result.obstacles).toHaveLength(7);
  });
});

describe('kubectl expose', () => {
  const exposed = async (...args: Parameters<typeof workload>) =>
    commandsOf(await check({ objects: [namespace(), workload(...args)] }));

  test.each([
    [[{ containerPort: 8080 }], ['kubectl -n shop expose deployment web --port=80 --target-port=8080']],
    [[{ containerPort: 5432 }], ['kubectl -n shop expose deployment web --port=5432 --target-port=5432']],
    [
      [{ containerPort: 53, protocol: 'UDP' }],
      ['kubectl -n shop expose deployment web --port=53 --target-port=53 --protocol=UDP'],
    ],
    [[{ containerPort: 80 }, { containerPort: 9090 }], ['kubectl -n shop expose deployment web']],
    [[], ['kubectl -n shop expose deployment web --port=80 --target-port=PORT']],
  ])('of a Deployment that declares %j', async (ports, commands) => {
    expect(await exposed({ ports })).toEqual(commands);
  });

  test('does not take a StatefulSet', async () => {
    expect(await exposed({ kind: 'StatefulSet', podLabels: { app: 'web', tier: 'db' } })).toEqual([
      'kubectl -n shop create service clusterip web --tcp=80:8080',
      'kubectl -n shop set selector service web app=web,tier=db',
    ]);
  });
});

describe('a namespace that is not there', () => {
  test('near names and namesakes', async () => {
    const objects = [namespace('shops'), namespace('kube-system'), service({ namespace: 'shops' })];
    const result = await check({ objects });
    expect(result).toMatchObject({
      outcome: 'fail',
      findings: [{ code: 'exists/no-namespace', params: { namespace: 'shop', near: ['shops'], elsewhere: ['shops'] } }],
    });
    expect(commandsOf(result)).toEqual(['kubectl -n shops get services']);
  });

  test('nothing near: the list', async () => {
    expect(commandsOf(await check({ objects: [namespace('other')], forbidden: ['list namespaces'] }))).toEqual([
      'kubectl get namespaces',
    ]);
  });
});
