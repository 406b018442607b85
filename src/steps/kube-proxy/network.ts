/** Kernel settings without which rules are there and packets do not come past them. Looked at where connections fail. */
import type { Facts } from '../../facts/facts.ts';
import { nodeNetwork } from '../../facts/nodeNetwork.ts';
import type { Finding, Observation } from '../../model/finding.ts';
import { onNode } from './remedies.ts';
import { type Seen, seen } from './seen.ts';

const FORWARD = '/proc/sys/net/ipv4/ip_forward';
const BRIDGE = '/proc/sys/net/bridge/bridge-nf-call-iptables';

/** `isLost`: packets are lost there for certain. Else only what stops all of them is told. */
export async function networkOn(facts: Facts, node: string, isLost: boolean): Promise<Seen> {
  const network = await facts.ask(nodeNetwork(node));
  if (!network.known) return seen({});
  const { ipForward, bridgeNetfilter, links, pod = '' } = network.value;
  const setting = (file: string, value: string): Observation => ({
    what: 'kube-proxy.setting',
    params: { node, file, value },
    command: onNode(node, pod, 'cat', file),
  });
  const findings: Finding[] = [];
  const common = { severity: 'error', breaks: 'node-network', subject: { node } } as const;
  if (ipForward === false)
    findings.push({
      ...common,
      code: 'kube-proxy/ip-forward-off',
      params: { node },
      evidence: [setting(FORWARD, '0')],
      remedies: [{ id: 'switch-on', commands: [onNode(node, pod, 'sysctl', '-w', 'net.ipv4.ip_forward=1')] }],
    });
  // without a bridge every packet between pods is routed, and comes past the rules anyhow
  const bridged = links.some(({ bridge }) => bridge !== undefined);
  if (isLost && bridged && (bridgeNetfilter === 'off' || bridgeNetfilter === 'absent'))
    findings.push({
      ...common,
      code: 'kube-proxy/bridge-netfilter-off',
      params: { node, absent: bridgeNetfilter === 'absent' },
      evidence: [setting(BRIDGE, bridgeNetfilter === 'absent' ? '' : '0')],
      remedies: [{ id: 'switch-on', commands: switchOn(node, pod, bridgeNetfilter === 'absent') }],
    });
  return seen({ findings });
}

const switchOn = (node: string, pod: string, absent: boolean) => [
  ...(absent ? [onNode(node, '', 'modprobe', 'br_netfilter')] : []),
  onNode(node, pod, 'sysctl', '-w', 'net.bridge.bridge-nf-call-iptables=1'),
];
