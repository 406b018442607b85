import { describe, expect, test } from 'vitest';
import { endpoints } from '../../../src/steps/endpoints/endpoints.ts';
import { factsOf, type World } from '../../support/facts.ts';
import { pod, service } from '../../support/objects.ts';
import { wellSaid } from '../../support/sentences.ts';
import { endpoint, slice } from '../../support/workloads.ts';

const check = async (world: World) => wellSaid(await endpoints.check(factsOf(world)));
const selecting = (selector: Record<string, string>) => service({ selector });
const VIP = '10.96.0.10:80';

describe('a healthy Service', () => {
  const objects = [service(), pod(), slice({ endpoints: [endpoint(pod())] })];

  test('passes, at the cost of three requests', async () => {
    const facts = factsOf({ objects });
    expect(await endpoints.check(facts)).toMatchObject({
      outcome: 'pass',
      findings: [],
      observations: [
        { what: 'endpoints.selected', params: { selector: 'app=web', pods: 1 } },
        { what: 'endpoints.slices', params: { ready: 1, notReady: 0 } },
      ],
    });
    expect(facts.asked.sort()).toEqual(['get services', 'list endpointslices', 'list pods']);
  });

  test('named unlike its pods costs nothing more once it answers', async () => {
    const other = pod({ name: 'db-6c5d8b7f9-aaaaa', labels: { x: 'y' } });
    const facts = factsOf({
      objects: [selecting({ x: 'y' }), other, slice({ endpoints: [endpoint(other)] })],
      connections: { [VIP]: 'answered', '10.244.0.5:8080': 'answered' },
    });
    expect(await endpoints.check(facts)).toMatchObject({ outcome: 'pass', findings: [] });
    expect(facts.asked).not.toContain('list deployments');
  });
});

describe('not to be judged', () => {
  test.each([
    ['no Service', {}, { outcome: 'skip', reason: { what: 'endpoints.no-service' } }],
    [
      'an ExternalName',
      { objects: [service({ spec: { type: 'ExternalName', externalName: 'example.com' } })] },
      { outcome: 'skip', reason: { what: 'endpoints.external-name' } },
    ],
    [
      'a Service that may not be read',
      { forbidden: ['get services'] },
      { outcome: 'unknown', obstacles: [{ resource: 'services' }] },
    ],
  ])('%s', async (_, world, expected) => {
    expect(await check(world)).toMatchObject(expected);
  });

  test.each(['list pods', 'list endpointslices'])(
    '403 on %s hides what matters, unless the Service answers',
    async (right) => {
      const world = { objects: [service(), pod(), slice({ endpoints: [endpoint(pod())] })], forbidden: [right] };
      expect(await check(world)).toMatchObject({
        outcome: 'unknown',
        findings: [],
        obstacles: [{ kind: 'forbidden' }],
      });
      expect(await check({ ...world, connections: { [VIP]: 'answered' } })).toMatchObject({ outcome: 'pass' });
    },
  );
});
