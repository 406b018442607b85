import { describe, expect, test } from 'vitest';
import type { Obstacle } from '../../../src/model/fact.ts';
import { access } from '../../../src/steps/access/access.ts';
import { factsOf } from '../../support/facts.ts';
import { service } from '../../support/objects.ts';
import { wellSaid } from '../../support/sentences.ts';

const meeting = async (obstacle: Obstacle) =>
  wellSaid(await access.check(factsOf({ objects: [service()], obstacles: { 'get /version': obstacle } })));

describe('no access', () => {
  test.each<[string, Obstacle]>([
    [
      'access/unreachable',
      { kind: 'unreachable', code: 'ECONNREFUSED', message: 'connect ECONNREFUSED 10.0.0.1:6443' },
    ],
    ['access/unreachable', { kind: 'unreachable', code: 'ENOTFOUND', message: 'getaddrinfo ENOTFOUND api.example' }],
    ['access/unreachable', { kind: 'timeout', what: 'version', afterMs: 10_000 }],
    ['access/certificate', { kind: 'unreachable', code: 'CERT_HAS_EXPIRED', message: 'certificate has expired' }],
    ['access/certificate', { kind: 'unreachable', code: 'SELF_SIGNED_CERT_IN_CHAIN', message: 'self-signed' }],
    ['access/certificate', { kind: 'unreachable', code: 'ERR_TLS_CERT_ALTNAME_INVALID', message: 'other host' }],
    ['access/not-kubernetes', { kind: 'unreachable', code: 'EPROTO', message: 'SSL routines: wrong version number' }],
    ['access/not-kubernetes', { kind: 'unreachable', code: 'ERR_SSL_WRONG_VERSION_NUMBER', message: 'wrong version' }],
    ['access/not-kubernetes', { kind: 'api-error', status: 200, reason: 'NotKubernetes', message: 'Log in' }],
    ['access/server-error', { kind: 'api-error', status: 503, message: 'etcdserver: request timed out' }],
    ['access/unauthorized', { kind: 'unauthorized', message: 'Unauthorized' }],
    ['access/credential-plugin', { kind: 'unauthorized', plugin: 'aws', message: 'aws: not found' }],
  ])('%s: %o', async (code, obstacle) => {
    expect(await meeting(obstacle)).toMatchObject({
      outcome: 'fail',
      findings: [{ code, severity: 'error', breaks: 'access' }],
    });
  });

  test('not: /version alone is closed', async () => {
    const closed = { kind: 'forbidden', verb: 'get', resource: '/version', message: 'no' } as const;
    expect(await meeting(closed)).toMatchObject({ outcome: 'unknown', findings: [], obstacles: [closed] });
  });
});
