import { expect, test } from 'vitest';
import { access } from '../../../src/steps/access/access.ts';
import { factsOf } from '../../support/facts.ts';
import { service } from '../../support/objects.ts';

const ALL = ['get services', 'list endpointslices', 'list networkpolicies'];
const raw = { '/version': { gitVersion: 'v1.34.4', major: '1', minor: '34' } };

test('a namespace of which nothing may be read is no access', async () => {
  const { outcome, findings } = await access.check(factsOf({ forbidden: ALL, raw }));
  expect(outcome).toBe('fail');
  expect(findings).toMatchObject([{ code: 'access/forbidden', breaks: 'access', params: { namespace: 'shop' } }]);
});

test.each(ALL)('all but "%s" refused: the rest of the walk tells what it can', async (allowed) => {
  const forbidden = ALL.filter((verb) => verb !== allowed);
  const { outcome } = await access.check(factsOf({ forbidden, raw, objects: [service()] }));
  expect(outcome).toBe('pass');
});
