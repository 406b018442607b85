import { describe, expect, test } from 'vitest';
import type { Endpoint, Pod } from '../../src/model/kubernetes.ts';
import { missingPods, staleEndpoints } from '../../src/model/staleEndpoints.ts';
import { endpoint, port, read, service, slice } from './slices.ts';

describe('endpoints and pods', () => {
  const pod = (
    name: string,
    podIP: string,
    more: Partial<NonNullable<Pod['status']>> = {},
    labels = { app: 'web' },
  ): Pod => ({
    metadata: { name, uid: `uid-${name}`, labels },
    status: { podIP, phase: 'Running', ...more },
  });
  const of = (name: string, address: string, uid = `uid-${name}`) =>
    endpoint(address, { targetRef: { kind: 'Pod', name, uid } });
  const reasons = (endpoints: Endpoint[], pods: Pod[], target = service) =>
    staleEndpoints(target, read(...endpoints), pods).map(({ reason }) => reason);

  test.each<[string, Endpoint, Pod[], string[]]>([
    ['all is well', of('a', '10.0.0.1'), [pod('a', '10.0.0.1')], []],
    ['the pod is gone', of('a', '10.0.0.1'), [], ['pod-gone']],
    ['a new pod of the same name', of('a', '10.0.0.1', 'old'), [pod('a', '10.0.0.1')], ['pod-replaced']],
    ['another address', of('a', '10.0.0.1'), [pod('a', '10.0.0.2')], ['address-changed']],
    ['a finished pod', of('a', '10.0.0.1'), [pod('a', '10.0.0.1', { phase: 'Failed' })], ['pod-finished']],
    [
      'labels that do not fit any more',
      of('a', '10.0.0.1'),
      [pod('a', '10.0.0.1', {}, { app: 'x' })],
      ['not-selected'],
    ],
    ['made by hand, address of a pod', endpoint('10.0.0.1'), [pod('a', '10.0.0.1')], []],
    ['made by hand, of nobody', endpoint('10.0.0.1'), [pod('a', '10.0.0.2')], ['no-pod']],
  ])('%s', (_name, one, pods, expected) => {
    expect(reasons([one], pods)).toEqual(expected);
  });

  test('without selector, labels do not matter', () => {
    expect(
      reasons([of('a', '10.0.0.1')], [pod('a', '10.0.0.1', {}, { app: 'x' })], { spec: { ports: [port] } }),
    ).toEqual([]);
  });

  test('missingPods: selected, with an address, and in no slice', () => {
    const pods = [
      pod('a', '10.0.0.1'),
      pod('b', '10.0.0.2'),
      pod('c', ''),
      pod('d', '10.0.0.4', { phase: 'Succeeded' }),
      pod('e', '10.0.0.5', {}, { app: 'x' }),
    ];
    expect(missingPods(service, [slice([of('a', '10.0.0.1')])], pods).map((p) => p.metadata?.name)).toEqual(['b']);
  });
});
