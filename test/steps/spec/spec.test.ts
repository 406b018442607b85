import { describe, expect, test } from 'vitest';
import { spec } from '../../../src/steps/spec/spec.ts';
import { factsOf, type World } from '../../support/facts.ts';
import { pod, service } from '../../support/objects.ts';
import { wellSaid } from '../../support/sentences.ts';
import { endpoint, slice } from '../../support/workloads.ts';

const check = async (world: World) => wellSaid(await spec.check(factsOf(world)));
const findingsOf = async (world: World) => (await check(world)).findings;
const VIP = '10.96.0.10:80';
const backed = slice({ endpoints: [endpoint(pod())] });

describe('not to be judged', () => {
  test('no Service', async () => {
    expect(await check({})).toMatchObject({ outcome: 'skip', reason: { what: 'spec.no-service' } });
  });

  test('an ExternalName', async () => {
    expect(
      await check({ objects: [service({ spec: { type: 'ExternalName', externalName: 'example.com' } })] }),
    ).toMatchObject({
      outcome: 'skip',
      reason: { what: 'spec.external-name' },
    });
  });

  test('a Service that may not be read', async () => {
    expect(await check({ forbidden: ['get services'] })).toMatchObject({
      outcome: 'unknown',
      obstacles: [{ resource: 'services' }],
    });
  });

  test('pods that may not be read hide what matters, unless the Service answers', async () => {
    const world = { objects: [service(), backed], forbidden: ['list pods'] };
    expect(await check(world)).toMatchObject({ outcome: 'unknown', obstacles: [{ resource: 'pods' }] });
    expect(await check({ ...world, connections: { [VIP]: 'answered' } })).toMatchObject({
      outcome: 'pass',
      obstacles: [{ resource: 'pods' }],
    });
  });
});

test('fields that change who is served how are noted, and are no faults', async () => {
  const one = service({
    spec: {
      type: 'LoadBalancer',
      allocateLoadBalancerNodePorts: false,
      externalIPs: ['192.0.2.1'],
      loadBalancerSourceRanges: ['192.0.2.0/24'],
      publishNotReadyAddresses: true,
      sessionAffinity: 'ClientIP',
    },
    ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }],
  });
  const result = await check({ objects: [one, pod()] });
  expect(result).toMatchObject({ outcome: 'pass', findings: [] });
  expect(result.observations.map(({ what }) => what)).toEqual([
    'spec.port',
    'spec.node-port',
    'spec.no-node-ports',
    'spec.external-ips',
    'spec.source-ranges',
    'spec.publish-not-ready',
    'spec.session-affinity',
  ]);
});

describe('a label that makes kube-proxy pass the Service over', () => {
  const labelled = service({ labels: { 'service.kubernetes.io/service-proxy-name': 'other' } });
  test.each([
    ['refused', 'error'],
    [undefined, 'warning'],
  ] as const)('the cluster IP is %s', async (outcome, severity) => {
    const connections = outcome && { [VIP]: outcome };
    expect(await findingsOf({ objects: [labelled, pod()], ...(connections && { connections }) })).toMatchObject([
      {
        code: 'spec/other-proxy',
        severity,
        params: { value: 'other' },
        remedies: [
          {
            commands: [
              ['kubectl', '-n', 'shop', 'label', 'service', 'web', 'service.kubernetes.io/service-proxy-name-'],
            ],
          },
        ],
      },
    ]);
  });

  test('is fine while the Service answers', async () => {
    expect(await findingsOf({ objects: [labelled, pod(), backed], connections: { [VIP]: 'answered' } })).toEqual([]);
  });
});

