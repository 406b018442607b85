import { describe, expect, test } from 'vitest';
import { type Change, lastChange, lastRestart, newestFirst } from '../../src/model/change.ts';
import type { ObjectMeta, Pod } from '../../src/model/kubernetes.ts';

const BORN = '2026-11-23T08:00:00Z';
const LATER = '2026-11-23T08:50:00Z';
const LAST = '2026-11-23T08:56:00Z';

type Entry = NonNullable<ObjectMeta['managedFields']>[number];
const wrote = (
  manager: string,
  time: string,
  fieldsV1: object = { 'f:spec': {} },
  more: Partial<Entry> = {},
): Entry => ({
  manager,
  time,
  operation: 'Update',
  apiVersion: 'v1',
  fieldsType: 'FieldsV1',
  fieldsV1,
  ...more,
});
const of = (managedFields: Entry[] | undefined, annotations?: Record<string, string>) =>
  lastChange('Service/web', {
    metadata: {
      name: 'web',
      creationTimestamp: BORN,
      ...(managedFields && { managedFields }),
      ...(annotations && { annotations }),
    },
  });
const born = wrote('helm', BORN, { 'f:spec': { 'f:ports': {}, 'f:type': {}, 'f:selector': {}, 'f:a': {} } });

describe('the last change of an object', () => {
  test('is the newest write, with what was written', () => {
    const edit = wrote('kubectl-edit', LAST, { 'f:spec': { 'f:selector': { 'f:app': {} } } });
    expect(of([edit, born, wrote('argocd', LATER)])).toEqual({
      what: 'changed',
      object: 'Service/web',
      at: LAST,
      by: 'kubectl-edit',
      fields: ['spec.selector.app'],
      detail: '',
    });
  });

  test('is its creation where nobody wrote later', () => {
    expect(of([born])).toMatchObject({ what: 'created', at: BORN, by: 'helm', fields: [] });
  });

  test('is its creation where no manager is known', () => {
    expect(of(undefined)).toMatchObject({ what: 'created', at: BORN, by: '' });
  });

  test.each([
    ['a status', wrote('some-controller', LAST, { 'f:status': {} }, { subresource: 'status' })],
    ['a controller of Kubernetes', wrote('kube-controller-manager', LAST)],
  ])('is not %s', (_, entry) => {
    expect(of([born, entry])).toMatchObject({ what: 'created', at: BORN });
  });

  test('that scaled it counts', () => {
    const scaled = wrote('kubectl', LAST, { 'f:spec': { 'f:replicas': {} } }, { subresource: 'scale' });
    expect(of([born, scaled])).toMatchObject({ what: 'changed', fields: ['spec.replicas'] });
  });

  test('of a Deployment comes with its revision', () => {
    const set = wrote('kubectl-set', LAST);
    expect(of([born, set], { 'deployment.kubernetes.io/revision': '7' })).toMatchObject({ detail: '7' });
  });

  test('of an object without any date is unknown', () => {
    expect(lastChange('Service/web', { metadata: { name: 'web' } })).toBeUndefined();
  });
});

describe('the fields that were written', () => {
  const app = 'k:{"name":"app"}';
  test.each<[string, object, string[]]>([
    [
      'an image of a template',
      { 'f:spec': { 'f:template': { 'f:spec': { 'f:containers': { [app]: { 'f:image': {} } } } } } },
      ['containers[app].image'],
    ],
    [
      'what is owned as a whole',
      { 'f:spec': { 'f:selector': { '.': {}, 'f:app': {}, 'f:tier': {} } } },
      ['spec.selector'],
    ],
    [
      'a port of a list with two keys',
      { 'f:spec': { 'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { 'f:targetPort': {} } } } },
      ['spec.ports[80,TCP].targetPort'],
    ],
    ['a key of a ConfigMap', { 'f:data': { 'f:Corefile': {} } }, ['data.Corefile']],
    ['more than can be told', { 'f:data': { 'f:a': {}, 'f:b': {}, 'f:c': {}, 'f:d': {} } }, []],
    ['nothing', {}, []],
  ])('%s', (_, fields, expected) => {
    expect(of([born, wrote('kubectl', LAST, fields)])?.fields).toEqual(expected);
  });
});

describe('the last restart of a pod', () => {
  const status = (name: string, restartCount: number, finishedAt?: string) => ({
    name,
    image: 'app:1',
    imageID: '',
    ready: true,
    restartCount,
    ...(finishedAt && { lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt } } }),
  });
  const pod = (...containerStatuses: ReturnType<typeof status>[]): Pod => ({
    status: { containerStatuses: containerStatuses as never },
  });

  test('is that of the container that ended last, and why', () => {
    expect(lastRestart('Pod/web-a', pod(status('app', 2, LAST), status('side', 1, LATER)))).toMatchObject({
      what: 'restarted',
      at: LAST,
      detail: 'app: OOMKilled, exit code 137',
    });
  });

  test('is none where no container was started again', () => {
    expect(lastRestart('Pod/web-a', pod(status('app', 0)))).toBeUndefined();
    expect(lastRestart('Pod/web-a', {})).toBeUndefined();
  });
});

test('each object is told of once, the newest first', () => {
  const change = (object: string, at: string): Change => ({
    what: 'changed',
    object,
    at,
    by: '',
    fields: [],
    detail: '',
  });
  const sorted = newestFirst([change('a', BORN), change('b', LAST), change('a', BORN), change('c', LATER)]);
  expect(sorted.map(({ object }) => object)).toEqual(['b', 'c', 'a']);
});
