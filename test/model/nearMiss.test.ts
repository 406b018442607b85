import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Labels } from '../../src/model/kubernetes.ts';
import { nearMisses } from '../../src/model/nearMiss.ts';
import { serviceSelects } from '../../src/model/selector.ts';
import type { LabelledGroup } from '../../src/model/workload.ts';

const group = (name: string, labels: Labels, more: Partial<LabelledGroup> = {}): LabelledGroup => ({
  workload: { kind: 'Deployment', name },
  namespace: 'shop',
  labels,
  pods: 2,
  ...more,
});

const ask = (selector: Labels, groups: LabelledGroup[], service = 'svc') =>
  nearMisses({ selector, namespace: 'shop', service, groups });

describe('nearMisses: how a label differs, and the smallest change', () => {
  const rows: [string, Labels, LabelledGroup, object[], Record<string, string | null>][] = [
    [
      'a slip',
      { app: 'hostname' },
      group('d', { app: 'hostnames' }),
      [{ kind: 'spelling', key: 'app', wanted: 'hostname', found: 'hostnames', distance: 1 }],
      { app: 'hostnames' },
    ],
    [
      'case',
      { app: 'Web' },
      group('d', { app: 'web' }),
      [{ kind: 'case', key: 'app', wanted: 'Web', found: 'web' }],
      { app: 'web' },
    ],
    [
      'a release name before it',
      { app: 'web' },
      group('d', { app: 'prod-web' }),
      [{ kind: 'part', key: 'app', wanted: 'web', found: 'prod-web' }],
      { app: 'prod-web' },
    ],
    [
      'another key',
      { app: 'web' },
      group('d', { run: 'web' }),
      [{ kind: 'key', key: 'app', wanted: 'web', foundKey: 'run', found: 'web' }],
      { app: null, run: 'web' },
    ],
    [
      'case of the key',
      { App: 'web' },
      group('d', { app: 'web' }),
      [{ kind: 'key', key: 'App', wanted: 'web', foundKey: 'app', found: 'web' }],
      { App: null, app: 'web' },
    ],
    [
      'another key and a slip',
      { app: 'webb' },
      group('d', { 'app.kubernetes.io/name': 'web' }),
      [{ kind: 'key', key: 'app', wanted: 'webb', foundKey: 'app.kubernetes.io/name', found: 'web' }],
      { app: null, 'app.kubernetes.io/name': 'web' },
    ],
    [
      'a key too many',
      { app: 'web', version: 'v1' },
      group('d', { app: 'web' }),
      [{ kind: 'missing', key: 'version', wanted: 'v1' }],
      { version: null },
    ],
    [
      'an old revision',
      { app: 'web', 'pod-template-hash': 'old' },
      group('d', { app: 'web', 'pod-template-hash': 'new' }),
      [{ kind: 'unrelated', key: 'pod-template-hash', wanted: 'old', found: 'new' }],
      { 'pod-template-hash': 'new' },
    ],
    [
      'one of two is another',
      { app: 'web', tier: 'front' },
      group('d', { app: 'web', tier: 'backend' }),
      [{ kind: 'unrelated', key: 'tier', wanted: 'front', found: 'backend' }],
      { tier: 'backend' },
    ],
    [
      'on the workload only, beside one that fits',
      { app: 'web', tier: 'x' },
      group('d', { app: 'web' }, { workloadLabels: { tier: 'x' } }),
      [{ kind: 'on-workload', key: 'tier', wanted: 'x' }],
      { tier: null },
    ],
    [
      'on the workload only, and nothing else: the labels of the pods',
      { app: 'web' },
      group('d', { part: 'one', 'pod-template-hash': 'h' }, { workloadLabels: { app: 'web' } }),
      [{ kind: 'on-workload', key: 'app', wanted: 'web' }],
      { app: null, part: 'one' },
    ],
  ];
  test.each(rows)('%s', (_name, selector, one, differences, patch) => {
    const [near] = ask(selector, [one]);
    expect(near?.differences).toEqual(differences);
    expect(near?.change?.patch).toEqual(patch);
    expect(serviceSelects(near?.change?.selector, one.labels)).toBe(true);
  });

  test('what has nothing in common is no near miss', () => {
    expect(ask({ app: 'web' }, [group('db', { app: 'postgres' })])).toEqual([]);
    expect(ask({ app: 'web' }, [group('db', {})])).toEqual([]);
  });

  test('unless it is named as the Service is', () => {
    const [near] = ask({ app: 'frontend' }, [group('web', { app: 'shop-ui' })], 'web');
    expect(near).toMatchObject({
      differences: [{ kind: 'unrelated', found: 'shop-ui' }],
      change: { selector: { app: 'shop-ui' } },
    });
  });

  test('what the selector does select is left out', () => {
    expect(ask({ app: 'web' }, [group('web', { app: 'web', more: 'x' })])).toEqual([]);
  });

  test('no change can leave the selector empty', () => {
    expect(ask({ app: 'web' }, [group('d', {}, { workloadLabels: { app: 'web' } })])[0]?.change).toBeUndefined();
  });

  test('a change tells what else it selects', () => {
    const groups = [group('web', { app: 'web', tier: 'a' }), group('db', { app: 'web', tier: 'b' })];
    const [near] = ask({ app: 'web', version: 'v1' }, groups, 'web');
    expect(near?.change?.alsoSelects).toEqual([groups[1]]);
  });
});

