import { describe, expect, test } from 'vitest';
import { endpoints } from '../../../src/steps/endpoints/endpoints.ts';
import { spec } from '../../../src/steps/spec/spec.ts';
import { factsOf, type World } from '../../support/facts.ts';
import { pod, service } from '../../support/objects.ts';
import { wellSaid } from '../../support/sentences.ts';
import { endpoint, slice, workload } from '../../support/workloads.ts';

const findingsOf = async (world: World) => wellSaid(await endpoints.check(factsOf(world))).findings;
const VIP = '10.96.0.10:80';

describe('a selector that takes in two workloads', () => {
  const selector = { part: 'shop' };
  const web = pod({ labels: { ...selector, app: 'web' } });
  const cache = pod({
    name: 'cache-6c5d8b7f9-bbbbb',
    ip: '10.244.0.6',
    labels: { ...selector, app: 'cache' },
    ports: [{ containerPort: 6379 }],
  });
  const objects = [service({ selector }), web, cache, slice({ endpoints: [endpoint(web), endpoint(cache)] })];

  test('of which one, another application, refuses: an error that names a narrower selector', async () => {
    const connections = {
      [VIP]: ['answered', 'refused'],
      '10.244.0.5:8080': 'answered',
      '10.244.0.6:8080': 'refused',
    } as const;
    expect(await findingsOf({ objects, connections })).toMatchObject([
      {
        code: 'endpoints/selects-other-app',
        severity: 'error',
        breaks: 'selection',
        subject: { port: '80/TCP', backend: 'cache-6c5d8b7f9-bbbbb' },
        params: { others: ['Deployment/cache'], own: ['Deployment/web'] },
        remedies: [{ id: 'narrow-selector', patch: { body: { spec: { selector: { app: 'web' } } } } }],
      },
    ]);
  });

  test('that both answer: nothing but a note', async () => {
    const connections = { [VIP]: 'answered', '10.244.0.5:8080': 'answered', '10.244.0.6:8080': 'answered' } as const;
    const result = await endpoints.check(factsOf({ objects, connections }));
    expect(result.findings).toEqual([]);
    expect(result.observations).toContainEqual(
      expect.objectContaining({
        what: 'endpoints.workloads',
        params: { workloads: ['Deployment/web (1)', 'Deployment/cache (1)'] },
      }),
    );
  });

  test('of which one declares only other ports: suspicious where nothing was asked', async () => {
    expect(await findingsOf({ objects })).toMatchObject([{ code: 'endpoints/selects-other-app', severity: 'warning' }]);
  });

  test('of one application, of which the new release fails: not the selector', async () => {
    const canary = pod({
      name: 'web-canary-6c5d8b7f9-bbbbb',
      ip: '10.244.0.6',
      labels: { ...selector, app: 'web', track: 'canary' },
    });
    const connections = {
      [VIP]: ['answered', 'refused'],
      '10.244.0.5:8080': 'answered',
      '10.244.0.6:8080': 'refused',
    } as const;
    const world = {
      objects: [service({ selector }), web, canary, slice({ endpoints: [endpoint(web), endpoint(canary)] })],
      connections,
    };
    expect(await findingsOf(world)).toEqual([]);
  });
});

describe('a selector that finds only strangers', () => {
  const selector = { tier: 'data' };
  const redis = pod({
    name: 'redis-6c5d8b7f9-bbbbb',
    ip: '10.244.0.6',
    labels: selector,
    ports: [{ containerPort: 6379 }],
  });
  const objects = [service({ selector }), redis, workload(), slice({ endpoints: [endpoint(redis)] })];
  const connections = { [VIP]: 'refused', '10.244.0.6:8080': 'refused', '10.244.0.6:6379': 'opened' } as const;

  test('that refuse: an error, and the step that looks at ports keeps quiet', async () => {
    expect(await findingsOf({ objects, connections })).toMatchObject([
      {
        code: 'endpoints/selects-other-app',
        severity: 'error',
        params: { others: ['Deployment/redis'], own: ['Deployment/web'] },
        remedies: [{ id: 'change-selector', patch: { body: { spec: { selector: { tier: null, app: 'web' } } } } }],
      },
    ]);
    expect((await spec.check(factsOf({ objects, connections }))).findings).toEqual([]);
  });

  test('is suspicious where nothing was asked', async () => {
    expect(await findingsOf({ objects })).toMatchObject([{ code: 'endpoints/selects-other-app', severity: 'warning' }]);
  });

  test('not: no workload has the name of the Service', async () => {
    expect(await findingsOf({ objects: objects.filter(({ kind }) => kind !== 'Deployment'), connections })).toEqual([]);
  });

  test('not: they declare the port', async () => {
    const other = pod({ name: 'ui-6c5d8b7f9-bbbbb', ip: '10.244.0.6', labels: selector });
    const world = {
      objects: [service({ selector }), other, workload(), slice({ endpoints: [endpoint(other)] })],
      connections,
    };
    expect(await findingsOf(world)).toEqual([]);
  });
});
