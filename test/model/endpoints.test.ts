import { describe, expect, test } from 'vitest';
import { endpointsOf, isSliceOf, slicesByManager, usable } from '../../src/model/endpoints.ts';
import type { EndpointSlice, Service } from '../../src/model/kubernetes.ts';
import { draining, endpoint, port, read, ready, service, slice, unready } from './slices.ts';

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
