import { textHash } from './chains.ts';
import type { NodeNetwork } from './node.ts';
import type { ServiceRule } from './rules.ts';

const MAPS = {
  'no-endpoint-services': 'vmap to drop or reject packets to services with no endpoints',
  'service-ips': 'ClusterIP, ExternalIP and LoadBalancer IP traffic',
  'no-endpoint-nodeports': 'vmap to drop or reject packets to service nodeports with no endpoints',
  'service-nodeports': 'NodePort traffic',
  'firewall-ips': 'destinations that are subject to LoadBalancerSourceRanges',
} as const;

const BASE: Record<string, string[]> = {
  'filter-prerouting-pre-dnat': [
    'type filter hook prerouting priority dstnat - 10; policy accept;',
    'ct state new jump firewall-check',
  ],
  'filter-output-pre-dnat': [
    'type filter hook output priority -110; policy accept;',
    'ct state new jump firewall-check',
  ],
  'filter-forward': [
    'type filter hook forward priority filter; policy accept;',
    'ct state new jump service-endpoints-check',
    'ct state new jump cluster-ips-check',
  ],
  'filter-input': [
    'type filter hook input priority filter; policy accept;',
    'ct state new jump nodeport-endpoints-check',
    'ct state new jump service-endpoints-check',
  ],
  'filter-output': [
    'type filter hook output priority filter; policy accept;',
    'ct state new jump service-endpoints-check',
    'ct state new jump cluster-ips-check',
  ],
  'firewall-check': ['ip daddr . meta l4proto . th dport vmap @firewall-ips'],
  'mark-for-masquerade': ['meta mark set meta mark | 0x00004000'],
  masquerading: [
    'meta mark & 0x00004000 == 0x00000000 return',
    'meta mark set meta mark ^ 0x00004000',
    'masquerade fully-random',
  ],
  'nat-output': ['type nat hook output priority -100; policy accept;', 'jump services'],
  'nat-postrouting': ['type nat hook postrouting priority srcnat; policy accept;', 'jump masquerading'],
  'nat-prerouting': ['type nat hook prerouting priority dstnat; policy accept;', 'jump services'],
  'nodeport-endpoints-check': ['ip daddr @nodeport-ips meta l4proto . th dport vmap @no-endpoint-nodeports'],
  'reject-chain': ['comment "helper for @no-endpoint-services / @no-endpoint-nodeports"', 'reject'],
  services: [
    'ip daddr . meta l4proto . th dport vmap @service-ips',
    'ip daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports',
  ],
  'service-endpoints-check': ['ip daddr . meta l4proto . th dport vmap @no-endpoint-services'],
  'cluster-ips-check': [
    'ip daddr @cluster-ips reject comment "Reject traffic to invalid ports of ClusterIPs"',
    'ip daddr 10.96.0.0/12 drop comment "Drop traffic to unallocated ClusterIPs"',
  ],
};

const block = (head: string, lines: readonly string[]) =>
  `\t${head} {\n${lines.map((line) => `\t\t${line}\n`).join('')}\t}\n`;
const elements = (list: readonly string[]) =>
  list.length > 0 ? [`elements = { ${list.join(',\n\t\t\t     ')} }`] : [];

const baseName = ({ name, portName, protocol }: ServiceRule): string => {
  const text = `${name.replace(/:.*$/, '')}/${protocol.toLowerCase()}/${portName}`;
  return `${textHash(text)}-${text}`;
};

const serviceKey = ({ address, protocol, port }: ServiceRule) => `${address} . ${protocol.toLowerCase()} . ${port}`;

function mapElements({ rules, flushed }: NodeNetwork): Record<keyof typeof MAPS, string[]> {
  const refused = (rule: ServiceRule, does: string) =>
    `comment "${rule.name}" : ${does === 'drop' ? 'drop' : 'goto reject-chain'}`;
  const ofNodePorts = rules.filter(({ nodePort, outside }) => nodePort && outside);
  const nodeKey = ({ protocol, nodePort }: ServiceRule) => `${protocol.toLowerCase()} . ${nodePort}`;
  return {
    'no-endpoint-services': rules
      .filter(({ inside }) => inside.does !== 'forward')
      .map((rule) => `${serviceKey(rule)} ${refused(rule, rule.inside.does)}`),
    'service-ips': flushed
      ? []
      : rules
          .filter(({ inside }) => inside.does === 'forward')
          .map((rule) => `${serviceKey(rule)} : goto service-${baseName(rule)}`),
    'no-endpoint-nodeports': ofNodePorts
      .filter(({ outside }) => outside?.does !== 'forward')
      .map((rule) => `${nodeKey(rule)} ${refused(rule, rule.outside?.does ?? '')}`),
    'service-nodeports': ofNodePorts
      .filter(({ outside }) => outside?.does === 'forward')
      .map((rule) => `${nodeKey(rule)} : goto external-${baseName(rule)}`),
    'firewall-ips': [],
  };
}

function chainsOf(rule: ServiceRule): string[] {
  const base = baseName(rule);
  const { inside, outside, address, protocol } = rule;
  const destinations = inside.does === 'forward' ? inside.destinations : (outside?.destinations ?? []);
  if (destinations.length === 0) return [];
  const name = (to: string) => {
    const text = `${base.slice(9)}__${to}`;
    return `endpoint-${textHash(text)}-${text}`;
  };
  const ends = destinations.map((to) => ({ ...to, chain: name(`${to.address}/${to.port}`) }));
  const spread = ends.map(({ chain }, i) => `${i} : goto ${chain}`).join(', ');
  return [
    block(`chain service-${base}`, [
      `ip daddr ${address} ip saddr != 10.244.0.0/16 jump mark-for-masquerade`,
      `numgen random mod ${ends.length} vmap { ${spread} }`,
    ]),
    ...(outside?.does === 'forward'
      ? [block(`chain external-${base}`, ['jump mark-for-masquerade', `goto service-${base}`])]
      : []),
    ...ends.map((to) =>
      block(`chain ${to.chain}`, [
        `ip saddr ${to.address} jump mark-for-masquerade`,
        `meta l4proto ${protocol.toLowerCase()} dnat to ${to.address}:${to.port}`,
      ]),
    ),
  ];
}

/** What `nft list table ip kube-proxy` prints, as kube-proxy of 1.34 writes it: pkg/proxy/nftables/proxier.go. */
export function nftTable(node: NodeNetwork): string {
  const lists = mapElements(node);
  const type = (name: string) =>
    name.endsWith('nodeports') ? 'inet_proto . inet_service' : 'ipv4_addr . inet_proto . inet_service';
  const addresses = [...new Set(node.rules.map(({ address }) => address))];
  const parts = [
    '\tcomment "rules for kube-proxy"\n',
    block('set cluster-ips', ['type ipv4_addr', 'comment "Active ClusterIPs"', ...elements(addresses)]),
    block('set nodeport-ips', [
      'type ipv4_addr',
      'comment "IPs that accept NodePort traffic"',
      ...elements([node.place.address]),
    ]),
    ...Object.entries(MAPS).map(([name, comment]) =>
      block(`map ${name}`, [
        `type ${type(name)} : verdict`,
        `comment "${comment}"`,
        ...elements(lists[name as keyof typeof MAPS]),
      ]),
    ),
    ...Object.entries(BASE).map(([name, lines]) => block(`chain ${name}`, lines)),
    ...node.rules.flatMap(chainsOf),
  ];
  return `table ip kube-proxy {\n${parts.join('\n')}}\n`;
}
