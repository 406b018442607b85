/** Ports, names of ports, and protocols. */
import { describe, expect, test } from 'vitest';
import type { Attempt } from '../../src/model/probe.ts';
import { web } from '../steps/dns/world.ts';
import { pod } from '../support/objects.ts';
import { endpoint, slice } from '../support/workloads.ts';
import { A, answering, B, C, diagnosed, NAMES, pods, served, VIP } from './scene.ts';

const named = web({ ports: [{ port: 80, targetPort: 'http', protocol: 'TCP' }] });
const declaring = (name: string | undefined, containerPort = 8080) => ({
  ports: [{ containerPort, protocol: 'TCP', ...(name && { name }) }],
});
/** What the controller writes where no pod has a port of that name: addresses, and no port. */
const portless = (members: ReturnType<typeof pods>) => slice({ ports: null, endpoints: members.map(endpoint) });

describe('a named targetPort', () => {
  test('is a name and no number: it is looked up in each pod', async () => {
    const { verdict, observations } = await diagnosed({
      objects: served(pods(declaring('http')), named),
      connections: answering(VIP, A, B, C),
    });
    expect(verdict).toBe('healthy');
    expect(observations).toContainEqual(
      expect.objectContaining({ what: 'pods.answered', params: expect.objectContaining({ number: 8080 }) }),
    );
  });

  test('that no pod has: ready endpoints without ports; the name is to blame, not the selector that fits', async () => {
    const members = pods(declaring('web'));
    const { causes, errors, rootCauses } = await diagnosed({
      objects: [named, ...members, portless(members)],
      connections: { ...answering(A, B, C), [VIP]: 'refused' },
    });
    expect(causes).toEqual(['spec/target-port-name-missing']);
    expect(errors).toContain('endpoints/no-ports');
    expect(errors).not.toContain('endpoints/selector-mismatch');
    expect(rootCauses[0]?.params).toMatchObject({ targetPort: 'http' });
  });

  test('that one of three pods lacks: partly missing, and which', async () => {
    const [one, two] = pods(declaring('http'));
    const three = pods(declaring('web'))[2]!;
    const objects = [
      named,
      one!,
      two!,
      three,
      slice({ endpoints: [endpoint(one!), endpoint(two!)] }),
      slice({ name: 'web-2', ports: null, endpoints: [endpoint(three)] }),
    ];
    const { verdict, findings } = await diagnosed({ objects, connections: answering(VIP, A, B, C) });
    expect(verdict).toBe('healthy');
    expect(findings).toMatchObject([
      { code: 'spec/target-port-name-partly-missing', severity: 'warning', params: { without: [NAMES[2]] } },
    ]);
  });
});

describe('a numeric targetPort', () => {
  test.each([
    ['nobody declares', { ports: [] }],
    ['is not the one declared', declaring('metrics', 9090)],
  ])('that %s and that answers is no fault', async (_, like) => {
    const { verdict, errors, warnings } = await diagnosed({
      objects: served(pods(like)),
      connections: answering(VIP, A, B, C),
    });
    expect({ verdict, errors, warnings }).toEqual({ verdict: 'healthy', errors: [], warnings: [] });
  });

  test('that is wrong is found where the pods declare no port at all', async () => {
    const { causes, rootCauses } = await diagnosed({
      objects: served(pods({ ports: [] })),
      connections: {
        ...Object.fromEntries([VIP, A, B, C].map((at) => [at, 'refused' as const])),
        ...answering('10.244.0.5:3000', '10.244.1.6:3000', '10.244.1.7:3000'),
      },
    });
    expect(causes).toEqual(['spec/target-port-closed']);
    expect(JSON.stringify(rootCauses[0]?.params)).toContain('3000');
  });
});

test('what another container of the pod serves is not taken for the application', async () => {
  const two = pod({
    spec: {
      containers: [
        { name: 'app', image: 'app:1', ports: [{ containerPort: 8080 }] },
        { name: 'metrics', image: 'exporter:1', ports: [{ containerPort: 9090 }] },
      ],
    },
  });
  const { errors } = await diagnosed({
    objects: served([two]),
    connections: { [VIP]: 'refused', [A]: 'refused', '10.244.0.5:9090': 'answered' },
  });
  expect(errors).not.toContain('spec/target-port-closed');
});

