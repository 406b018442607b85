/** What a pod that cannot reach itself is told: where it gets stuck, and what mends that. */
import type { Facts } from '../../facts/facts.ts';
import { type SelfPath, selfPath } from '../../facts/selfPath.ts';
import { type Command, kubectl } from '../../model/command.ts';
import { valueOr } from '../../model/fact.ts';
import type { Finding, Observation, Remedy } from '../../model/finding.ts';
import type { Pod } from '../../model/kubernetes.ts';
import type { Because } from './findings.ts';
import './findings.ts';

interface Params {
  pod: string;
  port: string;
  asked: number;
  failures: number;
  backends: number;
  /** Connections that took a second and more. */
  slow: number;
}

export async function failing(facts: Facts, pod: Pod, params: Params, failed: Observation): Promise<Finding> {
  const path = facts.consent.nodeChecks ? valueOr(await facts.ask(selfPath(pod)), null) : null;
  const node = pod.spec?.nodeName ?? '';
  const because: Because = path?.finding ?? '';
  const { link = '', bridge = '' } = path ?? {};
  return {
    code: 'hairpin/fails',
    severity: 'error',
    breaks: 'hairpin',
    subject: {
      port: params.port,
      backend: params.pod,
      from: `pod/${pod.metadata?.namespace}/${params.pod}`,
      ...(node && { node }),
    },
    params: { ...params, service: facts.target.service, node, because, link, bridge },
    evidence: [failed, ...(path ? seenOnNode(node, path) : [])],
    remedies: remedies(node, path),
  };
}

function seenOnNode(node: string, { finding, link = '', bridge = '', bridgeNetfilter, cni }: SelfPath): Observation[] {
  const port: Observation =
    finding === 'routed'
      ? { what: 'hairpin.routed', params: { node, link } }
      : {
          what: 'hairpin.port',
          params: { node, link, bridge, hairpin: finding === 'open', promiscuous: finding === 'promiscuous' },
          command: onHost(node, 'bridge', '-d', 'link', 'show', ...(link ? ['dev', link] : [])),
        };
  const filter: Observation[] = bridgeNetfilter
    ? [{ what: 'hairpin.bridge-netfilter', params: { node, value: bridgeNetfilter } }]
    : [];
  const hairpinMode = cni?.hairpinMode === undefined ? '' : String(cni.hairpinMode);
  const settings: Observation[] = cni ? [{ what: 'hairpin.cni', params: { node, types: cni.types, hairpinMode } }] : [];
  return [port, ...filter, ...settings];
}

/** The node's own programs; a kube-proxy image has none of them. */
const onHost = (node: string, ...argv: string[]): Command =>
  kubectl(
    undefined,
    'debug',
    `node/${node || 'NODE'}`,
    '-it',
    '--image=busybox:1.36',
    '--profile=sysadmin',
    '--',
    'chroot',
    '/host',
    ...argv,
  );

type HairpinRemedy = Remedy<'port-on' | 'hairpin-mode' | 'look-at-port' | 'look-at-cni' | 'go-around'>;

const LOOK_AT_CNI: HairpinRemedy = {
  id: 'look-at-cni',
  commands: [kubectl('kube-system', 'get', 'pods', '-o', 'wide')],
};
const GO_AROUND: HairpinRemedy = { id: 'go-around', commands: [] };

function remedies(node: string, path: SelfPath | null): HairpinRemedy[] {
  const config = onHost(node, 'grep', '-rn', '-e', 'hairpinMode', '-e', '"type"', '/etc/cni/net.d');
  const hairpinMode: HairpinRemedy = { id: 'hairpin-mode', commands: [config], later: true };
  const look: HairpinRemedy = { id: 'look-at-port', commands: [onHost(node, 'bridge', '-d', 'link', 'show')] };
  switch (path?.finding) {
    case 'port-off':
    case 'promiscuous': {
      const on = ['ip', 'link', 'set', 'dev', path.link ?? 'VETH', 'type', 'bridge_slave', 'hairpin', 'on'];
      return [{ id: 'port-on', commands: [onHost(node, ...on)] }, hairpinMode, GO_AROUND];
    }
    case 'routed':
      return [LOOK_AT_CNI, GO_AROUND];
    default:
      return [look, hairpinMode, GO_AROUND];
  }
}
