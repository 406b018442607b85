import { describe, expect, test } from 'vitest';
import { clusterZoneFor, interceptors, parseCorefile, servedZones } from '../../src/parse/corefile.ts';

const KUBEADM = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30
    loop
}
`;

describe('parseCorefile', () => {
  test('reads the Corefile of kubeadm', () => {
    const [block] = parseCorefile(KUBEADM);
    expect(block?.zones).toEqual(['']);
    expect(block?.plugins.map(({ name }) => name)).toEqual([
      'errors',
      'health',
      'ready',
      'kubernetes',
      'forward',
      'cache',
      'loop',
    ]);
    expect(block?.plugins[3]).toEqual({
      name: 'kubernetes',
      args: ['cluster.local', 'in-addr.arpa', 'ip6.arpa'],
      options: [
        { name: 'pods', args: ['insecure'] },
        { name: 'fallthrough', args: ['in-addr.arpa', 'ip6.arpa'] },
        { name: 'ttl', args: ['30'] },
      ],
    });
  });

  test('comments, braces on one line, snippets and several zones', () => {
    const blocks = parseCorefile(`
(common) { # shared
  errors
  cache 30
}
corp.example:53, dns://Lab.Example.:53 {
  import common
  forward . 10.0.0.1 # the office
}
cluster.local { kubernetes }
import ../custom/*.server
`);
    expect(blocks.map(({ zones }) => zones)).toEqual([['corp.example', 'lab.example'], ['cluster.local']]);
    expect(blocks[0]?.plugins.map(({ name }) => name)).toEqual(['errors', 'cache', 'forward']);
    expect(blocks[1]?.plugins).toEqual([{ name: 'kubernetes', args: [], options: [] }]);
  });

  test.each(['', '}', '{', '.:53 {', 'a b c'])('does not stumble over %j', (text) => {
    expect(Array.isArray(parseCorefile(text))).toBe(true);
  });
});

describe('clusterZoneFor', () => {
  const zoneFor = (corefile: string, domain = 'cluster.local') => clusterZoneFor(parseCorefile(corefile), domain);

  test.each([
    ['kubeadm', KUBEADM, ['cluster.local', 'in-addr.arpa', 'ip6.arpa']],
    [
      'a block for the zone itself',
      'cluster.local:53 {\n kubernetes\n}\n.:53 {\n forward . 8.8.8.8\n}',
      ['cluster.local'],
    ],
    ['the root zone for all', '.:53 {\n kubernetes .\n}', ['']],
  ])('%s serves it', (_what, corefile, zones) => {
    expect(zoneFor(corefile)?.zones).toEqual(zones);
  });

  test.each([
    ['no kubernetes plugin', '.:53 {\n errors\n forward . /etc/resolv.conf\n}'],
    ['another zone', '.:53 {\n kubernetes corp.local\n}'],
    ['no block for it', 'corp.local:53 {\n kubernetes corp.local\n}'],
    ['a longer zone takes it away', '.:53 {\n kubernetes cluster.local\n}\ncluster.local:53 {\n forward . 10.0.0.1\n}'],
    ['an empty Corefile', ''],
  ])('%s does not', (_what, corefile) => {
    expect(zoneFor(corefile)).toBeUndefined();
  });

  test('namespaces that are served alone', () => {
    expect(zoneFor('.:53 {\n kubernetes cluster.local {\n  namespaces default shop\n }\n}')?.namespaces).toEqual([
      'default',
      'shop',
    ]);
  });
});

test('servedZones leaves zones of addresses out', () => {
  expect(servedZones(parseCorefile(KUBEADM))).toEqual(['cluster.local']);
});

test('interceptors are those of the block that answers, with what they say', () => {
  const blocks = parseCorefile(
    '.:53 {\n hosts {\n  192.0.2.44 web.shop.svc.cluster.local\n  fallthrough\n }\n kubernetes cluster.local\n}\nother:53 {\n rewrite name a b\n}',
  );
  expect(interceptors(blocks, 'cluster.local')).toEqual(['hosts 192.0.2.44 web.shop.svc.cluster.local fallthrough']);
  expect(interceptors(parseCorefile(KUBEADM), 'cluster.local')).toEqual([]);
});
