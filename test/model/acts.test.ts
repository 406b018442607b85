import { expect, test } from 'vitest';
import { actsOf } from '../../src/model/acts.ts';

const PODS = '/api/v1/namespaces/shop/pods';

test.each([
  ['a read', { method: 'GET', path: PODS }, []],
  ['a read of a log', { method: 'GET', path: `${PODS}/web-1/log` }, []],
  ['a review of access', { method: 'POST', path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews' }, []],
  ['exec', { method: 'GET', path: `${PODS}/web-1/exec` }, [['exec', 'pods', 'shop', 'web-1']]],
  ['port-forward', { method: 'GET', path: `${PODS}/web-1/portforward` }, [['port-forward', 'pods', 'shop', 'web-1']]],
  [
    'a pod, which goes again',
    { method: 'POST', path: PODS, creates: 'probe' },
    [
      ['create', 'pods', 'shop', 'probe'],
      ['delete', 'pods', 'shop', 'probe'],
    ],
  ],
  ['a removal', { method: 'DELETE', path: `${PODS}/old` }, [['delete', 'pods', 'shop', 'old']]],
  [
    'an ephemeral container',
    { method: 'PATCH', path: `${PODS}/web-1/ephemeralcontainers` },
    [['patch', 'pods/ephemeralcontainers', 'shop', 'web-1']],
  ],
  [
    'a change of a Service',
    { method: 'PATCH', path: '/api/v1/namespaces/shop/services/web' },
    [['patch', 'services', 'shop', 'web']],
  ],
  [
    'a group',
    { method: 'PATCH', path: '/apis/apps/v1/namespaces/a/deployments/b' },
    [['patch', 'deployments', 'a', 'b']],
  ],
])('%s', (_what, request, expected) => {
  expect(actsOf([request]).map(({ verb, resource, namespace, name }) => [verb, resource, namespace, name])).toEqual(
    expected,
  );
});

test('each thing is told once, in the order of its first time', () => {
  const exec = { method: 'GET', path: `${PODS}/web-1/exec` };
  const create = { method: 'POST', path: PODS, creates: 'probe' };
  const remove = { method: 'DELETE', path: `${PODS}/probe` };
  expect(actsOf([exec, create, exec, remove]).map(({ verb, name }) => `${verb} ${name}`)).toEqual([
    'exec web-1',
    'create probe',
    'delete probe',
  ]);
});
