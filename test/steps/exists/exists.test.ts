import { describe, expect, test } from 'vitest';
import { exists } from '../../../src/steps/exists/exists.ts';
import { ago, factsOf, type World } from '../../support/facts.ts';
import { pod, service } from '../../support/objects.ts';
import { wellSaid } from '../../support/sentences.ts';
import { ingress, namespace, workload } from '../../support/workloads.ts';

const check = async (world: World) => wellSaid(await exists.check(factsOf(world)));
const named = (name: string, more = {}) => service({ name, selector: { app: name }, ...more });
const commandsOf = ({ findings }: Awaited<ReturnType<typeof check>>) =>
  findings.flatMap(({ remedies }) => remedies.flatMap(({ commands }) => commands.map((c) => c.join(' '))));

describe('a Service that is there', () => {
  test('passes with its kind and age, at the cost of three requests', async () => {
    const facts = factsOf({ objects: [service(), pod()] });
    const result = await exists.check(facts);
    expect(result.outcome).toBe('pass');
    expect(result.findings).toEqual([]);
    expect(result.observations).toMatchObject([{ what: 'exists.found', params: { type: 'ClusterIP', age: '60m' } }]);
    expect(facts.asked.sort()).toEqual(['get services', 'list ingresses', 'list pods']);
  });

  test.each([
    ['ExternalName', { type: 'ExternalName', externalName: 'db.example.com' }, 'exists.external-name'],
    ['headless', { clusterIP: 'None', clusterIPs: ['None'] }, 'exists.headless'],
  ])('%s is noted and no fault', async (_, spec, what) => {
    const result = await check({ objects: [service({ spec })] });
    expect(result.outcome).toBe('pass');
    expect(result.observations.map((o) => o.what)).toContain(what);
  });

  test('younger than all of its pods is noted', async () => {
    const result = await check({ objects: [service({ age: 120 }), pod({ age: 7200 })] });
    expect(result.observations).toMatchObject([{}, { what: 'exists.younger-than-pods', params: { age: '2m' } }]);
  });

  test('forbidden Ingresses are an obstacle that hides nothing', async () => {
    const result = await check({ objects: [service()], forbidden: ['list ingresses'] });
    expect(result).toMatchObject({ outcome: 'pass', obstacles: [{ kind: 'forbidden', resource: 'ingresses' }] });
  });
});

test('a Service that may not be read is unknown, with the right that is missing', async () => {
  const result = await check({ forbidden: ['get services'] });
  expect(result).toMatchObject({
    outcome: 'unknown',
    obstacles: [{ kind: 'forbidden', verb: 'get', resource: 'services' }],
  });
});

describe('being deleted', () => {
  const going = service({ deletedAgo: 300, finalizers: ['service.kubernetes.io/load-balancer-cleanup'] });

  test('is an error once nothing answers', async () => {
    const result = await check({ objects: [going, namespace()], connections: { '10.96.0.10:80': 'refused' } });
    expect(result).toMatchObject({
      outcome: 'fail',
      findings: [{ code: 'exists/being-deleted', severity: 'error', breaks: 'service', params: { since: '5m' } }],
    });
  });

  test('is a warning while it answers', async () => {
    const result = await check({ objects: [going, namespace()], connections: { '10.96.0.10:80': 'answered' } });
    expect(result).toMatchObject({
      outcome: 'pass',
      findings: [{ code: 'exists/being-deleted', severity: 'warning' }],
    });
  });

  test('is an error without a probe when no endpoint is left', async () => {
    const result = await check({ objects: [going, namespace()] });
    expect(result).toMatchObject({ outcome: 'fail' });
  });

  test('with its namespace: that is named as well', async () => {
    const home = namespace('shop', {
      metadata: { name: 'shop', deletionTimestamp: ago(60) },
      status: {
        phase: 'Terminating',
        conditions: [
          { type: 'NamespaceContentRemaining', status: 'True', message: 'pods. has 1 resource instances' },
          { type: 'NamespaceDeletionDiscoveryFailure', status: 'False', message: 'fine' },
        ],
      },
    });
    const result = await check({ objects: [service(), pod({ deletedAgo: 60 }), home] });
    expect(result).toMatchObject({
      outcome: 'pass',
      findings: [
        {
          code: 'exists/namespace-terminating',
          severity: 'warning',
          params: { namespace: 'shop', since: '60s', detail: 'pods. has 1 resource instances' },
        },
      ],
    });
  });
});

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
