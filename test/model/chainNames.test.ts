import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  type ChainSubject,
  iptablesChains,
  iptablesEndpointChain,
  nftablesChains,
  nftablesEndpointChain,
  servicePortName,
} from '../../src/model/chainNames.ts';

const recorded = (name: string) => readFileSync(new URL(`../recorded/${name}`, import.meta.url), 'utf8');

const hostnames: ChainSubject = { namespace: 'default', service: 'hostnames', portName: '', protocol: 'TCP' };
const dns: ChainSubject = { namespace: 'kube-system', service: 'kube-dns', portName: 'dns', protocol: 'UDP' };
const api: ChainSubject = { namespace: 'default', service: 'kubernetes', portName: 'https', protocol: 'TCP' };
/** pkg/proxy/iptables/proxier_test.go and pkg/proxy/nftables/proxier_test.go */
const kubeProxyTest: ChainSubject = { namespace: 'ns1', service: 'svc1', portName: 'p80', protocol: 'TCP' };

describe('iptables', () => {
  test.each([
    ['an unnamed port', hostnames, 'KUBE-SVC-YN5D6RYVEVZOH44Q'],
    ['a named port', { ...hostnames, portName: 'default' }, 'KUBE-SVC-ODX2UBAZM7RQWOIU'],
    ['UDP', dns, 'KUBE-SVC-TCOU7JCQXEZGVUNU'],
    ['the API server', api, 'KUBE-SVC-NPX46M4PTMTKRN6Y'],
  ])('%s', (_name, subject, expected) => {
    expect(iptablesChains(subject).cluster).toBe(expected);
  });

  test('every kind of chain shares the hash', () => {
    expect(iptablesChains(hostnames)).toEqual({
      cluster: 'KUBE-SVC-YN5D6RYVEVZOH44Q',
      local: 'KUBE-SVL-YN5D6RYVEVZOH44Q',
      external: 'KUBE-EXT-YN5D6RYVEVZOH44Q',
      firewall: 'KUBE-FW-YN5D6RYVEVZOH44Q',
    });
  });

  test.each(['10.244.0.5', '10.244.0.6', '10.244.0.7'])(
    'the endpoint chain of %s stands in recorded rules',
    (address) => {
      const chain = iptablesEndpointChain(hostnames, address, 9376);
      expect(recorded('iptables-save.hostnames.txt')).toContain(
        `-A ${chain} -p tcp -m comment --comment "default/hostnames" -m tcp -j DNAT --to-destination ${address}:9376`,
      );
    },
  );

  test('an IPv6 endpoint stands in brackets', () => {
    // sha256 of "default/hostnamestcp[fd00::5]:80", computed apart.
    expect(iptablesEndpointChain(hostnames, 'fd00::5', 80)).toBe('KUBE-SEP-BINI6JJT7JJOASQO');
  });

  test("the names in kube-proxy's own tests", () => {
    expect(iptablesChains(kubeProxyTest).cluster).toBe('KUBE-SVC-XPGD46QRK7WJZT7O');
    expect(iptablesEndpointChain(kubeProxyTest, '10.180.0.1', 80)).toBe('KUBE-SEP-SXIVWICOYRO3J4NJ');
  });
});

describe('nftables', () => {
  const rules = recorded('nft-list-table-ip-kube-proxy.txt');

  test.each([
    ['an unnamed port ends with a slash', hostnames, 'service-EJAJPSCL-default/hostnames/tcp/'],
    ['UDP', dns, 'service-FY5PMXPG-kube-system/kube-dns/udp/dns'],
    ['a named port', api, 'service-2QRHZV4L-default/kubernetes/tcp/https'],
  ])('%s', (_name, subject, expected) => {
    expect(nftablesChains(subject).cluster).toBe(expected);
    expect(rules).toContain(expected);
  });

  test('the external chain and the endpoint chains stand in recorded rules', () => {
    expect(rules).toContain(`goto ${nftablesChains(hostnames).external} `);
    for (const address of ['10.244.0.5', '10.244.0.6', '10.244.0.7']) {
      expect(rules).toContain(`chain ${nftablesEndpointChain(hostnames, address, 9376)} {`);
    }
  });

  test("the names in kube-proxy's own tests", () => {
    expect(nftablesChains(kubeProxyTest).cluster).toBe('service-ULMVA6XW-ns1/svc1/tcp/p80');
    expect(nftablesEndpointChain(kubeProxyTest, '10.180.0.1', 80)).toBe(
      'endpoint-5OJB2KTY-ns1/svc1/tcp/p80__10.180.0.1/80',
    );
  });

  test('colons of IPv6 become dots', () => {
    const subject: ChainSubject = { namespace: 'testing', service: 'service', portName: 'http', protocol: 'TCP' };
    expect(nftablesEndpointChain(subject, 'fd80:abcd:12::a1b2:c3d4:e5f6:9999', 80)).toBe(
      'endpoint-U7E2ET36-testing/service/tcp/http__fd80.abcd.12..a1b2.c3d4.e5f6.9999/80',
    );
  });

  test('names that are too long are cut', () => {
    const subject: ChainSubject = {
      namespace: 'very-long-namespace-name-abcdefghijklmnopqrstuvwxyz0123456789xx',
      service: 'very-long-service-name-why-would-you-even-do-this-i-mean-really',
      portName: 'port-443-providing-the-hypertext-transmission-protocol-with-tls',
      protocol: 'SCTP',
    };
    const name = `${subject.namespace}/${subject.service}/sctp/${subject.portName}__`;
    const chain = (address: string) => nftablesEndpointChain(subject, address, 443);
    expect(chain('1234:5678:9abc:def0::abc:1234')).toBe(`endpoint-5YS7AFEA-${name}1234.5678.9abc.def0..abc.1234/443`);
    expect(chain('1234:5678:9abc:def0::abcd:1234:5678')).toBe(
      `endpoint-CI6C53Q3-${name}1234.5678.9abc.def0..abcd.1234...`,
    );
  });
});

test('servicePortName, as rule comments have it', () => {
  expect(servicePortName(hostnames)).toBe('default/hostnames');
  expect(servicePortName(dns)).toBe('kube-system/kube-dns:dns');
});
