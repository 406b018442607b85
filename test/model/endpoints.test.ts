import { describe, expect, test } from 'vitest';
import { endpointsOf, isSliceOf, slicesByManager, usable } from '../../src/model/endpoints.ts';
import type { Endpoint, EndpointSlice, Pod, Service } from '../../src/model/kubernetes.ts';
import { missingPods, staleEndpoints } from '../../src/model/staleEndpoints.ts';
import { eligible, trafficPolicyOf } from '../../src/model/trafficPolicy.ts';

const port = { name: 'http', port: 80, targetPort: 8080 };
const service: Service = {
  metadata: { name: 'web' },
  spec: { selector: { app: 'web' }, ipFamilies: ['IPv4'], ports: [port] },
};

const endpoint = (address: string, more: Partial<Endpoint> = {}): Endpoint => ({ addresses: [address], ...more });
const slice = (endpoints: Endpoint[], more: Partial<EndpointSlice> = {}): EndpointSlice => ({
  metadata: { name: 'web-1', labels: { 'kubernetes.io/service-name': 'web' } },
  addressType: 'IPv4',
  ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
  endpoints,
  ...more,
});
const addresses = (slices: EndpointSlice[], of = port) =>
  endpointsOf(service, of, slices).endpoints.map((e) => `${e.address}:${e.port}`);
const ignored = (one: EndpointSlice, more: Partial<Service['spec']> = {}) =>
  endpointsOf({ ...service, spec: { ...service.spec, ...more } }, port, [one]).ignored.map(({ reason }) => reason);

describe('endpointsOf', () => {
  test('address, port and conditions; what is missing means ready, serving, not terminating', () => {
    const { endpoints } = endpointsOf(service, port, [
      slice([endpoint('10.0.0.1', { nodeName: 'n1', zone: 'z', targetRef: { kind: 'Pod', name: 'p', uid: 'u' } })]),
    ]);
    expect(endpoints).toEqual([
      {
        address: '10.0.0.1',
        port: 8080,
        slice: 'web-1',
        node: 'n1',
        zone: 'z',
        ready: true,
        serving: true,
        terminating: false,
        forZones: [],
        forNodes: [],
        targetRef: { kind: 'Pod', name: 'p', uid: 'u' },
      },
    ]);
  });

  test('only the first address counts', () => {
    expect(addresses([slice([{ addresses: ['10.0.0.1', '10.0.0.2'] }])])).toEqual(['10.0.0.1:8080']);
  });

  test('each address once; the others are told', () => {
    const found = endpointsOf(service, port, [
      slice([endpoint('10.0.0.1')]),
      slice([endpoint('10.0.0.1', { conditions: { ready: false } })], { metadata: { name: 'old' } }),
    ]);
    expect(found.endpoints).toHaveLength(1);
    expect(found.duplicates.map((e) => e.slice)).toEqual(['old']);
  });

  test('the same address with two ports is two endpoints', () => {
    const other = slice([endpoint('10.0.0.1')], { ports: [{ name: 'http', port: 9090, protocol: 'TCP' }] });
    expect(addresses([slice([endpoint('10.0.0.1')]), other])).toEqual(['10.0.0.1:8080', '10.0.0.1:9090']);
  });

  test('an unnamed Service port goes with the name ""', () => {
    const unnamed = slice([endpoint('10.0.0.1')], { ports: [{ name: '', port: 8080, protocol: 'TCP' }] });
    expect(endpointsOf(service, { port: 80 }, [unnamed]).endpoints).toHaveLength(1);
  });

  test.each<[string, EndpointSlice, string[]]>([
    ['the placeholder of the controller', slice([], { ports: [] }), []],
    [
      'null lists, as the API server sends them',
      { ...slice([]), ports: null, endpoints: null } as unknown as EndpointSlice,
      [],
    ],
    ['endpoints without ports', slice([endpoint('10.0.0.1')], { ports: [] }), ['no-ports']],
    [
      'another port name',
      slice([endpoint('10.0.0.1')], { ports: [{ name: 'web', port: 8080, protocol: 'TCP' }] }),
      ['port-name'],
    ],
    [
      'another protocol',
      slice([endpoint('10.0.0.1')], { ports: [{ name: 'http', port: 8080, protocol: 'UDP' }] }),
      ['protocol'],
    ],
    [
      'a port without name',
      slice([endpoint('10.0.0.1')], { ports: [{ port: 8080, protocol: 'TCP' }] }),
      ['port-incomplete'],
    ],
    [
      'a port without number',
      slice([endpoint('10.0.0.1')], { ports: [{ name: 'http', protocol: 'TCP' }] }),
      ['port-incomplete'],
    ],
    ['FQDN', slice([endpoint('example.com')], { addressType: 'FQDN' }), ['address-type']],
    ['another family than the Service has', slice([endpoint('fd00::1')], { addressType: 'IPv6' }), ['family']],
    ['an address of another family than the slice', slice([endpoint('fd00::1')]), ['address']],
    [
      'the headless label',
      slice([endpoint('10.0.0.1')], { metadata: { labels: { 'service.kubernetes.io/headless': '' } } }),
      ['headless-label'],
    ],
    [
      'the label of another proxy',
      slice([endpoint('10.0.0.1')], { metadata: { labels: { 'service.kubernetes.io/service-proxy-name': 'x' } } }),
      ['other-proxy-label'],
    ],
  ])('%s', (_name, one, reasons) => {
    expect(ignored(one)).toEqual(reasons);
    expect(addresses([one])).toEqual([]);
  });

  test('the headless label is normal on slices of a headless Service', () => {
    const one = slice([endpoint('10.0.0.1')], { metadata: { labels: { 'service.kubernetes.io/headless': '' } } });
    expect(ignored(one, { clusterIP: 'None' })).toEqual([]);
  });
});

const read = (...endpoints: Endpoint[]) => endpointsOf(service, port, [slice(endpoints)]).endpoints;
const ready = (address: string, more: Partial<Endpoint> = {}) =>
  endpoint(address, { conditions: { ready: true }, ...more });
const draining = (address: string, more: Partial<Endpoint> = {}) =>
  endpoint(address, { conditions: { ready: false, serving: true, terminating: true }, ...more });
const unready = (address: string) =>
  endpoint(address, { conditions: { ready: false, serving: false, terminating: false } });

describe('usable', () => {
  test('ready ones', () => {
    expect(usable(read(ready('10.0.0.1'), draining('10.0.0.2'), unready('10.0.0.3')))).toMatchObject({
      fallback: false,
      endpoints: [{ address: '10.0.0.1' }],
    });
  });
  test('none ready: those that terminate and still serve', () => {
    expect(usable(read(draining('10.0.0.2'), unready('10.0.0.3')))).toMatchObject({
      fallback: true,
      endpoints: [{ address: '10.0.0.2' }],
    });
  });
  test('none at all', () => {
    expect(usable(read(unready('10.0.0.3')))).toEqual({ fallback: false, endpoints: [] });
  });
});

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

describe('slices', () => {
  test('by manager', () => {
    const managed = (by: string) =>
      slice([], { metadata: { labels: { 'endpointslice.kubernetes.io/managed-by': by } } });
    expect([...slicesByManager([managed('x'), slice([]), managed('x')])].map(([by, all]) => [by, all.length])).toEqual([
      ['x', 2],
      ['', 1],
    ]);
  });
  test('belong to a Service by label, not by name', () => {
    expect(isSliceOf(slice([]), 'web')).toBe(true);
    expect(isSliceOf({ ...slice([]), metadata: { name: 'web' } }, 'web')).toBe(false);
  });
});
