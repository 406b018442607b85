import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeQuestions } from '../../src/cluster/probeQuestions.ts';
import type { ProbeQuestion } from '../../src/model/probe.ts';

const wide = { lanes: 40, connections: 60 };
const connect = (tries: number, more: object = {}): ProbeQuestion => ({
  ask: 'connect',
  address: '10.0.0.1',
  port: 80,
  tries,
  ...more,
});

describe('questions as arguments', () => {
  it.each([
    [{ ask: 'resolv-conf' }, '0 R'],
    [{ ask: 'lookup', name: 'web' }, '0 L web'],
    [{ ask: 'nslookup', name: 'web.shop.' }, '0 N web.shop.'],
    [{ ask: 'nslookup', name: '_http._tcp.web.', server: 'fd00::a' }, '0 N _http._tcp.web. fd00::a'],
    [connect(3), '0 C 10.0.0.1 80 3 3 0'],
    [connect(60), '0 C 10.0.0.1 80 60 15 0'],
    [connect(3, { speak: { scheme: 'http', path: '/', host: 'web.shop' } }), '0 C 10.0.0.1 80 3 3 0 http web.shop /'],
    [
      connect(3, { speak: { scheme: 'https', path: '/x?y', host: 'fd00::1' } }),
      '0 C 10.0.0.1 80 3 3 0 https [fd00::1] /x?y',
    ],
    [connect(10, { overSeconds: 60 }), '0 C 10.0.0.1 80 10 1 6'],
    [connect(60, { overSeconds: 25 }), '0 C 10.0.0.1 80 60 3 1'],
  ] as [ProbeQuestion, string][])('%j', (question, words) => {
    expect(encodeQuestions([question], wide).args.slice(1)).toEqual(['+', words]);
  });

  it('each in a lane of its own, while there are lanes', () => {
    const names = ['a', 'b', 'c', 'd', 'e'].map((name): ProbeQuestion => ({ ask: 'lookup', name }));
    expect(encodeQuestions(names, wide).args.filter((arg) => arg === '+')).toHaveLength(5);
    const { args, seconds } = encodeQuestions(names, { lanes: 2, connections: 9 });
    expect(args).toEqual([String(seconds), '+', '0 L a', '2 L c', '4 L e', '+', '1 L b', '3 L d']);
    expect(seconds).toBe(3 * encodeQuestions(names.slice(0, 1), wide).seconds);
  });

  it('shares the connections out by what is asked', () => {
    const { args } = encodeQuestions([connect(60), ...Array(10).fill(connect(3))], { lanes: 40, connections: 24 });
    const batches = args
      .filter((arg) => arg !== '+')
      .slice(1)
      .map((words) => Number(words.split(' ')[5]));
    expect(batches).toEqual([8, ...Array(10).fill(3)]);
  });

  it('never hands on more than words of known kinds', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('10.0.0.1', 'web', '/', '-x', '$(id)', 'a b', '+'));
    const any: fc.Arbitrary<ProbeQuestion> = fc.oneof(
      fc.record({ ask: fc.constant('lookup' as const), name: text }),
      fc.record({ ask: fc.constant('nslookup' as const), name: text, server: text }),
      fc.record({
        ask: fc.constant('connect' as const),
        address: text,
        port: fc.integer(),
        tries: fc.integer(),
        speak: fc.record({ scheme: fc.constant('http' as const), path: text, host: text }),
      }),
    );
    fc.assert(
      fc.property(fc.array(any), (questions) => {
        const [, ...args] = encodeQuestions(questions, wide).args;
        for (const arg of args)
          expect(arg).toMatch(
            /^(\+|\d+ ([LN] [\w.-]+( [\d.:a-f]+)?|C [\w.:-]+ \d+ \d+ \d+ \d+ http [\w.:[\]-]+ \/[!-~]*))$/i,
          );
      }),
    );
  });
});
