import { describe, expect, test } from 'vitest';
import { wholeAnswers } from '../../src/cluster/probePartial.ts';
import { askFrom } from '../../src/cluster/probeRun.ts';
import type { Cluster, ExecQuery, ExecResult } from '../../src/model/cluster.ts';
import { type Fact, known, unknown } from '../../src/model/fact.ts';
import type { ConnectAnswer, ProbeQuestion, Vantage } from '../../src/model/probe.ts';

const connect = (tries: number, port = 80): ProbeQuestion => ({ ask: 'connect', address: '10.0.0.1', port, tries });
const RESOLV: ProbeQuestion = { ask: 'resolv-conf' };
const LOOKUP: ProbeQuestion = { ask: 'lookup', name: 'web' };

const opened = (index: number, name: string) => [
  `${index}.${name} 100 %open`,
  `${index}.${name} 101 10.0.0.1 (10.0.0.1:80) open`,
  `${index}.${name} 101 %rc=0`,
];
const output = (...lines: (string | string[])[]) =>
  `${['- 0 %tools nc', '- 0 %version', ...lines.flat()].join('\n')}\n`;

describe('of an output that broke off', () => {
  test.each<[string, ProbeQuestion, string, boolean]>([
    ['nothing', connect(1), output(), false],
    ['all tries ended', connect(2), output(opened(0, '1'), opened(0, '2')), true],
    ['one try has not begun', connect(3), output(opened(0, '1'), opened(0, '2')), false],
    ['one try is under way', connect(2), output(opened(0, '1'), opened(0, '2'), '0.3 102 %open'), false],
    ['half of the line that ends it', connect(1), output(opened(0, '1')).slice(0, -2), false],
    ['a hello is under way', connect(1), output(opened(0, '1'), '0.h 102 %nc'), false],
    ['a file may go on', RESOLV, output('0.1 1 %file', '0.1 1 nameserver 10.0.0.2'), false],
    ['a look-up that is over', LOOKUP, output('0.1 1 %lookup', '0.1 2 open', '0.1 2 %rc=0', '0.1 2 %tries=1'), true],
    ['a look-up that may be tried again', LOOKUP, output('0.1 1 %lookup', '0.1 2 bad address'), false],
  ])('%s', (_what, question, stdout, whole) => {
    expect(wholeAnswers(stdout, [question]).has(0)).toBe(whole);
  });
});

const VANTAGE: Vantage = { id: 'pod/a/b', kind: 'pod', namespace: 'a', pod: 'b', labels: {} };
const result = (stdout: string, lost?: string): Fact<ExecResult> =>
  known({ exitCode: lost ? -1 : 0, stdout, stderr: '', truncated: false, durationMs: 1, ...(lost && { lost }) });

/** A cluster whose execs end so, one after the other. */
function execs(...results: Fact<ExecResult>[]) {
  const asked: ExecQuery[] = [];
  const cluster = {
    exec: async (_pod: unknown, query: ExecQuery) => {
      asked.push(query);
      return results.shift() ?? unknown({ kind: 'cancelled' });
    },
  } as unknown as Cluster;
  return { cluster, asked };
}

const outcomes = (answer: unknown) => (answer as ConnectAnswer | null)?.attempts.map(({ outcome }) => outcome) ?? null;

describe('a stream that is cut', () => {
  const questions = [connect(1, 80), connect(1, 81)];

  test('what is open is asked once more, and what was heard counts', async () => {
    const { cluster, asked } = execs(
      result(output(opened(0, '1'), '1.1 102 %open'), 'cut'),
      result(output('0.1 1 %open', '0.1 2 nc: 10.0.0.1 (10.0.0.1:81): Connection refused', '0.1 2 %rc=1', '- 3 %end')),
    );
    const fact = await askFrom(cluster, VANTAGE, questions);
    expect(fact.known && fact.value.answers.map(outcomes)).toEqual([['opened'], ['refused']]);
    expect(asked.map(({ argv }) => argv.filter((word) => word === '+').length)).toEqual([2, 1]);
  });

  test('cut a second time, the rest is lost', async () => {
    const { cluster, asked } = execs(result(output(opened(0, '1')), 'cut'), result(output(), 'cut'));
    const fact = await askFrom(cluster, VANTAGE, questions);
    expect(fact.known && fact.value.answers.map(outcomes)).toEqual([['opened'], null]);
    expect(asked).toHaveLength(2);
  });

  test('cut before anything was heard, twice: lost, and no answer of a pod without tools', async () => {
    const { cluster } = execs(result(output(), 'the connection ended'), result(output(), 'the connection ended'));
    const fact = await askFrom(cluster, VANTAGE, questions);
    expect(fact).toEqual(unknown({ kind: 'no-probe', reason: 'lost', message: 'the connection ended' }));
  });

  test('lost without a word, it is asked once more', async () => {
    const { cluster, asked } = execs(
      unknown({ kind: 'no-probe', reason: 'lost', message: 'gone' }),
      result(output(opened(0, '1'), opened(1, '1'), '- 3 %end')),
    );
    const fact = await askFrom(cluster, VANTAGE, questions);
    expect(fact.known && fact.value.answers.map(outcomes)).toEqual([['opened'], ['opened']]);
    expect(asked).toHaveLength(2);
  });
});
