import type { ExecResult } from './cluster.ts';
import type { Command } from './command.ts';
import type { Fact } from './fact.ts';

/** Runs a program on a node: an argument vector, with the node's own programs (`on: 'host'`) or those of our image. */
export type NodeShell = (node: string, query: NodeQuery) => Promise<Fact<ExecResult>>;

export interface NodeQuery {
  argv: readonly string[];
  on: 'host' | 'image';
  timeoutMs: number;
  maxBytes: number;
}

/** Files that tell of bridges and of what is forwarded. Read where the network is the node's, with any files around. */
const NETWORK_FILES = [
  '/proc/sys/net/ipv4/ip_forward',
  '/proc/sys/net/bridge/bridge-nf-call-iptables',
  '/sys/class/net/*/ifindex',
  '/sys/class/net/*/flags',
  '/sys/class/net/*/brport/hairpin_mode',
  '/sys/class/net/*/brport/bridge/ifindex',
].join(' ');

/** CNI configurations may hold secrets: only these fields are looked at. */
const CNI = 'grep -sE hairpinMode|promiscMode|"type" -r /etc/cni/net.d'.replaceAll('"', '');

/** A kube-proxy that is no pod is asked on the node itself. */
const told = (port: number, path: string): string =>
  `printf 'GET ${path} HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' | nc 127.0.0.1 ${port}`;

/** Default ports: k8s.io/kubernetes/pkg/cluster/ports. The second one listens on the node's loopback interface alone. */
export const PROXY_PORTS = { health: 10_256, status: 10_249 };

/** What can be asked of a node, by name; each one a program with its arguments, none with a word from the cluster in it. */
export const NODE_PROGRAMS = {
  'iptables-nft': ['iptables-nft-save'],
  'iptables-legacy': ['iptables-legacy-save'],
  iptables: ['iptables-save'],
  ip6tables: ['ip6tables-save'],
  'nft-tables': ['nft', '-j', 'list', 'tables'],
  nft: ['nft', '-j', 'list', 'ruleset'],
  'nft-text': ['nft', 'list', 'ruleset'],
  ipvs: ['cat', '/proc/net/ip_vs'],
  conntrack: ['conntrack', '-L', '-p', 'udp'],
  'conntrack-file': ['cat', '/proc/net/nf_conntrack'],
  network: ['sh', '-c', `grep -s . ${NETWORK_FILES}`],
  cni: CNI.split(' '),
  'proxy-health': ['sh', '-c', told(PROXY_PORTS.health, '/healthz')],
  'proxy-mode': ['sh', '-c', told(PROXY_PORTS.status, '/proxyMode')],
} as const satisfies Record<string, readonly string[]>;

export type NodeProgram = keyof typeof NODE_PROGRAMS;

/** In front of what a program printed, when somebody runs them all. */
export const SECTION = '## ';

const ALL: readonly NodeProgram[] = [
  'iptables-nft',
  'iptables-legacy',
  'iptables',
  'ip6tables',
  'nft',
  'ipvs',
  'conntrack',
  'cni',
];

/** One static text: runs every program and prints its name before. `$0` is the name of the node. */
const SCRIPT = [
  `echo "${SECTION}node $0"`,
  `for c in ${ALL.map((name) => `'${NODE_PROGRAMS[name].join(' ')}'`).join(' ')} 'grep -s . ${NETWORK_FILES}'`,
  `do echo "${SECTION}$c"; $c; done 2>/dev/null`,
].join('; ');

/** For someone on the node: prints what {@link NODE_PROGRAMS} print, into a file as well. */
export const nodeCommand = (node: string): Command => ['sudo', 'sh', '-c', SCRIPT, node, '|', 'tee', `${node}.txt`];
