import { describe, expect, test } from 'vitest';
import type { RemedyPatch } from '../../../src/model/finding.ts';
import { guarded, isBeyond, isNarrow, patched, sameAim, written } from '../../../src/model/fix/narrow.ts';
import { service } from '../../support/objects.ts';

const TARGET = { group: '', version: 'v1', plural: 'services', namespace: 'shop', name: 'web' };
const OF = { namespace: 'shop', service: 'web' };

const merge = (body: unknown, target = TARGET): RemedyPatch => ({ target, type: 'merge-patch+json', body });
const steps = (...body: object[]): RemedyPatch => ({ target: TARGET, type: 'json-patch+json', body });
const replace = (path: string, value: unknown) => ({ op: 'replace', path, value });

describe('what svc-debug may change itself', () => {
  test.each<[string, RemedyPatch]>([
    ['a label of the selector', merge({ spec: { selector: { app: 'web' } } })],
    ['a selector whose key is removed', merge({ spec: { selector: { app: null, name: 'y' } } })],
    ['the whole selector', steps(replace('/spec/selector', { app: 'web' }))],
    ['the port', steps(replace('/spec/ports/0/port', 80))],
    [
      'the targetPort',
      steps({ op: 'test', path: '/spec/ports/1/port', value: 80 }, replace('/spec/ports/1/targetPort', 'http')),
    ],
    ['the name of a port', steps({ op: 'add', path: '/spec/ports/0/name', value: 'http' })],
  ])('%s', (_what, patch) => {
    expect(isNarrow(patch, OF)).toBe(true);
  });

  test.each<[string, RemedyPatch]>([
    ['another Service', merge({ spec: { selector: {} } }, { ...TARGET, name: 'api' })],
    ['a Service of that name elsewhere', merge({ spec: { selector: {} } }, { ...TARGET, namespace: 'other' })],
    ['a pod template', merge({ spec: { template: {} } }, { ...TARGET, group: 'apps', plural: 'deployments' })],
    ['a policy', merge({ spec: {} }, { ...TARGET, group: 'networking.k8s.io', plural: 'networkpolicies' })],
    ['the traffic policy', merge({ spec: { internalTrafficPolicy: 'Cluster' } })],
    ['more than the selector', merge({ spec: { selector: {}, type: 'NodePort' } })],
    ['labels as well', merge({ metadata: { labels: {} }, spec: { selector: {} } })],
    ['the protocol', steps(replace('/spec/ports/0/protocol', 'UDP'))],
    ['a port removed', steps({ op: 'remove', path: '/spec/ports/0' })],
    ['a field whose name only begins so', steps(replace('/spec/ports/0/nameless', 1))],
    ['the families', steps(replace('/spec/ipFamilies', ['IPv6']))],
  ])('not %s', (_what, patch) => {
    expect(isNarrow(patch, OF)).toBe(false);
  });
});

describe('what it comes to', () => {
  const before = service({
    selector: { app: 'wbe', 'app.kubernetes.io/name': 'on' },
    ports: [{ port: 80, targetPort: 8080 }],
  });

  test('of a merge patch: null takes a key away', () => {
    const after = patched(before, merge({ spec: { selector: { app: 'web', 'app.kubernetes.io/name': null } } }));
    expect(after?.spec?.selector).toEqual({ app: 'web' });
    expect(before.spec?.selector?.app).toBe('wbe');
  });

  test('of a JSON patch: a key with a slash is found', () => {
    const after = patched(before, steps(replace('/spec/selector/app.kubernetes.io~1name', 'y')));
    expect(after?.spec?.selector).toEqual({ app: 'wbe', 'app.kubernetes.io/name': 'y' });
  });

  test.each([
    ['a test fails', [{ op: 'test', path: '/spec/ports/0/port', value: 81 }]],
    ['there is no such port any more', [replace('/spec/ports/3/targetPort', 1)]],
    ['what is to be replaced is not there', [replace('/spec/ports/0/name', 'http')]],
  ])('it does not fit where %s', (_what, body) => {
    expect(patched(before, steps(...body))).toBeUndefined();
  });

  test('the same labels in another order lead to the same pods', () => {
    const turned = service({
      selector: { 'app.kubernetes.io/name': 'on', app: 'wbe' },
      ports: [{ port: 80, targetPort: 8080 }],
    });
    expect(sameAim(before, turned)).toBe(true);
    expect(sameAim(before, service({ selector: { app: 'wbe' } }))).toBe(false);
  });

  test('a webhook that adds something is noticed; what the server keeps for itself is not', () => {
    const stored = { ...before, metadata: { ...before.metadata, resourceVersion: '7', generation: 2 } };
    expect(isBeyond(stored, before)).toBe(false);
    const more = { ...before, metadata: { ...before.metadata, labels: { team: 'a' } } };
    expect(isBeyond(more, before)).toBe(true);
  });

  test('what people write leaves out what kubectl apply keeps for itself', () => {
    const applied = service({ annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', note: 'y' } });
    expect(written(applied).metadata).toEqual({ name: 'web', namespace: 'shop', annotations: { note: 'y' } });
  });
});

test('both kinds of patch are held against the version that was read', () => {
  expect(guarded(merge({ spec: { selector: { a: 'b' } } }), '42').body).toEqual({
    spec: { selector: { a: 'b' } },
    metadata: { resourceVersion: '42' },
  });
  const step = replace('/spec/ports/0/port', 80);
  expect(guarded(steps(step), '42').body).toEqual([replace('/metadata/resourceVersion', '42'), step]);
});
