import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Firewall } from '../../../src/model/firewall/types.ts';
import { parseIptables } from '../../../src/parse/firewall/iptables.ts';
import { parseNftJson } from '../../../src/parse/firewall/nftJson.ts';
import { parseNftText } from '../../../src/parse/firewall/nftText.ts';
import { goes, NODE } from '../../model/firewall/ways.ts';

const recorded = (name: string) => readFileSync(new URL(`../../recorded/${name}`, import.meta.url), 'utf8');

interface Cluster {
  firewall: Firewall;
  web: string;
  local: string;
  none: string;
  pods: [string, string, string];
  nodePorts: { web: number; local: number; none: number };
}

/** kube-proxy 1.34.4, on the same Services twice: three endpoints, two policies of type Local, no endpoint. */
const IPTABLES = { web: '10.96.90.23', local: '10.96.1.252', none: '10.96.135.218' };
const NFTABLES = { web: '10.96.234.13', local: '10.96.31.76', none: '10.96.239.188' };
const clusters: [string, Cluster][] = [
  [
    'iptables-save',
    {
      firewall: parseIptables(recorded('kube-proxy/iptables-save-1.34.txt')),
      ...IPTABLES,
      pods: ['10.244.0.3', '10.244.1.3', '10.244.1.4'],
      nodePorts: { web: 31473, local: 30332, none: 32434 },
    },
  ],
  ...(
    [
      ['nft list ruleset', parseNftText(recorded('kube-proxy/nft-list-ruleset-1.34.txt'))],
      ['nft -j list ruleset', parseNftJson(recorded('kube-proxy/nft-list-ruleset-1.34.json'))],
    ] as const
  ).map(([name, firewall]): [string, Cluster] => [
    name,
    {
      firewall,
      ...NFTABLES,
      pods: ['10.244.0.3', '10.244.0.4', '10.244.1.3'],
      nodePorts: { web: 31509, local: 30771, none: 31812 },
    },
  ]),
];

describe.each(clusters)('%s of a real kube-proxy', (_, { firewall, web, local, none, pods, nodePorts }) => {
  it('is read to its end', () => {
    expect(firewall.complete).toBe(true);
  });
  it('leads a cluster IP to its endpoints, each with an equal share', () => {
    expect(goes(firewall, { destination: web, port: 80 })).toEqual(pods.map((pod) => `33% ${pod}:8080`));
  });
  it('tells UDP from TCP', () => {
    expect(goes(firewall, { destination: web, port: 53, protocol: 'udp' })).toEqual(pods.map((p) => `33% ${p}:8081`));
  });
  it('masquerades what a pod sends to itself, and only that', () => {
    expect(goes(firewall, { destination: web, port: 80, source: pods[0] })).toEqual([
      `33% ${pods[0]}:8080 masqueraded`,
      `33% ${pods[1]}:8080`,
      `33% ${pods[2]}:8080`,
    ]);
  });
  it('keeps to its own node where the policy is Local', () => {
    const here = pods.filter((pod) => pod.startsWith('10.244.0.'));
    const expected = here.map((pod) => `${100 / here.length}% ${pod}:8080`);
    expect(goes(firewall, { destination: local, port: 80 })).toEqual(expected);
    expect(goes(firewall, { destination: NODE, port: nodePorts.local, source: '192.0.2.1' })).toEqual(expected);
  });
  it('leads pods that ask a node port to all endpoints in spite of that policy', () => {
    expect(goes(firewall, { destination: NODE, port: nodePorts.local })).toHaveLength(3);
  });
  it('masquerades clients from outside at a node port', () => {
    expect(goes(firewall, { destination: NODE, port: nodePorts.web, source: '192.0.2.1' })).toEqual(
      pods.map((pod) => `33% ${pod}:8080 masqueraded`),
    );
  });
  it('rejects what has no endpoints', () => {
    expect(goes(firewall, { destination: none, port: 80 })).toEqual([expect.stringMatching(/^100% rejected by /)]);
    expect(goes(firewall, { destination: NODE, port: nodePorts.none })).toEqual([
      expect.stringMatching(/^100% rejected by /),
    ]);
  });
  it('admits to a load balancer only the sources that the Service names', () => {
    const lb = { destination: '203.0.113.5', port: 80 };
    expect(goes(firewall, { ...lb, source: '10.0.2.1' })).toHaveLength(3);
    expect(goes(firewall, { ...lb, source: '192.0.2.1' })).toEqual([expect.stringMatching(/^100% dropped by /)]);
  });
  it('leads an external IP to the endpoints', () => {
    expect(goes(firewall, { destination: '198.51.100.7', port: 80, source: '192.0.2.1' })).toHaveLength(3);
  });
});

it('reads the same from JSON and from text', () => {
  const [text, json] = [clusters[1]?.[1].firewall, clusters[2]?.[1].firewall];
  const shape = (firewall: Firewall | undefined) =>
    firewall?.tables.map(({ family, name, chains, maps, sets }) => [
      `${family} ${name}`,
      [...chains].map(([chain, { rules }]) => [chain, rules.length]),
      [...maps.keys()].filter((map) => !map.startsWith('nameless')),
      [...sets.keys()],
    ]);
  expect(shape(text)).toEqual(shape(json));
});

describe('rules made by hand after the source of kube-proxy', () => {
  it.each([
    ['iptables 1.8.9', parseIptables(recorded('iptables-save.full.txt'))],
    ['nft 1.0.6, text', parseNftText(recorded('nft-list-table-ip-kube-proxy.txt'))],
    ['nft 1.0.6, JSON', parseNftJson(recorded('nft-list-table-ip-kube-proxy.json'))],
  ])('%s', (_, firewall) => {
    const ends = goes(firewall, { destination: '10.0.1.175', port: 80 }).map((end) => end.replace('%', ' %'));
    expect(ends).toEqual(['33 % 10.244.0.5:9376', '33 % 10.244.0.6:9376', '33 % 10.244.0.7:9376']);
    expect(goes(firewall, { destination: '10.0.1.176', port: 80 })[0]).toMatch(/^100% rejected/);
    expect(goes(firewall, { destination: '10.0.1.177', port: 80 })[0]).toMatch(/^100% dropped/);
  });
});

it('sees a wrong cluster CIDR: requests of pods are masqueraded', () => {
  const firewall = parseIptables(recorded('kube-proxy/iptables-save-wrong-cidr.txt'));
  const ends = goes(firewall, { destination: IPTABLES.web, port: 80 });
  expect(ends).toHaveLength(3);
  expect(ends.every((end) => end.endsWith('masqueraded'))).toBe(true);
});
