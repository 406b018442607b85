import { describe, expect, it } from 'vitest';
import type { Finding, Link, StepId, Subject } from '../../src/model/finding.ts';
import type { OutcomeKind, TrailEntry } from '../../src/model/step.ts';
import { diagnose } from '../../src/walk/diagnose.ts';

const error = (code: string, breaks: Link, subject: Subject = {}) =>
  ({ code, breaks, subject, severity: 'error', params: {}, evidence: [], remedies: [] }) as unknown as Finding;

const entry = (step: StepId, outcome: OutcomeKind, ...findings: Finding[]): TrailEntry => ({
  step,
  outcome,
  findings,
  observations: [],
  obstacles: [],
  durationMs: 1,
});

const roots = (...trail: TrailEntry[]) => diagnose(trail).rootCauses.map(({ code }) => code);

describe('root causes', () => {
  it('are the errors that no other error explains', () => {
    const trail = [
      entry('ip', 'fail', error('ip/refused', 'cluster-ip', { port: '80/TCP' })),
      entry('endpoints', 'fail', error('endpoints/none-ready', 'endpoints')),
      entry('pods', 'fail', error('pods/not-ready', 'readiness')),
    ];
    expect(roots(...trail)).toEqual(['pods/not-ready']);
  });

  it('keep two ports apart', () => {
    const trail = [
      entry(
        'ip',
        'fail',
        error('ip/refused', 'cluster-ip', { port: '80/TCP' }),
        error('ip/silent', 'cluster-ip', { port: '443/TCP' }),
      ),
      entry('spec', 'fail', error('spec/target-port-closed', 'spec', { port: '80/TCP' })),
    ];
    expect(roots(...trail)).toEqual(['spec/target-port-closed', 'ip/silent']);
  });

  it('are told by what bad pods have in common with others only as far as it goes', () => {
    const gone = error('endpoints/dead-address', 'selection', { backend: 'a' });
    const crash = error('pods/crash-loop', 'process', { backend: 'b' });
    const silent = error('pods/hangs', 'listener', { backends: ['a', 'b'] });
    expect(roots(entry('endpoints', 'fail', gone), entry('pods', 'fail', silent))).toEqual([
      'endpoints/dead-address',
      'pods/hangs',
    ]);
    expect(roots(entry('endpoints', 'fail', gone), entry('pods', 'fail', crash, silent))).toEqual([
      'endpoints/dead-address',
      'pods/crash-loop',
    ]);
  });

  it('keep two bad pods apart', () => {
    const trail = [
      entry(
        'pods',
        'fail',
        error('pods/hangs', 'listener', { backend: 'a' }),
        error('pods/port-closed', 'listener', { backend: 'b' }),
      ),
    ];
    expect(roots(...trail)).toEqual(['pods/hangs', 'pods/port-closed']);
  });

  it('put first what explains most', () => {
    const trail = [
      entry('dns', 'fail', error('dns/wrong-nameserver', 'name')),
      entry('ip', 'fail', error('ip/refused', 'cluster-ip')),
      entry('endpoints', 'fail', error('endpoints/selector-mismatch', 'selection')),
    ];
    expect(roots(...trail)).toEqual(['endpoints/selector-mismatch', 'dns/wrong-nameserver']);
  });

  it('are none where nothing is an error', () => {
    const warning = { ...error('dns/server-failure', 'dns-server'), severity: 'warning' } as Finding;
    expect(roots(entry('dns', 'pass', warning))).toEqual([]);
  });
});

describe('verdict', () => {
  const verdict = (...trail: TrailEntry[]) => diagnose(trail).verdict;
  it.each([
    ['healthy', [entry('dns', 'pass'), entry('ip', 'pass'), entry('kube-proxy', 'unknown')]],
    ['healthy', [entry('dns', 'pass'), entry('ip', 'skip'), entry('pods', 'pass')]],
    ['inconclusive', [entry('dns', 'pass'), entry('ip', 'unknown')]],
    ['inconclusive', [entry('dns', 'unknown'), entry('ip', 'pass')]],
    ['inconclusive', [entry('dns', 'pass'), entry('ip', 'skip'), entry('pods', 'unknown')]],
    [
      'broken',
      [entry('dns', 'pass'), entry('ip', 'pass'), entry('hairpin', 'fail', error('hairpin/fails', 'hairpin'))],
    ],
    ['no-access', [entry('access', 'fail', error('access/unreachable', 'access'))]],
  ] as const)('%s', (expected, trail) => {
    expect(verdict(...trail)).toBe(expected);
  });
});
