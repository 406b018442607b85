import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNslookup } from '../../src/parse/nslookup.ts';
import { anyText } from './anyText.ts';
import { recorded } from './recorded.ts';

const FULL = 'hostnames.default.svc.cluster.local';
const HOSTNAMES = { outcome: 'found', addresses: ['10.0.1.175'] };
const HEADLESS = { outcome: 'found', addresses: ['10.244.0.5', '10.244.0.6', '10.244.0.7'] };
const NOT_THERE = { outcome: 'nxdomain', addresses: [] };
const KUBERNETES = { outcome: 'found', addresses: ['10.96.0.1'] };
const EXTERNAL = { outcome: 'found', addresses: ['203.0.113.9'] };

/** busybox before 1.29 goes through the C library: the search path counts, a CNAME is not told. */
const OLD = {
  hostnames: HOSTNAMES,
  'hostnames.default': HOSTNAMES,
  [FULL]: HOSTNAMES,
  [`${FULL}.`]: HOSTNAMES,
  'kubernetes.default': KUBERNETES,
  nosuch: NOT_THERE,
  'nosuch.default.svc.cluster.local.': NOT_THERE,
  'headless.default.svc.cluster.local.': HEADLESS,
  'ext.default.svc.cluster.local.': EXTERNAL,
  'extbad.default.svc.cluster.local.': NOT_THERE,
};

/** Since 1.30 it asks by itself: a name with a dot in it is not searched for. */
const NEW = {
  ...OLD,
  'hostnames.default': NOT_THERE,
  'kubernetes.default': NOT_THERE,
  'ext.default.svc.cluster.local.': { ...EXTERNAL, canonicalName: 'db.example.org' },
};

const UNCLEAR = { outcome: 'unclear', addresses: [] };
/** The static builds cannot tell their resolver, and with it whether it answers. */
const OLD_MUSL = {
  ...OLD,
  nosuch: UNCLEAR,
  'nosuch.default.svc.cluster.local.': UNCLEAR,
  'extbad.default.svc.cluster.local.': UNCLEAR,
};

const RECORDINGS: Record<string, Record<string, object>> = {
  'busybox-1_24_2-glibc': OLD,
  'busybox-1_28_4-glibc': OLD,
  'busybox-1_28_4-musl': OLD_MUSL,
  'busybox-1_29_3-glibc': { ...NEW, hostnames: NOT_THERE },
  'busybox-1_30_1-glibc': NEW,
  'busybox-1_31_1-glibc': NEW,
  'busybox-1_32_1-glibc': NEW,
  'busybox-1_34_1-glibc': NEW,
  'busybox-1_36_1-glibc': NEW,
  'busybox-1_36_1-musl': NEW,
  'busybox-master-glibc': NEW,
  bind9: { ...NEW, 'hostnames.default': HOSTNAMES },
};

describe.each(Object.entries(RECORDINGS))('nslookup of %s', (version, expected) => {
  const entries = recorded(`nslookup-${version}.txt`);

  it.each(entries)('$command', ({ command, transcript }) => {
    const name = command.replace('nslookup ', '');
    expect(expected[name]).toBeDefined();
    const server = version.endsWith('1_28_4-musl') ? {} : { server: '10.96.0.10' };
    expect(parseNslookup(transcript)).toEqual({ ...expected[name], ...server, durationMs: 10 });
  });

  it('is recorded', () => expect(entries.length).toBeGreaterThanOrEqual(5));
});

const SERVER = 'Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n';

describe('what a DNS server that is not well looks like', () => {
  it.each([
    ['SERVFAIL', `${SERVER}** server can't find x: SERVFAIL\n\n** server can't find x: SERVFAIL\n`, 'servfail'],
    ['REFUSED', `${SERVER}** server can't find x: REFUSED\n`, 'refused-query'],
    [
      'an address family without an address',
      `${SERVER}*** Can't find x: No answer\n\n*** Can't find x: No answer\n`,
      'no-address',
    ],
    ['a CNAME that leads nowhere', `${SERVER}x\tcanonical name = y.\n`, 'no-address'],
    [
      'a closed port, busybox',
      "nslookup: write to '10.96.0.10': Connection refused\n;; connection timed out; no servers could be reached\n",
      'port-refused',
    ],
    [
      'a closed port, bind9',
      ';; communications error to 10.96.0.10#53: connection refused\n;; no servers could be reached\n',
      'port-refused',
    ],
    ['silence, busybox', ';; connection timed out; no servers could be reached\n\n', 'timeout'],
    ['silence, bind9', ';; communications error to 10.96.0.10#53: timed out\n', 'timeout'],
    ['nothing at all', '', 'unclear'],
    ['an answer that busybox 1.37 lost', `${SERVER}\n\n`, 'unclear'],
  ])('%s', (_, text, outcome) => {
    expect(parseNslookup({ text, exitCode: 1, durationMs: 10 }).outcome).toBe(outcome);
  });

  it('had its time before it said anything', () => {
    expect(parseNslookup({ text: '', exitCode: 143, durationMs: 6000 }).outcome).toBe('timeout');
  });

  it('took old busybox long, or not', () => {
    const text = "nslookup: can't resolve '(null)'\n\nnslookup: can't resolve 'x'\n";
    expect(parseNslookup({ text, exitCode: 1, durationMs: 20_000 }).outcome).toBe('timeout');
    expect(parseNslookup({ text, exitCode: 1, durationMs: 20 }).outcome).toBe('unclear');
  });

  it('cannot be told from a crash', () => {
    expect(
      parseNslookup({ text: `${SERVER}Name:\tx\nAddress: 10.0.0.1\n`, exitCode: 139, durationMs: 1 }).outcome,
    ).toBe('unclear');
  });
});

it('reads IPv6 answers, each once', () => {
  const text = `${SERVER}Name:\tx\nAddress: 10.0.0.1\n\nName:\tx\nAddress: fd00::1\nName:\tx\nAddress: fd00::1\n`;
  expect(parseNslookup({ text, exitCode: 0, durationMs: 1 }).addresses).toEqual(['10.0.0.1', 'fd00::1']);
});

it('survives any text, and lets no control character through', () => {
  fc.assert(
    fc.property(anyText, fc.nat(255), (text, exitCode) => {
      const answer = JSON.stringify(
        parseNslookup({ text: `Server: ${text}\nName: x\n${text}`, exitCode, durationMs: 1 }),
      );
      expect(answer).not.toMatch(/\\u00[01]/);
    }),
  );
});
