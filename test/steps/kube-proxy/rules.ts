/** Rules as kube-proxy writes them, for the Service of a test. */
import {
  iptablesChains,
  iptablesEndpointChain,
  nftablesChains,
  nftablesEndpointChain,
} from '../../../src/model/chainNames.ts';

const WEB = { namespace: 'shop', service: 'web', portName: '', protocol: 'TCP' as const };
const VIP = '10.96.0.10';
const split = (endpoint: string): [string, number] => {
  const [address = '', port] = endpoint.split(':');
  return [address, Number(port)];
};

interface Made {
  endpoints: readonly string[];
  /** 80 unless told otherwise. */
  port?: number;
  protocol?: 'TCP' | 'UDP';
  nodePort?: number;
  /** Rules before the jump to those of Services, table by table. */
  before?: Partial<Record<'raw' | 'nat' | 'filter', readonly string[]>>;
  /** Lines that somebody took out. */
  without?: RegExp;
  clusterCIDR?: string;
}

/** `iptables-save` of a node, with Service `web` of namespace `shop`. */
export function iptablesSave({ endpoints, without, before = {}, ...made }: Made): string {
  const { port = 80, protocol = 'TCP', nodePort, clusterCIDR = '10.244.0.0/16' } = made;
  const subject = { ...WEB, protocol };
  const proto = protocol.toLowerCase();
  const { cluster, external } = iptablesChains(subject);
  const jumps = endpoints.map((endpoint, i) => {
    const chance =
      i === endpoints.length - 1 ? '' : ` -m statistic --mode random --probability ${1 / (endpoints.length - i)}`;
    return `-A ${cluster} -m comment --comment "shop/web -> ${endpoint}"${chance} -j ${iptablesEndpointChain(subject, ...split(endpoint))}`;
  });
  const ends = endpoints.flatMap((endpoint) => {
    const chain = iptablesEndpointChain(subject, ...split(endpoint));
    return [
      `-A ${chain} -s ${split(endpoint)[0]}/32 -m comment --comment "shop/web" -j KUBE-MARK-MASQ`,
      `-A ${chain} -p ${proto} -m comment --comment "shop/web" -m ${proto} -j DNAT --to-destination ${endpoint}`,
    ];
  });
  const entry = `-d ${VIP}/32 -p ${proto} -m comment --comment "shop/web cluster IP" -m ${proto} --dport ${port}`;
  const lines = [
    '*raw',
    ':PREROUTING ACCEPT [0:0]',
    ...(before.raw ?? []),
    'COMMIT',
    '*filter',
    ':FORWARD ACCEPT [0:0]',
    ':KUBE-SERVICES - [0:0]',
    ...(before.filter ?? []),
    '-A FORWARD -m conntrack --ctstate NEW -j KUBE-SERVICES',
    ...(endpoints.length === 0 ? [`-A KUBE-SERVICES ${entry} -j REJECT --reject-with icmp-port-unreachable`] : []),
    'COMMIT',
    '*nat',
    ':PREROUTING ACCEPT [0:0]',
    ':POSTROUTING ACCEPT [0:0]',
    ':KUBE-SERVICES - [0:0]',
    `:${cluster} - [0:0]`,
    ...(before.nat ?? []),
    '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
    '-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING',
    '-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000',
    '-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN',
    '-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0',
    '-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully',
    ...(endpoints.length > 0 ? [`-A KUBE-SERVICES ${entry} -j ${cluster}`] : []),
    ...(nodePort ? [`-A KUBE-NODEPORTS -p ${proto} -m ${proto} --dport ${nodePort} -j ${external}`] : []),
    '-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS',
    `-A ${external} -j KUBE-MARK-MASQ`,
    `-A ${external} -j ${cluster}`,
    `-A ${cluster} ! -s ${clusterCIDR} ${entry} -j KUBE-MARK-MASQ`,
    ...jumps,
    ...ends,
    'COMMIT',
  ];
  return lines.filter((line) => !without?.test(line)).join('\n');
}

/** `nft list ruleset` of a node, with the same Service. `without` takes out elements and rules. */
export function nftRuleset({ endpoints, without, port = 80 }: Made): string {
  const { cluster } = nftablesChains(WEB);
  const chains = endpoints.map((endpoint) => nftablesEndpointChain(WEB, ...split(endpoint)));
  const element = `${VIP} . 6 . ${port} : goto ${cluster}`;
  const lines = [
    'table ip kube-proxy {',
    '\tset cluster-ips {',
    '\t\ttype ipv4_addr',
    `\t\telements = { ${VIP} }`,
    '\t}',
    '\tmap service-ips {',
    '\t\ttype ipv4_addr . inet_proto . inet_service : verdict',
    ...(without?.test(element) ? [] : [`\t\telements = { ${element} }`]),
    '\t}',
    '\tchain nat-prerouting {',
    '\t\ttype nat hook prerouting priority dstnat; policy accept;',
    '\t\tjump services',
    '\t}',
    '\tchain nat-postrouting {',
    '\t\ttype nat hook postrouting priority srcnat; policy accept;',
    '\t\tjump masquerading',
    '\t}',
    '\tchain filter-forward {',
    '\t\ttype filter hook forward priority filter; policy accept;',
    '\t\tct state new jump cluster-ips-check',
    '\t}',
    '\tchain services {',
    '\t\tip daddr . meta l4proto . th dport vmap @service-ips',
    '\t}',
    '\tchain cluster-ips-check {',
    '\t\tip daddr @cluster-ips reject comment "Reject traffic to invalid ports of ClusterIPs"',
    '\t}',
    '\tchain masquerading {',
    '\t\tmeta mark & 0x00004000 == 0x00000000 return',
    '\t\tmasquerade fully-random',
    '\t}',
    '\tchain mark-for-masquerade {',
    '\t\tmeta mark set meta mark | 0x00004000',
    '\t}',
    `\tchain ${cluster} {`,
    `\t\tip daddr ${VIP} ip saddr != 10.244.0.0/16 jump mark-for-masquerade`,
    `\t\tnumgen random mod ${endpoints.length} vmap { ${chains.map((chain, i) => `${i} : goto ${chain}`).join(', ')} }`,
    '\t}',
    ...endpoints.flatMap((endpoint, i) => [
      `\tchain ${chains[i]} {`,
      `\t\tip saddr ${split(endpoint)[0]} jump mark-for-masquerade`,
      `\t\tmeta l4proto 6 dnat to ${endpoint}`,
      '\t}',
    ]),
    '}',
  ];
  return lines.filter((line) => !without?.test(line)).join('\n');
}
