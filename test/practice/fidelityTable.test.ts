import { describe, expect, test } from 'vitest';
import { differences, type Played, page, type Report } from './fidelityTable.ts';

const REPORT: Report = {
  verdict: 'broken',
  rootCauses: [{ code: 'a/b' }],
  findings: [
    { code: 'a/b', severity: 'error' },
    { code: 'c/d', severity: 'info' },
  ],
  trail: [{ step: 'a', outcome: 'fail' }],
};

describe('differences', () => {
  test('none, whatever the order, and however often something is found', () => {
    const other = { ...REPORT, findings: [...REPORT.findings, ...REPORT.findings].reverse() };
    expect(differences(REPORT, other)).toEqual([]);
  });

  test.each<[Partial<Report>, string]>([
    [{ verdict: 'healthy' }, 'verdict: practice broken; real healthy'],
    [{ rootCauses: [] }, 'root causes: practice a/b; real none'],
    [{ trail: [{ step: 'a', outcome: 'pass' }] }, 'step a: practice fail; real pass'],
    [{ trail: [] }, 'step a: practice fail; real none'],
    [
      { findings: [{ code: 'a/b', severity: 'warning' }] },
      'findings: practice a/b (error), c/d (info); real a/b (warning)',
    ],
  ])('%j', (change, line) => {
    expect(differences(REPORT, { ...REPORT, ...change })).toEqual([line]);
  });

  test('a step that only the practice cluster walked', () => {
    expect(differences(REPORT, { ...REPORT, trail: [] })).toHaveLength(1);
  });
});

test('the page counts by step, and says where and why they differ', () => {
  const seen = { day: '2026-01-31', version: 'v1.34.4', proxyMode: 'iptables' };
  const all: Played[] = [
    { ...seen, name: 'dns-one', step: 'dns', result: 'same', notes: [] },
    { ...seen, name: 'dns-two', step: 'dns', result: 'differs', notes: ['x: a|b'], why: 'no clock' },
    { ...seen, name: 'ip-one', step: 'ip', result: 'skipped', notes: ['needs two nodes'] },
  ];
  const text = page(all, ['spec-one']);
  expect(text).toContain('Played 2026-01-31, against Kubernetes v1.34.4 (iptables).');
  expect(text).toContain('| dns | 2 | 1 | 1 | 0 |\n| ip | 1 | 0 | 0 | 1 |\n| all | 3 | 1 | 1 | 1 |');
  expect(text).toContain('| dns-two | x: a\\|b | no clock |');
  expect(text).toContain('| ip-one | needs two nodes |');
  expect(text).toContain('## Not played yet\n\n1: spec-one.');
});
