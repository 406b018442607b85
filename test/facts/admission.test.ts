import { describe, expect, test } from 'vitest';
import { deniedToProbe, dnsDeniedToProbe } from '../../src/facts/admission.ts';
import { mainReport } from '../../src/facts/reports.ts';
import type { ProbeQuestion, Vantage } from '../../src/model/probe.ts';
import { hearing } from '../steps/dns/world.ts';
import {
  ALLOW_FRONT,
  BASE,
  DENY_EGRESS,
  DENY_INGRESS,
  FROM_BATCH,
  FROM_PROBE,
  MUTE,
  policy,
  SILENT,
} from '../steps/network-policy/world.ts';
import { factsOf } from '../support/facts.ts';
import type { FakeObject } from '../support/fakeCluster.ts';

const PORT = { port: 80, protocol: 'TCP' };

async function ask(policies: FakeObject[], vantage: Partial<Vantage> = FROM_PROBE) {
  const answer = (question: ProbeQuestion) => (question.ask === 'connect' ? undefined : hearing(MUTE)(question));
  const facts = factsOf({ objects: [...BASE, ...policies], connections: SILENT, answer, vantage });
  const report = await mainReport(facts);
  if (!report.known) throw new Error('the probe heard nothing');
  return { port: await deniedToProbe(facts, report.value, PORT), dns: await dnsDeniedToProbe(facts, report.value) };
}

const FRONT_OUT = policy('front-out', {
  podSelector: { matchLabels: { app: 'front' } },
  policyTypes: ['Egress'],
  egress: [{}],
});

describe('the silence of a probe', () => {
  test('means nothing where policies admit others', async () => {
    const { port, dns } = await ask([DENY_INGRESS, ALLOW_FRONT]);
    expect(port).toMatchObject({ kind: 'not-applicable', reason: expect.stringContaining('80/TCP') });
    expect(dns).toBeUndefined();
  });

  test('nor towards DNS', async () => {
    const { port, dns } = await ask([DENY_EGRESS, FRONT_OUT]);
    expect(port).toMatchObject({ kind: 'not-applicable' });
    expect(dns).toMatchObject({ kind: 'not-applicable', reason: expect.stringContaining('DNS') });
  });

  test.each([
    ['there is no policy', []],
    ['nobody is admitted', [DENY_INGRESS, DENY_EGRESS]],
    ['the policy holds for others only', [policy('other', { podSelector: { matchLabels: { app: 'batch' } } })]],
  ])('counts where %s', async (_what, policies) => {
    expect(await ask(policies)).toEqual({ port: undefined, dns: undefined });
  });

  test('counts from the client itself', async () => {
    expect(await ask([DENY_INGRESS, ALLOW_FRONT], FROM_BATCH)).toEqual({ port: undefined, dns: undefined });
  });

  test('means nothing where the client in whose place it asks would be let through', async () => {
    const standsFor = { pod: 'front-6c5d8b7f9-aaaaa', labels: { app: 'front' } };
    const { port, dns } = await ask([DENY_INGRESS, ALLOW_FRONT, DENY_EGRESS, FRONT_OUT], { ...FROM_PROBE, standsFor });
    expect(port).toMatchObject({ kind: 'not-applicable' });
    expect(dns).toMatchObject({ kind: 'not-applicable' });
    // it is the client's own trouble, and said so elsewhere
    expect(await ask([DENY_INGRESS, DENY_EGRESS], { ...FROM_PROBE, standsFor })).toEqual({
      port: undefined,
      dns: undefined,
    });
  });
});
