import { describe, expect, it } from 'vitest';
import { entriesOn } from '../../src/model/proxyEntries.ts';
import { pod, service } from '../support/objects.ts';
import { endpoint, slice } from '../support/workloads.ts';

const one = pod();
const two = pod({ name: 'web-6c5d8b7f9-bbbbb', ip: '10.244.1.6', node: 'node2' });
const slices = [slice({ endpoints: [endpoint(one), endpoint(two)] })];
const place = { name: 'node1', addresses: ['172.30.0.11'] };
const BOTH = ['10.244.0.5:8080', '10.244.1.6:8080'];

function entries(spec: Parameters<typeof service>[0], ports = service(spec).spec?.ports ?? []) {
  return entriesOn(service(spec), ports, slices, place).map(({ kind, address, port, wanted, whenEmpty }) => ({
    at: `${kind} ${address}:${port}`,
    wanted,
    ...(wanted.length === 0 && { whenEmpty }),
  }));
}

describe('the entries of a Service', () => {
  it('are its cluster IP alone, as a rule', () => {
    expect(entries({})).toEqual([{ at: 'cluster-ip 10.96.0.10:80', wanted: BOTH }]);
  });
  it('are every address that it has', () => {
    const ports = [{ port: 80, targetPort: 8080, nodePort: 30080, protocol: 'TCP' }];
    const spec = { type: 'LoadBalancer', externalIPs: ['198.51.100.7'] };
    const status = {
      loadBalancer: { ingress: [{ ip: '203.0.113.5' }, { ip: '203.0.113.6', ipMode: 'Proxy' }, { hostname: 'lb' }] },
    };
    expect(entries({ ports, spec, status }).map(({ at }) => at)).toEqual([
      'cluster-ip 10.96.0.10:80',
      'node-port 172.30.0.11:30080',
      'external-ip 198.51.100.7:80',
      'load-balancer 203.0.113.5:80',
    ]);
  });
  it('lead to the node alone where the policy is Local, each kind by its own policy', () => {
    const ports = [{ port: 80, targetPort: 8080, nodePort: 30080, protocol: 'TCP' }];
    expect(entries({ ports, spec: { internalTrafficPolicy: 'Local' } })).toEqual([
      { at: 'cluster-ip 10.96.0.10:80', wanted: ['10.244.0.5:8080'] },
      { at: 'node-port 172.30.0.11:30080', wanted: BOTH },
    ]);
    expect(entries({ ports, spec: { externalTrafficPolicy: 'Local' } })[1]?.wanted).toEqual(['10.244.0.5:8080']);
  });
  it('drop what finds no endpoint on the node, and refuse where there is none at all', () => {
    const local = service({ spec: { internalTrafficPolicy: 'Local' } });
    const away = { name: 'node3', addresses: [] };
    const [dropped] = entriesOn(local, local.spec?.ports ?? [], slices, away);
    expect(dropped).toMatchObject({ wanted: [], whenEmpty: 'dropped' });
    const [refused] = entriesOn(service(), service().spec?.ports ?? [], [], place);
    expect(refused).toMatchObject({ wanted: [], whenEmpty: 'refused' });
  });
  it('of IPv6 lead to endpoints of IPv6', () => {
    const dual = {
      clusterIPs: ['10.96.0.10', 'fd00::a'],
      ipFamilies: ['IPv4', 'IPv6'],
      ipFamilyPolicy: 'RequireDualStack',
    };
    const six = slice({
      name: 'web-six',
      addressType: 'IPv6',
      endpoints: [{ ...endpoint(one), addresses: ['fd00::5'] }],
    });
    const found = entriesOn(service({ spec: dual }), service().spec?.ports ?? [], [...slices, six], place);
    expect(found.map(({ address, wanted }) => [address, wanted])).toEqual([
      ['10.96.0.10', BOTH],
      ['fd00::a', ['[fd00::5]:8080']],
    ]);
  });
  it('are entered by a client such as they are for', () => {
    const ports = [{ port: 80, targetPort: 8080, protocol: 'TCP' }];
    const spec = { type: 'LoadBalancer', loadBalancerSourceRanges: ['10.0.0.0/8'], externalIPs: ['198.51.100.7'] };
    const status = { loadBalancer: { ingress: [{ ip: '203.0.113.5' }] } };
    const made = service({ ports, spec, status });
    const found = entriesOn(made, ports, slices, { ...place, client: '10.244.0.9' });
    expect(found.map(({ source }) => source)).toEqual(['10.244.0.9', '192.0.2.1', '10.0.0.0']);
  });
});
