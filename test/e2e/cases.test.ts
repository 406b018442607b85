import { describe, expect, test } from 'vitest';
import type { Case } from './lib/case.ts';
import { fill, loadCases, namespaceOf, parseManifests, words } from './lib/case.ts';
import { compare } from './lib/judge.ts';
import { type Line, summary, table } from './lib/table.ts';

const cases = loadCases('test/e2e/cases');
const faults = cases.filter(({ step }) => step !== 'healthy');
const CODE = /^(access|exists|network-policy|dns|ip|spec|endpoints|pods|kube-proxy|hairpin)\/[a-z]+(-[a-z]+)*$/;

describe('the set of cases', () => {
  test.each(['exists', 'network-policy', 'dns', 'ip', 'spec', 'endpoints', 'pods', 'kube-proxy', 'hairpin'])(
    'has at least three faults of %s',
    (step) => expect(faults.filter((played) => played.step === step).length).toBeGreaterThanOrEqual(3),
  );

  test('has many faults, some of them two at once, and healthy Services that look suspicious', () => {
    expect(faults.length).toBeGreaterThanOrEqual(110);
    expect(faults.filter((played) => played.faults === 2).length).toBeGreaterThanOrEqual(20);
    expect(cases.length - faults.length).toBeGreaterThanOrEqual(42);
  });

  test('has at least 40 scenarios to practise', () => {
    expect(cases.filter(({ practice }) => practice.supported).length).toBeGreaterThanOrEqual(40);
  });

  test('is chosen by globs', () => {
    expect(loadCases('test/e2e/cases', 'hairpin-*,healthy-plain').map(({ name }) => name)).toContain('healthy-plain');
    expect(loadCases('test/e2e/cases', 'hairpin-*').every(({ step }) => step === 'hairpin')).toBe(true);
  });
});

describe.each(cases.map((played) => [played.name, played] as const))('%s', (name, played) => {
  test('is told to the end', () => {
    for (const text of [played.title, played.story, played.lesson, played.hint, played.service])
      expect(text).toEqual(expect.stringMatching(/\S/));
    expect(played.confirm.length).toBeGreaterThan(0);
    expect(played.practice.supported || played.practice.why).toBeTruthy();
  });

  test('fits into namespaces of its own', () => {
    for (const namespace of [namespaceOf(name), ...namespacesOf(played)])
      expect(namespace).toMatch(/^e2e-[a-z0-9-]{1,59}$/);
    for (const { kind, metadata } of manifestsOf(played)) {
      expect(metadata.name, kind).toBeTruthy();
      expect([undefined, ...namespacesOf(played)]).toContain(metadata.namespace);
    }
  });

  test('expects what its name says', () => {
    const { verdict, exit, rootCauses, decisive, never = [] } = played.expect;
    for (const code of [...rootCauses, ...never]) expect(code).toMatch(CODE);
    expect(rootCauses.filter((code) => never.includes(code))).toEqual([]);
    expect(exit).toBe({ healthy: 0, broken: 1, inconclusive: 3, 'no-access': 4 }[verdict]);
    if (played.step === 'healthy') expect({ verdict, rootCauses }).toEqual({ verdict: 'healthy', rootCauses: [] });
    else expect(rootCauses.some((code) => code.startsWith(`${played.step}/`))).toBe(true);
    expect([undefined, ...rootCauses]).toContain(decisive);
  });

  test('has a mend for each of its faults', () => {
    const { faults: count, mend = [], expect: expected } = played;
    if (count === 2) expect(new Set(expected.rootCauses).size).toBe(2);
    if (count === 2) expect(mend.length).toBeGreaterThanOrEqual(2);
    expect([undefined, 2]).toContain(count);
  });

  test('shows its fault in plain requests, and breaks nothing shared without saying so', () => {
    const shown = played.confirm.map(({ shows }) => shows);
    if (played.step === 'healthy') expect(new Set(shown)).toEqual(new Set(['answers']));
    else expect(shown.some((one) => one !== 'answers')).toBe(true);
    const shared = (played.break ?? []).some(
      (action) => 'node' in action || words(action.kubectl).includes('kube-system'),
    );
    expect(played.needs?.ownCluster ?? false).toBe(shared);
  });
});

