import { describe, expect, test } from 'vitest';
import type { Obstacle } from '../../src/model/fact.ts';
import { rolesFor } from '../../src/model/roles.ts';

const refused = (verb: string, resource: string, more: { group?: string; namespace?: string } = {}): Obstacle => ({
  kind: 'forbidden',
  verb,
  resource,
  message: 'no',
  ...more,
});
const rulesOf = (...obstacles: Obstacle[]) => rolesFor(obstacles).map(({ rules }) => rules);

test('a Role for each namespace, and a ClusterRole for what is everywhere', () => {
  const roles = rolesFor([
    refused('list', 'pods', { namespace: 'shop' }),
    refused('get', 'configmaps', { namespace: 'kube-system' }),
    refused('list', 'services'),
  ]);
  expect(roles.map(({ kind, metadata }) => [kind, metadata.namespace])).toEqual([
    ['Role', 'kube-system'],
    ['Role', 'shop'],
    ['ClusterRole', undefined],
  ]);
  expect(roles[2]?.rules).toEqual([{ apiGroups: [''], resources: ['services'], verbs: ['list'] }]);
});

test('one rule for what has the same group and verbs', () => {
  const inShop = { namespace: 'shop' };
  expect(
    rulesOf(
      refused('list', 'pods', inShop),
      refused('get', 'pods', inShop),
      refused('get', 'services', inShop),
      refused('list', 'services', inShop),
      refused('list', 'events', inShop),
      refused('list', 'deployments', { group: 'apps', namespace: 'shop' }),
    ),
  ).toEqual([
    [
      { apiGroups: [''], resources: ['pods', 'services'], verbs: ['get', 'list'] },
      { apiGroups: [''], resources: ['events'], verbs: ['list'] },
      { apiGroups: ['apps'], resources: ['deployments'], verbs: ['list'] },
    ],
  ]);
});

describe('what a right entails', () => {
  test.each(['get', 'create'])('exec takes get and create, whichever (%s) was missed', (verb) => {
    expect(rulesOf(refused(verb, 'pods/exec', { namespace: 'shop' }))).toEqual([
      [{ apiGroups: [''], resources: ['pods/exec'], verbs: ['create', 'get'] }],
    ]);
  });

  test('a probe pod is looked at, asked from, and removed', () => {
    expect(rulesOf(refused('create', 'pods', { namespace: 'shop' }))).toEqual([
      [
        { apiGroups: [''], resources: ['pods'], verbs: ['create', 'delete', 'get'] },
        { apiGroups: [''], resources: ['pods/exec'], verbs: ['create', 'get'] },
      ],
    ]);
  });
});

test('what hides behind another obstacle counts', () => {
  const because = refused('create', 'pods', { namespace: 'kube-system' });
  const command = { argv: ['true'] } as never;
  expect(rolesFor([{ kind: 'needs-node', node: 'n', because, command }])[0]?.metadata.namespace).toBe('kube-system');
});

test('a path that is no resource', () => {
  expect(rulesOf(refused('get', '/apis'))).toEqual([[{ nonResourceURLs: ['/apis'], verbs: ['get'] }]]);
});

test.each(['*', 'pods, secrets', 'pods\n- x', '"pods"', ''])(
  'no manifest is made of what no server names: %j',
  (name) => {
    expect(rolesFor([refused('list', name)])).toEqual([]);
    expect(rolesFor([refused(name, 'pods')])).toEqual([]);
  },
);

test('nothing refused, nothing asked for', () => {
  expect(rolesFor([{ kind: 'cancelled' }, { kind: 'not-consented', flag: '--yes' }])).toEqual([]);
});