describe('address families', () => {
  const families = (ipFamilies: string[], clusterIPs = ['fd00::1']) =>
    service({ spec: { ipFamilies, clusterIP: clusterIPs[0] ?? '', clusterIPs } });

  test('none of which the pods have: an error, and the other family can be added', async () => {
    expect(await findingsOf({ objects: [families(['IPv6']), pod()] })).toMatchObject([
      {
        code: 'spec/family-mismatch',
        severity: 'error',
        params: { families: ['IPv6'], podFamilies: ['IPv4'] },
        remedies: [{ patch: { body: [{ value: 'PreferDualStack' }, { value: ['IPv6', 'IPv4'] }] } }],
      },
    ]);
  });

  test.each([
    [undefined, 'warning'],
    ['refused', 'error'],
    ['answered', 'warning'],
  ] as const)('one of two is lacking, and its address is %s', async (outcome, severity) => {
    const objects = [families(['IPv4', 'IPv6'], ['10.96.0.10', 'fd00::1']), pod()];
    const connections = outcome && { [VIP]: 'answered' as const, 'fd00::1:80': outcome };
    expect(await findingsOf({ objects, ...(connections && { connections }) })).toMatchObject([
      { code: 'spec/family-mismatch', severity, params: { families: ['IPv6'] } },
    ]);
  });

  test('dual-stack pods are fine', async () => {
    const dual = pod({ status: { podIPs: [{ ip: '10.244.0.5' }, { ip: 'fd00:10::5' }] } });
    expect(await findingsOf({ objects: [families(['IPv6', 'IPv4'], ['fd00::1', '10.96.0.10']), dual] })).toEqual([]);
  });
});

describe('a headless Service', () => {
  const headless = (port: number) =>
    service({
      spec: { clusterIP: 'None', clusterIPs: ['None'] },
      ports: [{ port, targetPort: 8080, protocol: 'TCP' }],
    });

  test('whose port is that of the pods is fine', async () => {
    expect(await findingsOf({ objects: [headless(8080), pod(), backed] })).toEqual([]);
  });

  test.each([
    ['not asked', undefined, 'warning'],
    ['refused', { '10.244.0.5:80': 'refused', '10.244.0.5:8080': 'answered' }, 'error'],
    ['silent', { '10.244.0.5:80': 'silent', '10.244.0.5:8080': 'answered' }, 'warning'],
    ['refused, as theirs is', { '10.244.0.5:80': 'refused', '10.244.0.5:8080': 'refused' }, 'warning'],
  ] as const)('whose port is another, and %s on the pods', async (_, connections, severity) => {
    const asked = connections && { connections };
    expect(await findingsOf({ objects: [headless(80), pod(), backed], ...asked })).toMatchObject([
      { code: 'spec/headless-port-remap', severity, breaks: 'spec', params: { port: '80/TCP', number: 8080 } },
    ]);
  });

  test('whose pods answer on its port as well is fine', async () => {
    const connections = { '10.244.0.5:80': 'answered', '10.244.0.5:8080': 'answered' } as const;
    expect(await findingsOf({ objects: [headless(80), pod(), backed], connections })).toEqual([]);
  });
});

describe('a cluster IP outside the service ranges', () => {
  const range = (...cidrs: string[]) => ({ kind: 'ServiceCIDR', metadata: { name: 'kubernetes' }, spec: { cidrs } });
  const world = (cidr: string, vip: 'silent' | 'answered'): World => ({
    objects: [service(), pod(), backed, range(cidr)],
    connections: { [VIP]: vip, '10.244.0.5:8080': 'answered' },
  });

  test('is a suspicion where it is silent and the pods answer', async () => {
    expect(await findingsOf(world('10.200.0.0/16', 'silent'))).toMatchObject([
      {
        code: 'spec/address-out-of-range',
        severity: 'warning',
        params: { address: '10.96.0.10', ranges: ['10.200.0.0/16'] },
      },
    ]);
  });

  test.each([
    ['10.96.0.0/12', 'silent'],
    ['10.200.0.0/16', 'answered'],
  ] as const)('%s, %s: nothing', async (cidr, vip) => {
    expect(await findingsOf(world(cidr, vip))).toEqual([]);
  });

  test('is not asked for on a Service that answers', async () => {
    const facts = factsOf(world('10.200.0.0/16', 'answered'));
    await spec.check(facts);
    expect(facts.asked).not.toContain('list servicecidrs');
  });
});
