import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact } from '../../src/render/redact.ts';

const JWT = 'eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJpc3MiOiJrdWJlcm5ldGVzIn0.c2lnbmF0dXJl-_x';

describe('redact', () => {
  it.each([
    ['Authorization: Bearer abc.def-123', 'Authorization: [hidden]'],
    ['{"authorization":"Basic dXNlcjpwYXNz","a":1}', '{"authorization":"[hidden]","a":1}'],
    ['Proxy-Authorization=Digest xyz', 'Proxy-Authorization=[hidden]'],
    ['got bearer abc123def456 from client', 'got bearer [hidden] from client'],
    [`token ${JWT} expired`, 'token [hidden] expired'],
    ['postgres://app:hunter2@db:5432/x refused', 'postgres://app:[hidden]@db:5432/x refused'],
    ['redis://:hunter2@cache', 'redis://:[hidden]@cache'],
    ['DB_PASSWORD=hunter2 HOST=db', 'DB_PASSWORD=[hidden] HOST=db'],
    ['"client_secret": "s3 cr3t", "x": 1', '"client_secret": [hidden], "x": 1'],
    ["password='two words' ok", 'password=[hidden] ok'],
    ['password: hunter2', 'password: [hidden]'],
    ['mysql --password hunter2 -h db', 'mysql --password [hidden] -h db'],
    ['token = abc, secret == nil', 'token = [hidden], secret == nil'],
    [`${'A'.repeat(100)}_PASSWORD=hunter2`, `${'A'.repeat(100)}_PASSWORD=[hidden]`],
    ['GET /?access_token=abc&x=1', 'GET /?access_token=[hidden]&x=1'],
    ['Set-Cookie: session=abc; Path=/', 'Set-Cookie: [hidden]'],
    ['AKIAIOSFODNN7EXAMPLE', '[hidden]'],
    ['ghp_0123456789abcdefghij', '[hidden]'],
    ['x -----BEGIN RSA PRIVATE KEY----- MIIE -----END RSA PRIVATE KEY----- y', 'x [hidden] y'],
    ['x -----BEGIN PRIVATE KEY----- MIIE', 'x [hidden]'],
  ])('%s', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it.each([
    'secret "db-password" not found',
    "couldn't find key password in Secret shop/db",
    'invalid bearer token',
    'bearer authentication is required',
    'token: expired at noon',
    'https://kubernetes.io/docs/a:b@c',
    'serviceaccounts/token is forbidden',
    'busybox:1.36@sha256:0123456789abcdef',
    'Authorization: Bearer [hidden]',
    'PASSWORD_FILE=/run/secrets/db',
    'readinessProbe asks 9090/healthz, not 8080',
  ])('keeps what explains: %s', (text) => {
    expect(redact(text)).toBe(text);
  });

  it('hides a secret whatever stands around it', () => {
    const around = fc
      .array(fc.constantFrom('GET /', 'pod', ' ', '(', '{"a":1,', '"', "'", ';', 'token', 'Bearer', ':'))
      .map((parts) => parts.join(''));
    const secret = fc.stringMatching(/^[a-z]{6}[0-9][A-Za-z0-9]{10}$/);
    const forms = fc.constantFrom<(secret: string) => string>(
      (s) => `Authorization: Bearer ${s}`,
      (s) => `DB_PASSWORD=${s}`,
      (s) => `{"token":"${s}"}`,
      (s) => `amqp://user:${s}@mq:5672`,
      (s) => `bearer ${s}`,
    );
    fc.assert(
      fc.property(
        around,
        secret,
        forms,
        around,
        (before, s, form, after) => !redact(`${before} ${form(s)} ${after}`).includes(s),
      ),
    );
  });
});
