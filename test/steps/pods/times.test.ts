import { describe, expect, test } from 'vitest';
import { pods } from '../../../src/steps/pods/pods.ts';
import { en } from '../../../src/text/en/index.ts';
import { factsOf, type World } from '../../support/facts.ts';
import { pod, service } from '../../support/objects.ts';
import { wellSaid } from '../../support/sentences.ts';
import { endpoint, slice } from '../../support/workloads.ts';

const one = pod();
const two = pod({ name: 'web-6c5d8b7f9-bbbbb', ip: '10.244.1.6', node: 'node2', age: 60 });
const objects = [service(), one, two, slice({ endpoints: [endpoint(one), endpoint(two)] })];
const [VIP, A, B] = ['10.96.0.10:80', '10.244.0.5:8080', '10.244.1.6:8080'];
const taking = (...times: number[]) => times.map((durationMs) => ({ outcome: 'answered', durationMs }) as const);
const check = async (connections: World['connections'] & object) =>
  wellSaid(await pods.check(factsOf({ objects, connections })));

describe('a pod that answers far slower than its peers', () => {
  test('is a warning with its numbers, and with what sets it apart', async () => {
    const { outcome, findings } = await check({ [VIP]: 'answered', [A]: taking(4), [B]: taking(1900, 2000, 2500) });
    expect(outcome).toBe('pass');
    expect(findings).toMatchObject([
      {
        code: 'pods/slow',
        severity: 'warning',
        subject: { port: '80/TCP', backend: 'web-6c5d8b7f9-bbbbb' },
        params: { medianMs: 2000, slowestMs: 2500, othersMs: 4 },
        evidence: [
          { what: 'pods.backend' },
          { what: 'pods.apart', params: { node: 'node2', images: [], ages: ['60s', '60m'] } },
        ],
      },
    ]);
  });

  test('is asked again before it counts', async () => {
    const busy = [...taking(1900, 2000, 2500), ...taking(4, 4, 4, 4)];
    let seen = 0;
    const answer: World['answer'] = (question) => {
      if (question.ask !== 'connect' || `${question.address}:${question.port}` !== B) return undefined;
      const attempts = busy.slice(seen, seen + question.tries);
      seen += question.tries;
      return { attempts };
    };
    const { findings } = await pods.check(
      factsOf({ objects, answer, connections: { [VIP]: 'answered', [A]: taking(4) } }),
    );
    expect(seen).toBeGreaterThan(3);
    expect(findings).toEqual([]);
  });
});

test('count, median and slowest answer of each backend are noted', async () => {
  const { findings, observations } = await check({ [VIP]: 'answered', [A]: taking(3, 9, 5), [B]: taking(4) });
  expect(findings).toEqual([]);
  const noted = observations.filter(({ what }) => what === 'pods.backend');
  expect(noted.map(({ params, detail }) => [params, detail])).toMatchObject([
    [{ pod: one.metadata?.name, asked: 3, answered: 3, medianMs: 5, slowestMs: 9 }, true],
    [{ pod: two.metadata?.name, asked: 3, answered: 3, medianMs: 4, slowestMs: 4 }, true],
  ]);
});

describe('what sets a failing pod apart', () => {
  const apart = async (objectsNow: World['objects'] & object, connections: World['connections'] & object) => {
    const { findings } = wellSaid(await pods.check(factsOf({ objects: objectsNow, connections })));
    return findings.flatMap(({ evidence }) =>
      evidence.flatMap((seen) => (seen.what === 'pods.apart' ? en.observations['pods.apart'](seen.params) : [])),
    );
  };

  test('stands beside the pod that hangs', async () => {
    expect(await apart(objects, { [VIP]: ['answered', 'hangs'], [A]: 'answered', [B]: 'hangs' })).toEqual([
      'sets it apart: node node2; created 60s ago, the others 60m ago',
    ]);
  });

  test('stands beside the pod that is not ready', async () => {
    const canary = pod({ name: 'web-2', ip: '10.244.1.6', ready: false, labels: { app: 'web', track: 'canary' } });
    const now = [service(), one, canary, slice({ endpoints: [endpoint(one), endpoint(canary)] })];
    expect(await apart(now, { [VIP]: 'answered', [A]: 'answered' })).toEqual(['sets it apart: label track=canary']);
  });

  test('is not made up where all fail', async () => {
    expect(await apart(objects, { [VIP]: 'hangs', [A]: 'hangs', [B]: 'hangs' })).toEqual([]);
  });
});