const values = (played: Case) => ({ NS: namespaceOf(played.name) });
const namespacesOf = (played: Case) => (played.namespaces ?? []).map((name) => fill(name, values(played)));
const manifestsOf = (played: Case) => parseManifests(fill(played.manifests, values(played)));

describe('compare', () => {
  const broken = {
    expect: { verdict: 'broken', exit: 1, rootCauses: ['a/b'], port: '80/TCP', never: ['c/d'] },
  } as const;
  const report = {
    verdict: 'broken',
    rootCauses: [{ code: 'a/b', subject: { port: '80/TCP' } }],
    findings: [{ code: 'a/b', severity: 'error' }],
  };
  const judged = (change: object, exit = 1) => compare(broken as never, { ...report, ...change }, exit);

  test('finds nothing to say about what was expected', () => {
    expect(judged({})).toEqual({ differences: [], inconclusive: false, falseAlarms: [] });
  });

  test.each([
    ['another verdict', { verdict: 'healthy' }, 1, 'verdict: healthy, expected broken'],
    ['another exit code', {}, 3, 'exit: 3, expected 1'],
    [
      'one root cause too many',
      { rootCauses: [...report.rootCauses, { code: 'x/y' }] },
      1,
      'root causes: a/b, x/y, expected a/b',
    ],
    [
      'another port',
      { rootCauses: [{ code: 'a/b', subject: { port: '81/TCP' } }] },
      1,
      'port: 81/TCP, expected 80/TCP',
    ],
    ['a false alarm', { findings: [{ code: 'c/d', severity: 'error' }] }, 1, 'false alarms: c/d'],
  ])('names %s', (_, change, exit, difference) => {
    expect(judged(change, exit).differences).toEqual([difference]);
  });

  test('wants the decisive one of two first, where the case says which', () => {
    const two = { verdict: 'broken', exit: 1, rootCauses: ['x/y', 'a/b'] };
    const rootCauses = [{ code: 'a/b' }, { code: 'x/y' }];
    const judged = (wanted: object) =>
      compare({ expect: { ...two, ...wanted } } as never, { verdict: 'broken', rootCauses, findings: [] }, 1);
    expect(judged({}).differences).toEqual([]);
    expect(judged({ decisive: 'x/y' }).differences).toEqual(['decisive: a/b, expected x/y']);
  });

  test('a warning is no false alarm, an error about a healthy Service always is', () => {
    const healthy = { expect: { verdict: 'healthy', exit: 0, rootCauses: [] } } as never;
    const findings = [{ code: 'x/y', severity: 'warning' }];
    expect(compare(healthy, { verdict: 'healthy', findings }, 0).falseAlarms).toEqual([]);
    expect(
      compare(healthy, { verdict: 'healthy', findings: [{ code: 'x/y', severity: 'error' }] }, 0).falseAlarms,
    ).toEqual(['x/y']);
  });

  test('says when there is no JSON to judge', () => {
    expect(compare(broken as never, undefined, 70).differences).toEqual(['exit 70, no JSON']);
  });
});

test('the table counts by step, what had two faults, and all', () => {
  const line = (name: string, outcome: Line['outcome'], more: Partial<Line> = {}): Line => ({
    played: { ...cases.find((played) => played.name === name)! },
    outcome,
    seconds: 1,
    notes: [],
    falseAlarms: 0,
    ...more,
  });
  const lines = [
    line('spec-two-ports-two-faults', 'right'),
    line('spec-no-such-port', 'wrong'),
    line('healthy-plain', 'wrong', { falseAlarms: 2 }),
    line('healthy-canary', 'skipped'),
  ];
  const rows = table(lines)
    .split('\n')
    .map((row) => row.trim().split(/ {2,}/));
  expect(rows).toEqual([
    ['step', 'right', 'wrong', 'inconclusive', 'skipped', 'false alarms'],
    ['spec', '1', '1', '0', '0', '0'],
    ['healthy', '0', '1', '0', '1', '2'],
    ['(two faults)', '1', '0', '0', '0', '0'],
    ['all', '1', '2', '0', '1', '2'],
  ]);
  expect(summary(lines)).toBe('1 passed, 2 failed, 1 skipped');
});
