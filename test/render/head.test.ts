import { describe, expect, it } from 'vitest';
import { renderApiVerdict, renderHead } from '../../src/render/head.ts';
import type { ReportTarget } from '../../src/render/report.ts';
import { clean } from '../../src/render/sanitize.ts';
import { broken, manyCauses, noAccess, undecided } from './reports.ts';
import { view } from './sample.ts';

const named = { namespace: 'shop', service: 'checkout' };
const tcp = (port: number, targetPort: number | string) => ({ port, protocol: 'TCP', targetPort });

describe('the first line', () => {
  it.each<[string, ReportTarget, string]>([
    [
      'one port',
      { ...named, address: '10.1.1.1', ports: [{ ...tcp(80, 'http'), resolved: [8080] }] },
      '10.1.1.1:80 -> http (8080)',
    ],
    [
      'a name that pods resolve differently',
      { ...named, address: '10.1.1.1', ports: [{ ...tcp(80, 'http'), resolved: [80, 8080] }] },
      '10.1.1.1:80 -> http (80, 8080)',
    ],
    [
      'several ports',
      { ...named, address: '10.1.1.1', ports: [tcp(80, 8080), { port: 53, protocol: 'UDP', targetPort: 53 }] },
      '10.1.1.1  80 -> 8080, 53/UDP -> 53',
    ],
    ['IPv6', { ...named, address: 'fd00::1', ports: [tcp(80, 80)] }, '[fd00::1]:80 -> 80'],
    ['headless', { ...named, address: 'None', ports: [tcp(80, 80)] }, 'headless  80 -> 80'],
    ['no ports', { ...named, address: '10.1.1.1', ports: [] }, '10.1.1.1'],
  ])('%s', (_what, target, expected) => {
    expect(renderHead(clean({ context: 'prod', serverVersion: 'v1.34', target }), view())).toBe(
      `prod (v1.34)  shop/checkout  ${expected}\n`,
    );
  });

  it('what is not known is left out', () => {
    expect(renderHead(clean({ context: 'prod', target: { ...named, ports: [] } }), view())).toBe(
      'prod  shop/checkout\n',
    );
  });
});

describe('the API verdict', () => {
  it.each([
    ['no fault', undecided, '0.6 s  API read: network-policy, spec fine; 3 ready, 0 not ready. No cause yet\n'],
    ['a fault', broken, '7.4 s  API read: Pod checkout-6c5-k8wqz hangs on 8080, yet it is Ready.\n'],
    [
      'several faults',
      manyCauses,
      '7.4 s  API read: Pod checkout-6c5-a hangs on 8080, yet it is Ready.; and 7 more\n(-v)\n',
    ],
    ['no access: the ending tells', noAccess, ''],
  ])('%s', (_what, sample, expected) => {
    expect(renderApiVerdict(clean(sample()), view())).toBe(expected);
  });
});
