import { describe, expect, test } from 'vitest';
import type { Endpoint, Service } from '../../src/model/kubernetes.ts';
import { eligible, trafficPolicyOf } from '../../src/model/trafficPolicy.ts';
import { draining, read, ready, service, unready } from './slices.ts';

describe('eligible', () => {
  const local: Service = { spec: { ...service.spec, internalTrafficPolicy: 'Local', externalTrafficPolicy: 'Local' } };
  const on = (of: Service, endpoints: Endpoint[], node = { name: 'n1', zone: 'a' }) => {
    const { endpoints: found, ...rest } = eligible(of, read(...endpoints), node, 'internal');
    return { ...rest, found: found.map(({ address }) => address) };
  };

  test('Cluster: every ready one', () => {
    expect(on(service, [ready('10.0.0.1'), ready('10.0.0.2'), unready('10.0.0.3')])).toMatchObject({
      policy: 'Cluster',
      found: ['10.0.0.1', '10.0.0.2'],
    });
  });

  test('Local: those of the node', () => {
    const endpoints = [ready('10.0.0.1', { nodeName: 'n1' }), ready('10.0.0.2', { nodeName: 'n2' })];
    expect(on(local, endpoints)).toMatchObject({ policy: 'Local', found: ['10.0.0.1'] });
  });

  test('Local without one on the node: silence, because others have some', () => {
    expect(on(local, [ready('10.0.0.2', { nodeName: 'n2' })])).toMatchObject({ found: [], whenEmpty: 'dropped' });
  });

  test('Local and none anywhere: refused', () => {
    expect(on(local, [unready('10.0.0.2')])).toMatchObject({ found: [], whenEmpty: 'refused' });
  });

  test('Local falls back by itself: a draining one here, though another node has a ready one', () => {
    const endpoints = [draining('10.0.0.1', { nodeName: 'n1' }), ready('10.0.0.2', { nodeName: 'n2' })];
    expect(on(local, endpoints)).toMatchObject({ found: ['10.0.0.1'] });
    expect(on(service, endpoints)).toMatchObject({ found: ['10.0.0.2'] });
  });

  const zone = (name: string) => ({ hints: { forZones: [{ name }] } });
  const node = (name: string) => ({ hints: { forNodes: [{ name }] } });
  test.each<[string, Endpoint[], string[], string | undefined]>([
    ['zone hints', [ready('10.0.0.1', zone('a')), ready('10.0.0.2', zone('b'))], ['10.0.0.1'], 'PreferSameZone'],
    [
      'one ready endpoint without hint: ignored',
      [ready('10.0.0.1', zone('a')), ready('10.0.0.2')],
      ['10.0.0.1', '10.0.0.2'],
      undefined,
    ],
    ['no hint for this zone: ignored', [ready('10.0.0.1', zone('b'))], ['10.0.0.1'], undefined],
    ['node hints', [ready('10.0.0.1', node('n1')), ready('10.0.0.2', node('n2'))], ['10.0.0.1'], 'PreferSameNode'],
    [
      'hints of endpoints that are not ready do not count',
      [ready('10.0.0.1', zone('a')), unready('10.0.0.2')],
      ['10.0.0.1'],
      'PreferSameZone',
    ],
  ])('%s', (_name, endpoints, found, topology) => {
    expect(on(service, endpoints)).toMatchObject({ found });
    expect(on(service, endpoints).topology).toBe(topology);
  });

  test('trafficPolicyOf', () => {
    expect([trafficPolicyOf(service, 'internal'), trafficPolicyOf(local, 'external')]).toEqual(['Cluster', 'Local']);
  });
});
