import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact } from '../../src/cluster/redact.ts';

describe('redact', () => {
  it.each([
    ['Authorization: Bearer abc.def-ghi', 'Authorization: Bearer [hidden]'],
    ['basic dXNlcjpwYXNzd29yZA==', 'basic [hidden]'],
    ['jwt eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl end', 'jwt [hidden] end'],
    ['k8s-aws-v1.aHR0cHM6Ly9zdHM', '[hidden]'],
    ['{"token":"0123456789"}', '{"token":"[hidden]"}'],
    ['password = hunter2hunter2,', 'password = [hidden],'],
    ['-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----', '[hidden]'],
    ['client-key-data: LS0tLS1CRUdJTg==', 'client-key-data: [hidden]'],
    ['token expired', 'token expired'],
    ['  pods "p" not found\n', 'pods "p" not found'],
  ])('%s', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it('hides what it is told, anywhere', () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9_.~-]{6,40}$/);
    fc.assert(
      fc.property(fc.string(), secret, fc.string(), (before, token, after) => {
        fc.pre(!'[hidden]'.includes(token));
        expect(redact(`${before}${token}${after}`, [token])).not.toContain(token);
      }),
    );
  });

  it('is short', () => {
    expect(redact('x'.repeat(5_000))).toHaveLength(1_001);
  });
});