describe('nearMisses: order', () => {
  const names = (selector: Labels, groups: LabelledGroup[], service?: string) =>
    ask(selector, groups, service).map(({ group: { workload } }) => workload.name);

  test('case, slip, other key', () => {
    const groups = [group('key', { run: 'Web' }), group('slip', { app: 'Wem' }), group('case', { app: 'web' })];
    expect(names({ app: 'Web' }, groups)).toEqual(['case', 'slip', 'key']);
  });

  test('other namespaces: without a change, since no selector reaches them', () => {
    const there = group('there', { app: 'web' }, { namespace: 'ops' });
    expect(ask({ app: 'web' }, [there])).toEqual([{ group: there, differences: [], otherNamespace: true, cost: 2.5 }]);
    expect(names({ app: 'web' }, [there, group('here', { app: 'Web' })])).toEqual(['here', 'there']);
  });

  test('the workload that is named as the Service is comes first, then the one with more pods', () => {
    const groups = [
      group('few', { app: 'wem' }, { pods: 1 }),
      group('many', { app: 'wem' }, { pods: 5 }),
      group('checkout', { app: 'wem' }, { pods: 1 }),
    ];
    expect(names({ app: 'web' }, groups, 'checkout')).toEqual(['checkout', 'many', 'few']);
  });
});

test('whatever change is offered selects the pods of its group, and is never empty', () => {
  const labels = fc.dictionary(
    fc.constantFrom('app', 'run', 'tier', 'version', 'App'),
    fc.constantFrom('web', 'Web', 'webs', 'prod-web', 'db', 'v1', 'v2'),
  );
  const groups = fc.array(
    fc
      .record({ labels, workloadLabels: labels, namespace: fc.constantFrom('shop', 'ops') })
      .map(({ labels: l, ...more }) => group('d', l, more)),
    { maxLength: 4 },
  );
  fc.assert(
    fc.property(labels, groups, (selector, all) => {
      for (const { change, group: near, differences, otherNamespace } of ask(selector, all)) {
        expect(serviceSelects(selector, near.labels) && !otherNamespace).toBe(false);
        if (otherNamespace) expect(change).toBeUndefined();
        if (change) expect(serviceSelects(change.selector, near.labels)).toBe(true);
        for (const { key } of differences) expect(Object.hasOwn(selector, key)).toBe(true);
      }
    }),
  );
});
