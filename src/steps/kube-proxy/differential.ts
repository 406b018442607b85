/** What probes alone say of the proxy: the cluster IP fails, and the pods behind it answer from the same node. */
import { isTcp, portsInScope } from '../../facts/backends.ts';
import type { Facts } from '../../facts/facts.ts';
import { viaBackend, viaClusterIP } from '../../facts/heard.ts';
import { rulesArgv } from '../../facts/kubeProxy.ts';
import type { ProbeReport } from '../../facts/probe.ts';
import type { Backend } from '../../model/backends.ts';
import { kubectl } from '../../model/command.ts';
import type { Finding } from '../../model/finding.ts';
import type { Service, ServicePort } from '../../model/kubernetes.ts';
import { portKey } from '../../model/ports.ts';
import { syncCommands } from './remedies.ts';

export interface Differential {
  findings: Finding[];
  /** Every port that was asked answers on the cluster IP, from the node of the vantage point. */
  forwards: boolean;
}

export function differential(
  facts: Facts,
  service: Service,
  report: ProbeReport,
  backends: readonly Backend[],
): Differential {
  const ports = portsInScope(service.spec?.ports, facts.target).filter(isTcp);
  const heard = ports.flatMap((port) => viaClusterIP(report, service, port) ?? []);
  return {
    findings: [
      ...ports.flatMap((port) => notForwarding(service, report, port, backends)),
      ...podNetwork(ports, report, backends),
    ],
    forwards: heard.length > 0 && heard.every(({ failures }) => failures === 0),
  };
}

/** Pods that this node may be led to, for a port: with internalTrafficPolicy Local only its own. */
function expected(
  service: Service,
  node: string | undefined,
  backends: readonly Backend[],
  port: ServicePort,
): Backend[] {
  const ready = backends.filter((backend) => backend.ready && backend.ports[portKey(port)] !== undefined);
  return service.spec?.internalTrafficPolicy === 'Local' ? ready.filter((backend) => backend.node === node) : ready;
}

function notForwarding(
  service: Service,
  report: ProbeReport,
  port: ServicePort,
  backends: readonly Backend[],
): Finding[] {
  const { node = '', id } = report.vantage;
  const reach = viaClusterIP(report, service, port);
  const behind = expected(service, node, backends, port);
  const direct = behind.flatMap((backend) => viaBackend(report, backend, port) ?? []);
  // a backend that is led back to itself fails for want of hairpin, not of rules
  const isBackend = report.vantage.kind === 'pod' && behind.some(({ name }) => name === report.vantage.pod);
  if (isBackend && (behind.length === 1 || (reach?.answered ?? 0) > 0)) return [];
  const podsAnswer =
    direct.length > 0 && direct.length === behind.length && direct.every(({ failures }) => failures === 0);
  if (!reach || reach.failures === 0 || !podsAnswer) return [];
  const params = { node, port: portKey(port), failed: reach.failures, asked: reach.asked, pods: direct.length };
  const onNode = node ? ['--field-selector', `spec.nodeName=${node}`] : [];
  const look = kubectl('kube-system', 'get', 'pods', '-l', 'k8s-app=kube-proxy', '-o', 'wide', ...onNode);
  return [
    {
      code: 'kube-proxy/not-forwarding',
      severity: 'error',
      breaks: 'forwarding',
      subject: { port: portKey(port), from: id, ...(node && { node }) },
      params,
      evidence: [{ what: 'kube-proxy.differs', params, command: look }],
      remedies: [
        {
          id: 'look-at-rules',
          commands: [kubectl('kube-system', 'exec', 'KUBE-PROXY-POD', '--', ...rulesArgv('iptables'))],
        },
        ...syncCommands(service),
      ],
    },
  ];
}

/** Backends on one node answer and those on another are silent: the network between nodes, not the Service. */
function podNetwork(ports: readonly ServicePort[], report: ProbeReport, backends: readonly Backend[]): Finding[] {
  const { node: home, id } = report.vantage;
  if (!home) return [];
  const heard = backends
    .filter(({ ready, node }) => ready && node !== undefined)
    .flatMap((backend) =>
      ports.flatMap((port) => {
        const reach = viaBackend(report, backend, port);
        return reach
          ? [
              {
                node: backend.node ?? '',
                answers: reach.answered > 0,
                silent: reach.answered === 0 && reach.failure === 'silent',
              },
            ]
          : [];
      }),
    );
  const nodes = [...new Set(heard.map(({ node }) => node))].sort();
  const reached = nodes.filter((node) => heard.every((one) => one.node !== node || one.answers));
  const unreached = nodes.filter((node) => heard.every((one) => one.node !== node || one.silent));
  if (!reached.includes(home) || unreached.length === 0 || reached.length + unreached.length < nodes.length) return [];
  return [
    {
      code: 'kube-proxy/pod-network',
      severity: 'error',
      breaks: 'node-rules',
      subject: { from: id },
      params: { from: home, reached, unreached },
      evidence: [{ what: 'kube-proxy.by-node', params: { reached, unreached } }],
      remedies: [{ id: 'look-at-cni', commands: [kubectl('kube-system', 'get', 'pods', '-o', 'wide')] }],
    },
  ];
}
