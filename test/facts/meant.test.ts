import { describe, expect, test } from 'vitest';
import { backendsOf } from '../../src/facts/backends.ts';
import { meantBackends, meantPods } from '../../src/facts/meant.ts';
import { STEPS } from '../../src/steps/index.ts';
import { diagnose } from '../../src/walk/diagnose.ts';
import { walk } from '../../src/walk/walk.ts';
import { factsOf, type World } from '../support/facts.ts';
import type { FakeObject } from '../support/fakeCluster.ts';
import { metaOf, pod, service } from '../support/objects.ts';
import { endpoint, namespace, slice, workload } from '../support/workloads.ts';

const near = pod({ name: 'web-6c5-aaaaa', ip: '10.244.0.7' });
const misspelled = service({ selector: { app: 'webb' } });

async function meant(objects: FakeObject[]) {
  const facts = factsOf({ objects: [namespace(), ...objects] });
  const pods = await facts.ask(meantPods(facts.target));
  const backends = await facts.ask(meantBackends(facts.target));
  return {
    pods: pods.known ? pods.value.items.map(({ metadata }) => metadata?.name) : pods.obstacle,
    backends: backends.known ? backends.value.map(({ name, ready }) => ({ name, ready })) : backends.obstacle,
    asked: facts.asked,
  };
}

describe('whom a Service means', () => {
  test('what it selects, without a look around', async () => {
    const { pods, backends, asked } = await meant([
      service(),
      workload(),
      near,
      slice({ endpoints: [endpoint(near)] }),
    ]);
    expect(pods).toEqual(['web-6c5-aaaaa']);
    expect(backends).toEqual([{ name: 'web-6c5-aaaaa', ready: true }]);
    expect(asked.filter((one) => /deployments|statefulsets/.test(one))).toEqual([]);
  });

  test('the pods of a near miss, ready where the pods are', async () => {
    const other = pod({ name: 'batch-77f-bbbbb', labels: { app: 'batch' } });
    const unready = pod({ name: 'web-6c5-ccccc', ready: false });
    const { pods, backends } = await meant([misspelled, workload(), near, unready, other, slice()]);
    expect(pods).toEqual(['web-6c5-aaaaa', 'web-6c5-ccccc']);
    expect(backends).toEqual([
      { name: 'web-6c5-aaaaa', ready: true },
      { name: 'web-6c5-ccccc', ready: false },
    ]);
  });

  test('nothing beside a workload that fits and has no pods', async () => {
    const idle = workload({ name: 'webb', podLabels: { app: 'webb' }, replicas: 0 });
    expect(await meant([misspelled, workload(), idle, near, slice()])).toMatchObject({ pods: [], backends: [] });
  });

  test('what stands in the slices, where no pod is selected', async () => {
    const byHand = slice({ endpoints: [{ addresses: ['192.0.2.7'] }] });
    expect(await meant([misspelled, workload(), near, byHand])).toMatchObject({
      pods: [],
      backends: [{ name: '192.0.2.7' }],
    });
  });

  test('the endpoints themselves stay empty', async () => {
    const facts = factsOf({ objects: [namespace(), misspelled, workload(), near, slice()] });
    expect(await facts.ask(backendsOf(facts.target))).toEqual({ known: true, value: [] });
  });
});

describe('a fault behind the first one', () => {
  const causes = async (world: World) => {
    const facts = factsOf({ raw: { '/version': { gitVersion: 'v1.34.4', major: '1', minor: '34' } }, ...world });
    const { rootCauses } = diagnose(await walk(STEPS, facts, new AbortController().signal));
    return rootCauses.map(({ code }) => code);
  };
  const around = [namespace(), misspelled, workload(), slice()];

  test('the pods listen elsewhere', async () => {
    const objects = [...around, near];
    const connections = {
      '10.96.0.10:80': 'refused',
      '10.244.0.7:8080': 'refused',
      '10.244.0.7:3000': 'answered',
    } as const;
    expect(await causes({ objects, connections })).toEqual(['endpoints/selector-mismatch', 'spec/target-port-closed']);
  });

  test('a policy keeps everybody out', async () => {
    const spec = { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Ingress'] };
    const objects = [...around, near, { kind: 'NetworkPolicy', metadata: metaOf({ name: 'closed' }), spec }];
    const connections = { '10.96.0.10:80': 'refused' } as const;
    expect(await causes({ objects, connections })).toEqual([
      'endpoints/selector-mismatch',
      'network-policy/ingress-denied',
    ]);
  });

  test('the targetPort has a name that the template does not know', async () => {
    const idle = workload({ replicas: 0, ports: [{ name: 'web', containerPort: 8080 }] });
    const named = service({ ports: [{ port: 80, targetPort: 'http' }] });
    const connections = { '10.96.0.10:80': 'refused' } as const;
    expect(await causes({ objects: [namespace(), named, idle, slice()], connections })).toEqual([
      'endpoints/scaled-to-zero',
      'spec/target-port-name-missing',
    ]);
  });

  test('a policy that admits none of the ports that the pods declare, and one that admits some', async () => {
    const named = service({ ports: [{ port: 80, targetPort: 'http' }] });
    const listed = slice({ endpoints: [endpoint(near)], ports: null });
    const admits = (port: number) => ({
      kind: 'NetworkPolicy',
      metadata: metaOf({ name: 'some' }),
      spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ ports: [{ port }] }] },
    });
    const connections = { '10.96.0.10:80': 'refused' } as const;
    const seen = (port: number) =>
      causes({ objects: [namespace(), named, workload(), near, listed, admits(port)], connections });
    expect(await seen(3000)).toEqual(['spec/target-port-name-missing', 'network-policy/ingress-denied']);
    expect(await seen(8080)).toEqual(['spec/target-port-name-missing']);
  });

  test('none: only the selector is named', async () => {
    const connections = { '10.96.0.10:80': 'refused', '10.244.0.7:8080': 'answered' } as const;
    expect(await causes({ objects: [...around, near], connections })).toEqual(['endpoints/selector-mismatch']);
  });
});
