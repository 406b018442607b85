import { expect, it } from 'vitest';
import { obstacles } from '../../src/text/en/obstacles.ts';

const forbidden = { kind: 'forbidden', verb: 'get', message: '' } as const;

it.each([
  ['not allowed to get namespace shop', { resource: 'namespaces', namespace: 'shop' }],
  ['not allowed to get nodes', { resource: 'nodes' }],
  ['not allowed to get pods/log in namespace shop', { resource: 'pods/log', namespace: 'shop' }],
  [
    'not allowed to get deployments (apps) in namespace shop',
    { resource: 'deployments', group: 'apps', namespace: 'shop' },
  ],
])('%s', (said, lacking) => {
  expect(obstacles.forbidden({ ...forbidden, ...lacking })).toBe(said);
});
