import { expect, test } from 'vitest';
import { notHeard, type ProbeReport } from '../../src/facts/probe.ts';

const report = (...tools: string[]) => ({ vantage: { pod: 'bare' }, tools }) as unknown as ProbeReport;

test.each([
  ['connect', [], 'no-tool', 'web:80 was not asked: bare has none of nc, curl, wget, bash'],
  ['connect', ['nslookup'], 'no-tool', 'web:80 was not asked: bare has none of nc, curl, wget, bash'],
  ['connect', ['curl'], 'lost', 'web:80 was asked, and the answer was lost'],
  ['resolve', ['curl', 'nc'], 'no-tool', 'web:80 was not asked: bare has none of nslookup, getent, ping, bash'],
  ['resolve', ['nslookup'], 'lost', 'web:80 was asked, and the answer was lost'],
] as const)('nothing heard of %s with %j: %s', (how, tools, reason, message) => {
  expect(notHeard(report(...tools), how, 'web:80')).toEqual({ kind: 'no-probe', reason, message });
});
