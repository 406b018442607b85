import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clean, cleanText } from '../../src/render/sanitize.ts';
import { hostile, UNSAFE } from './hostile.ts';

describe('text from a cluster', () => {
  it.each([
    ['colour', 'a\x1b[31;1mred\x1b[0mb', 'aredb'],
    ['cursor movement and erasing', '\x1b[2J\x1b[1;1Hok', 'ok'],
    ['8-bit CSI', 'a\x9b31mb', 'ab'],
    ['window title', 'a\x1b]0;evil\x07b', 'ab'],
    ['hyperlink', '\x1b]8;;http://evil\x1b\\pod\x1b]8;;\x1b\\', 'pod'],
    ['device control', 'a\x1bP1$r0m\x1b\\b', 'ab'],
    ['an escape sequence that never ends', 'a\x1b]0;b', 'a0;b'],
    ['line ends and tabs', 'a\r\nb\tc\u2028d', 'a b c d'],
    ['a carriage return that would overwrite the line', 'BAD\rok ', 'BAD ok '],
    ['backspaces', 'bad\b\b\bok', 'badok'],
    ['right-to-left override', 'pod-\u202egnp.exe', 'pod-gnp.exe'],
    ['bidi isolates and marks', '\u2066a\u2069\u200f\u061cb', 'ab'],
    ['zero width', 'kube\u200b-\u2060sys\ufefftem', 'kube-system'],
    ['soft hyphen, variation selectors, tags', 'a\u00adb\ufe0fc\u{e0041}d', 'abcd'],
    ['blank letters', 'a\u3164b\u2800c\u115fd', 'abcd'],
    ['half a pair', 'a\ud83db', 'a\ufffdb'],
    ['marks piled upon a letter', `a${'\u0301'.repeat(50)}b`, 'a\u0301\u0301\u0301b'],
    ['other scripts stay', '웹서비스 café 日本', '웹서비스 café 日本'],
    ['what looks like a format', '%s %n $x $(reboot)', '%s %n $x $(reboot)'],
  ])('%s', (_what, text, expected) => {
    expect(cleanText(text)).toBe(expected);
  });

  it('is never unsafe, never longer than its bound, and clean stays clean', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 10, max: 200 }), (text, longest) => {
        const once = cleanText(text, longest);
        expect(once).not.toMatch(UNSAFE);
        expect(once.length).toBeLessThanOrEqual(longest);
        expect(cleanText(once, longest)).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });

  it('printable ASCII without secrets is left as it is', () => {
    const plain = fc
      .array(fc.constantFrom('pod', 'checkout-6c5', '10.0.0.1:80', '(exit 137)', '"x"', "it's", '->'))
      .map((words) => words.join(' '));
    fc.assert(fc.property(plain, (text) => cleanText(text) === text));
  });

  it('ten megabytes cost no time, whatever they are made of', () => {
    const began = performance.now();
    for (const unit of [
      'a',
      '\x1b]',
      '\x9d',
      'a.',
      'password',
      'eyJ',
      '-----BEGIN PRIVATE KEY-----',
      'a://',
      '\u0301',
    ]) {
      expect(cleanText(unit.repeat(10_000_000 / unit.length)).length).toBeLessThanOrEqual(1000);
    }
    expect(performance.now() - began).toBeLessThan(5000);
  });
});

describe('clean', () => {
  it('reaches every string of a value, keys as well, and leaves the rest', () => {
    const value = { 'a\x1b[1m': ['x\ny', { n: 1, yes: true, none: null, left: undefined }] };
    expect(clean(value)).toEqual({ a: ['x y', { n: 1, yes: true, none: null, left: undefined }] });
    expect(value['a\x1b[1m'][0]).toBe('x\ny');
  });

  it('cuts prose at 1,000 characters, and commands only where none can be real', () => {
    const long = 'x'.repeat(5000);
    expect(clean({ message: long }).message).toHaveLength(1000);
    expect(clean({ message: long }).message.endsWith('...')).toBe(true);
    expect(clean({ command: ['kubectl', long] }).command[1]).toBe(long);
    expect(clean({ remedies: [{ commands: [['kubectl', long]] }] }).remedies[0]?.commands[0]?.[1]).toBe(long);
  });
});
