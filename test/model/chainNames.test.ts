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

  /** From TestServicePortEndpointChainName-like hashes of kube-proxy's own unit tests. */
  test('an IPv6 endpoint stands in brackets', () => {
    expect(iptablesEndpointChain(hostnames, 'fd00::5', 80)).not.toBe(iptablesEndpointChain(hostnames, 'fd00', 580));
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

  test('colons of IPv6 become dots', () => {
    expect(nftablesEndpointChain(hostnames, 'fd00:10::5', 80)).toMatch(
      /^endpoint-[A-Z2-7]{8}-default\/hostnames\/tcp\/__fd00\.10\.\.5\/80$/,
    );
  });

  test('names that are too long are cut', () => {
    const long = 'a'.repeat(63);
    const subject: ChainSubject = { namespace: long, service: long, portName: long, protocol: 'SCTP' };
    const chain = nftablesEndpointChain(subject, '1111:2222:3333:4444:5555:6666:7777:8888', 65535);
    expect(chain.slice('endpoint-'.length)).toHaveLength(240);
    expect(chain).toMatch(/\.\.\.$/);
  });
});

test('servicePortName, as rule comments have it', () => {
  expect(servicePortName(hostnames)).toBe('default/hostnames');
  expect(servicePortName(dns)).toBe('kube-system/kube-dns:dns');
});
