import { describe, expect, test } from 'vitest';
import { exists } from '../../../src/steps/exists/exists.ts';
import { ago, factsOf, type World } from '../../support/facts.ts';
import { pod, service } from '../../support/objects.ts';
import { wellSaid } from '../../support/sentences.ts';
import { namespace } from '../../support/workloads.ts';

const check = async (world: World) => wellSaid(await exists.check(factsOf(world)));

describe('a Service that is there', () => {
  test('passes with its kind and age, at the cost of three requests', async () => {
    const facts = factsOf({ objects: [service(), pod()] });
    const result = await exists.check(facts);
    expect(result.outcome).toBe('pass');
    expect(result.findings).toEqual([]);
    expect(result.observations).toMatchObject([{ what: 'exists.found', params: { type: 'ClusterIP', age: '60m' } }]);
    expect(facts.asked.sort()).toEqual(['get /apis', 'get services', 'list ingresses', 'list pods']);
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
