import { expect, test } from 'vitest';
import type { Obstacle } from '../../src/model/fact.ts';
import { STEPS } from '../../src/steps/index.ts';
import { diagnose } from '../../src/walk/diagnose.ts';
import { walk } from '../../src/walk/walk.ts';
import { HEALTHY_DNS, hearing } from '../steps/dns/world.ts';
import { factsOf, type World } from '../support/facts.ts';
import type { FakeObject } from '../support/fakeCluster.ts';
import { pod, service } from '../support/objects.ts';
import { endpoint, slice } from '../support/workloads.ts';

const running = pod();
const named = (kind: string, name: string): FakeObject => ({ kind, metadata: { name } });

/** A Service that answers, in a cluster where all is well. */
const WELL: World = {
  objects: [
    service({ spec: { clusterIP: '10.96.7.7', clusterIPs: ['10.96.7.7'] } }),
    running,
    slice({ endpoints: [endpoint(running)] }),
    named('Namespace', 'shop'),
    named('Node', 'node1'),
    ...HEALTHY_DNS,
  ],
  raw: { '/version': { gitVersion: 'v1.34.4', major: '1', minor: '34' }, '/apis': { groups: [] } },
  connections: { '10.96.7.7:80': 'answered', '10.244.0.5:8080': 'answered' },
  answer: hearing({}),
};

async function diagnosed(world: World) {
  const facts = factsOf(world);
  const diagnosis = diagnose(await walk(STEPS, facts, new AbortController().signal));
  const errors = diagnosis.findings.filter(({ severity }) => severity === 'error').map(({ code }) => code);
  return { errors, verdict: diagnosis.verdict, asked: [...new Set(facts.asked)] };
}

const { asked, verdict, errors } = await diagnosed(WELL);
const withoutProbe: World = { ...WELL };
delete withoutProbe.connections;
delete withoutProbe.answer;

test('when everything can be read, the Service is healthy', () => {
  expect({ verdict, errors }).toEqual({ verdict: 'healthy', errors: [] });
  expect(asked.length).toBeGreaterThan(7);
});

const TROUBLE: Obstacle[] = [
  { kind: 'forbidden', verb: 'list', resource: 'x', message: 'x is forbidden' },
  { kind: 'cancelled' },
  { kind: 'timeout', what: 'GET x', afterMs: 10_000 },
];

test.each(asked.filter((read) => read !== 'get /version'))(
  '"%s" cannot be read: nothing is blamed for it',
  async (read) => {
    for (const obstacle of TROUBLE) {
      const obstacles = { [read]: obstacle };
      const probed = await diagnosed({ ...WELL, obstacles });
      expect({ kind: obstacle.kind, errors: probed.errors }).toEqual({ kind: obstacle.kind, errors: [] });
      const unprobed = await diagnosed({ ...withoutProbe, obstacles });
      expect({ kind: obstacle.kind, errors: unprobed.errors }).toEqual({ kind: obstacle.kind, errors: [] });
    }
  },
);

test('nothing but the Service can be read: nothing is blamed', async () => {
  const obstacles = Object.fromEntries(
    asked.filter((read) => !/services|version/.test(read)).map((read) => [read, TROUBLE[0]!]),
  );
  expect((await diagnosed({ ...WELL, obstacles })).errors).toEqual([]);
  expect((await diagnosed({ ...withoutProbe, obstacles })).errors).toEqual([]);
});
