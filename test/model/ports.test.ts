import { describe, expect, test } from 'vitest';
import type { Container, Pod, Service, ServicePort } from '../../src/model/kubernetes.ts';
import {
  declaredPorts,
  endpointPorts,
  findServicePorts,
  podPortOf,
  portKey,
  resolveTargetPort,
  targetPortOf,
} from '../../src/model/ports.ts';

const pod: Pod = {
  spec: {
    containers: [
      {
        name: 'app',
        ports: [
          { name: 'http', containerPort: 8080 },
          { name: 'dns', containerPort: 5353, protocol: 'UDP' },
        ],
      },
      { name: 'admin', ports: [{ containerPort: 9090, protocol: 'TCP' }] },
    ],
    initContainers: [
      { name: 'proxy', restartPolicy: 'Always', ports: [{ name: 'mesh', containerPort: 15001 }] },
      { name: 'migrate', ports: [{ name: 'once', containerPort: 1 }] },
    ],
  },
};

const port = (fields: Partial<ServicePort>): ServicePort => ({ port: 80, ...fields });

describe('resolveTargetPort', () => {
  test.each<[string, Partial<ServicePort>, number | undefined]>([
    ['a number is itself, declared or not', { targetPort: 1234 }, 1234],
    ['left out: the port', {}, 80],
    ['zero counts as left out', { targetPort: 0 }, 80],
    ['a name', { targetPort: 'http' }, 8080],
    ['a name of another protocol', { targetPort: 'dns' }, undefined],
    ['a name with its protocol', { targetPort: 'dns', protocol: 'UDP' }, 5353],
    ['a name of a sidecar', { targetPort: 'mesh' }, 15001],
    ['a name of an ordinary init container', { targetPort: 'once' }, undefined],
    ['a number in quotes is a name', { targetPort: '8080' }, undefined],
  ])('%s', (_name, fields, expected) => {
    expect(podPortOf(pod, port(fields))).toBe(expected);
  });

  test('says who declares it', () => {
    const byNumber = resolveTargetPort(port({ targetPort: 9090 }), pod);
    expect(byNumber).toMatchObject({ resolved: true, declaredBy: [{ container: 'admin', sidecar: false }] });
    expect(resolveTargetPort(port({ targetPort: 1234 }), pod)).toMatchObject({ resolved: true, declaredBy: [] });
    expect(resolveTargetPort(port({ targetPort: 'http' }), pod)).toMatchObject({
      name: 'http',
      declaredBy: [{ container: 'app' }],
    });
  });

  test('says what is missing', () => {
    expect(resolveTargetPort(port({ targetPort: 'dns' }), pod)).toEqual({
      resolved: false,
      name: 'dns',
      protocol: 'TCP',
      otherProtocols: ['UDP'],
      digits: false,
    });
    expect(resolveTargetPort(port({ targetPort: '8080' }), pod)).toMatchObject({ resolved: false, digits: true });
  });

  test('the first container that declares a name wins', () => {
    const twice = (...containers: Container[]): Pod => ({ spec: { containers } });
    const declared = (name: string, containerPort: number): Container => ({
      name,
      ports: [{ name: 'http', containerPort }],
    });
    expect(podPortOf(twice(declared('a', 1), declared('b', 2)), port({ targetPort: 'http' }))).toBe(1);
  });
});

test('declaredPorts: containers, then sidecars; protocol defaults to TCP', () => {
  expect(
    declaredPorts(pod).map(({ container, containerPort, protocol }) => `${container} ${containerPort}/${protocol}`),
  ).toEqual(['app 8080/TCP', 'app 5353/UDP', 'admin 9090/TCP', 'proxy 15001/TCP']);
});

describe('the ports of a Service', () => {
  const service: Service = {
    spec: {
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP', targetPort: 'dns' },
        { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 'dns' },
        { name: 'http', port: 80, targetPort: 'http' },
      ],
    },
  };

  test.each([
    ['by number: both protocols', '53', ['dns', 'dns-tcp']],
    ['as a number', 80, ['http']],
    ['by number and protocol', '53/udp', ['dns']],
    ['by name', 'http', ['http']],
    ['by the pod port: not a port of the Service', '8080', []],
  ])('%s', (_name, wanted, expected) => {
    expect(findServicePorts(service, wanted).map(({ name }) => name)).toEqual(expected);
  });

  test('endpointPorts leaves out what the pod does not declare', () => {
    expect(endpointPorts(service, pod)).toEqual([
      { name: 'dns', port: 5353, protocol: 'UDP' },
      { name: 'http', port: 8080, protocol: 'TCP' },
    ]);
  });

  test('printing and defaults', () => {
    expect(portKey({ port: 53, protocol: 'UDP' })).toBe('53/UDP');
    expect(portKey({ port: 80 })).toBe('80/TCP');
    expect(targetPortOf({ port: 80, targetPort: 'http' })).toBe('http');
  });
});
