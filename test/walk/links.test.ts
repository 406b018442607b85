import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { overlaps } from '../../src/model/diagnosis.ts';
import type { Finding, Link, Subject } from '../../src/model/finding.ts';
import { diagnose } from '../../src/walk/diagnose.ts';
import { brokenBy, LINKS } from '../../src/walk/links.ts';
import { finding, trailOf } from './faults.ts';

describe('links', () => {
  it('run from cause to effect without a circle', () => {
    for (const link of LINKS) expect(brokenBy(link).has(link)).toBe(false);
    for (const link of LINKS) for (const effect of brokenBy(link)) expect(brokenBy(effect).has(link)).toBe(false);
  });

  it.each([
    'service',
    'policy',
    'process',
    'spec',
    'target-port',
    'service-address',
    'traffic-policy',
    'selection',
    'readiness',
    'listener',
    'pod-address',
    'node-proxy',
    'node-rules',
    'node-network',
    'hairpin',
  ] as const)('lead from %s to the cluster IP', (link) => {
    expect(brokenBy(link).has('cluster-ip')).toBe(true);
  });

  // what is set up by someone else, or asked past all of that by the kubelet
  const OTHERS: readonly Link[] = ['readiness', 'process', 'creation', 'selection', 'spec', 'target-port', 'client'];
  it.each([
    'policy',
    'dns-policy',
    'node-network',
    'node-proxy',
    'node-rules',
    'forwarding',
    'spec',
    'target-port',
    'service-address',
    'traffic-policy',
    'selection',
    'endpoints',
    'dns-server',
    'client',
  ] as const)('do not lead from %s to what is none of its making', (link) => {
    expect(OTHERS.filter((other) => brokenBy(link).has(other))).toEqual([]);
  });
});

const SUBJECT: fc.Arbitrary<Subject> = fc.record(
  {
    port: fc.constantFrom('80/TCP', '81/TCP'),
    backend: fc.constantFrom('a', 'b'),
    node: fc.constantFrom('node1', 'node2'),
    from: fc.constantFrom('probe/shop', 'pod/shop/client'),
  },
  { requiredKeys: [] },
);
const FINDING: fc.Arbitrary<Finding> = fc
  .tuple(fc.constantFrom(...LINKS), SUBJECT, fc.nat(9))
  .map(([link, subject, n]) => finding(`pods/${link}-${n}`, link, subject));
const FINDINGS = fc.uniqueArray(FINDING, { maxLength: 8, selector: ({ code }) => code });

const causes = (cause: Finding, effect: Finding) =>
  brokenBy(cause.breaks).has(effect.breaks) && overlaps(cause.subject, effect.subject);
const rootsOf = (findings: readonly Finding[]) => {
  const codes = diagnose(trailOf(findings)).rootCauses.map(({ code }) => code);
  return findings.filter(({ code }) => codes.includes(code));
};

describe('root causes', () => {
  it('do not explain one another, and explain all that is none', () => {
    fc.assert(
      fc.property(FINDINGS, (findings) => {
        const roots = rootsOf(findings);
        for (const one of findings)
          expect(roots.some((root) => root !== one && causes(root, one))).toBe(!roots.includes(one));
      }),
    );
  });

  it('keep a second fault that nothing present could have caused', () => {
    fc.assert(
      fc.property(FINDINGS, FINDING, (findings, second) => {
        const others = findings.filter(({ code }) => code !== second.code);
        fc.pre(!others.some((one) => causes(one, second)));
        expect(rootsOf([...others, second])).toContain(second);
      }),
    );
  });

  it('are there whenever there is an error', () => {
    fc.assert(
      fc.property(FINDINGS, (findings) => {
        expect(rootsOf(findings).length > 0).toBe(findings.length > 0);
      }),
    );
  });

  it('are the same whatever the order in which they were found', () => {
    fc.assert(
      fc.property(FINDINGS, (findings) => {
        const codes = (some: readonly Finding[]) => rootsOf(some).map(({ code }) => code);
        expect(codes(findings.toReversed()).sort()).toEqual(codes(findings).sort());
      }),
    );
  });
});
