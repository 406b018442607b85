import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Member, member, setsApart, zonesOf } from '../../src/model/apart.ts';
import type { EndpointSlice } from '../../src/model/kubernetes.ts';
import { pod } from '../support/objects.ts';

const usual: Member = {
  node: 'node1',
  zone: 'a',
  revision: '6c5d8b7f9',
  family: 'IPv4',
  images: ['app=shop/web:1'],
  digests: ['app@sha256:000000000000'],
  labels: { app: 'web', version: '1' },
  ageSeconds: 3600,
};
const nothing = { images: [], labels: [] };

test.each<[string, Partial<Member>, object]>([
  ['node', { node: 'node2' }, { node: 'node2' }],
  ['zone', { zone: 'b' }, { zone: 'b' }],
  ['revision', { revision: '7d9f' }, { revision: '7d9f' }],
  ['IP family', { family: 'IPv6' }, { family: 'IPv6' }],
  ['image', { images: ['app=shop/web:2'] }, { images: ['app=shop/web:2'] }],
  [
    'image under a tag that was moved',
    { digests: ['app@sha256:111111111111'] },
    { images: ['app@sha256:111111111111'] },
  ],
  ['label with another value', { labels: { app: 'web', version: '2' } }, { labels: ['version=2'] }],
  ['label of its own', { labels: { ...usual.labels, canary: 'true' } }, { labels: ['canary=true'] }],
  ['youth', { ageSeconds: 60 }, { ages: { own: 60, others: 3600 } }],
  ['age', { ageSeconds: 9000 }, { ages: { own: 9000, others: 3600 } }],
])('%s sets one apart from its peers', (_, other, found) => {
  expect(setsApart([{ ...usual, ...other }], [usual, usual])).toEqual({ ...nothing, ...found });
});

describe('nothing is said', () => {
  test.each<[string, Member[], Member[]]>([
    ['of pods that are alike', [usual], [usual]],
    ['without anybody to compare with', [usual], []],
    ['of nobody', [], [usual]],
    ['of what a healthy one has as well', [{ ...usual, node: 'node2' }], [usual, { ...usual, node: 'node2' }]],
    [
      'of what the bad ones do not share',
      [
        { ...usual, node: 'node2' },
        { ...usual, node: 'node3' },
      ],
      [usual],
    ],
    ['of what is not known of the healthy ones', [{ ...usual, zone: 'b' }], [withoutZone(usual)]],
    ['of ages that chance explains', [{ ...usual, ageSeconds: 3500 }], [usual]],
  ])('%s', (_, bad, good) => {
    expect(setsApart(bad, good)).toBeUndefined();
  });
});

function withoutZone({ zone: _, ...rest }: Member): Member {
  return rest;
}

test('what is told holds of all bad ones and of no good one', () => {
  const one = fc.record({
    node: fc.constantFrom('node1', 'node2', 'node3'),
    images: fc.subarray(['app=1', 'app=2', 'side=1']),
    digests: fc.constant([]),
    labels: fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('1', '2')),
  });
  fc.assert(
    fc.property(fc.array(one, { minLength: 1 }), fc.array(one, { minLength: 1 }), (bad, good) => {
      const told = setsApart(bad, good);
      const has = ({ node, images, labels }: Member) => [
        node,
        ...images,
        ...Object.entries(labels).map(([key, value]) => `${key}=${value}`),
      ];
      const words = told ? [...(told.node ? [told.node] : []), ...told.images, ...told.labels] : [];
      return words.every((word) => bad.every((b) => has(b).includes(word)) && !good.some((g) => has(g).includes(word)));
    }),
  );
});

test('a pod is read from its object, its zone from the slices', () => {
  const web = pod({
    status: {
      podIPs: [{ ip: '10.244.0.5' }, { ip: 'fd00::5' }],
      containerStatuses: [
        {
          name: 'app',
          image: 'app:1',
          imageID: 'docker.io/library/app@sha256:0123456789abcdef0123',
          ready: true,
          restartCount: 0,
        },
      ],
    },
  });
  const name = web.metadata?.name ?? '';
  const zones = zonesOf([
    { addressType: 'IPv4', endpoints: [{ addresses: ['10.244.0.5'], zone: 'a', targetRef: { kind: 'Pod', name } }] },
  ]);
  expect(member(web, zones, 60)).toEqual({
    node: 'node1',
    zone: 'a',
    revision: '6c5d8b7f9',
    family: 'IPv4+IPv6',
    images: ['app=app:1'],
    digests: ['app@sha256:0123456789ab'],
    labels: { app: 'web' },
    ageSeconds: 60,
  });
});

test('a slice without endpoints has null in their place', () => {
  const empty: unknown = { addressType: 'IPv4', endpoints: null, ports: null };
  expect(zonesOf([empty as EndpointSlice])).toEqual(new Map());
});