test('a port that the Service does not have is silent on its address: it is named, not waited for', async () => {
  const { verdict, causes } = await diagnosed({
    objects: served(pods()),
    target: { port: '8081' },
    connections: answering(VIP, A, B, C),
  });
  expect({ verdict, causes }).toEqual({ verdict: 'broken', causes: ['spec/no-such-port'] });
});

describe('protocols', () => {
  const http = web({ ports: [{ port: 80, targetPort: 8080, protocol: 'TCP', appProtocol: 'http' }] });
  const heard = (attempt: Attempt) => ({ [VIP]: attempt, [A]: attempt, [B]: attempt, [C]: attempt });

  test('TLS where plain HTTP is promised: reached, but not as asked', async () => {
    const tls: Attempt = { outcome: 'answered', durationMs: 3, httpStatus: 400, spoke: 'tls' };
    const { causes } = await diagnosed({ objects: served(pods(), http), connections: heard(tls) });
    expect(causes).toEqual(['pods/wrong-protocol']);
  });

  test('plain HTTP where TLS is promised', async () => {
    const https = web({ ports: [{ port: 80, targetPort: 8080, protocol: 'TCP', appProtocol: 'https' }] });
    const plain: Attempt = { outcome: 'answered', durationMs: 3, spoke: 'not-tls' };
    const { causes } = await diagnosed({ objects: served(pods(), https), connections: heard(plain) });
    expect(causes).toEqual(['pods/wrong-protocol']);
  });

  test('HTTP/2 on a port that is called http is a warning: gRPC answers so', async () => {
    const other: Attempt = { outcome: 'answered', durationMs: 3, spoke: 'not-http' };
    const { verdict, warnings } = await diagnosed({ objects: served(pods(), http), connections: heard(other) });
    expect({ verdict, warnings }).toEqual({ verdict: 'healthy', warnings: ['pods/wrong-protocol'] });
  });

  test('UDP in the Service, TCP in the pods', async () => {
    const udp = web({ ports: [{ port: 80, targetPort: 8080, protocol: 'UDP' }] });
    const { causes } = await diagnosed({
      objects: [
        udp,
        ...pods(),
        slice({ ports: [{ name: '', port: 8080, protocol: 'UDP' }], endpoints: pods().map(endpoint) }),
      ],
      connections: answering(A, B, C),
    });
    expect(causes).toEqual(['spec/protocol-mismatch']);
  });

  test('silence over UDP proves nothing: neither healthy nor broken', async () => {
    const udp = web({ ports: [{ port: 80, targetPort: 8080, protocol: 'UDP' }] });
    const members = pods({ ports: [{ containerPort: 8080, protocol: 'UDP' }] });
    const listed = slice({ ports: [{ name: '', port: 8080, protocol: 'UDP' }], endpoints: members.map(endpoint) });
    const { verdict } = await diagnosed({ objects: [udp, ...members, listed], connections: {} });
    expect(verdict).toBe('inconclusive');
  });

  test('an IPv6 Service over pods that have IPv4 alone', async () => {
    const six = web({ spec: { clusterIP: 'fd00::7', clusterIPs: ['fd00::7'], ipFamilies: ['IPv6'] } });
    const { causes } = await diagnosed({
      objects: [six, ...pods(), slice({ addressType: 'IPv6', endpoints: [] })],
      connections: { 'fd00::7:80': 'refused' },
      heard: { dns: { 'web.shop.svc.cluster.local.': ['fd00::7'] }, lookups: { '*': ['fd00::7'] } },
    });
    expect(causes).toEqual(['spec/family-mismatch']);
  });
});

test('that HTTP answers 404 or 403 is an answer', async () => {
  const missing: Attempt = { outcome: 'answered', durationMs: 3, httpStatus: 404 };
  const { verdict } = await diagnosed({
    objects: served(pods()),
    connections: { [VIP]: missing, [A]: missing, [B]: missing, [C]: missing },
  });
  expect(verdict).toBe('healthy');
});
