/** What is worth seeing beside a verdict: what each port means on the pods, and fields that change who is served how. */
import type { Backend } from '../../model/backends.ts';
import type { Observation } from '../../model/finding.ts';
import type { Labels, ServicePort } from '../../model/kubernetes.ts';
import { declaredPorts, podPortOf, portKey, targetPortOf } from '../../model/ports.ts';
import { declaredCommand, heardBackends, type Inspection, serviceCommand } from './inspection.ts';

export function portNotes(inspection: Inspection, port: ServicePort): Observation[] {
  const { pods } = inspection;
  const numbers = pods.flatMap((pod) => podPortOf(pod, port) ?? []);
  const params = {
    port: portKey(port),
    name: port.name ?? '',
    target: String(targetPortOf(port)),
    numbers: [...new Set(numbers)].sort((a, b) => a - b).map(String),
    pods: numbers.length,
    of: pods.length,
  };
  return [{ what: 'spec.port', params, command: serviceCommand(inspection) }, ...undeclaredNote(inspection, port)];
}

/** No fault: declaring a port is documentation. Said only where the port was heard to answer; else it is a suspicion. */
function undeclaredNote(inspection: Inspection, port: ServicePort): Observation[] {
  const number = targetPortOf(port);
  const { pods } = inspection;
  if (typeof number !== 'number' || pods.length === 0) return [];
  if (pods.some((pod) => declaredPorts(pod).some(({ containerPort }) => containerPort === number))) return [];
  const answers = heardBackends(inspection, port).some(({ reach }) => reach.answered > 0);
  const note = { what: 'spec.undeclared', params: { port: portKey(port), number } } as const;
  return answers ? [{ ...note, command: declaredCommand(inspection) }] : [];
}

export function notes({ service: { metadata, spec }, backends }: Inspection): Observation[] {
  if (!spec) return [];
  const ports = spec.ports ?? [];
  const nodePorts = ports.flatMap(({ port, nodePort }) => (nodePort ? [`${nodePort} -> ${port}`] : []));
  const protocols = ports.flatMap(({ port, appProtocol }) => (appProtocol ? [`${port} ${appProtocol}`] : []));
  const sctp = ports.filter(({ protocol }) => protocol === 'SCTP').map(portKey);
  const preference = topology(metadata?.annotations, spec.trafficDistribution);
  const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10800;
  const all: (Observation | false)[] = [
    nodePorts.length > 0 && { what: 'spec.node-port', params: { ports: nodePorts } },
    spec.type === 'LoadBalancer' &&
      spec.allocateLoadBalancerNodePorts === false && { what: 'spec.no-node-ports', params: {} },
    (spec.externalIPs ?? []).length > 0 && { what: 'spec.external-ips', params: { addresses: spec.externalIPs ?? [] } },
    (spec.loadBalancerSourceRanges ?? []).length > 0 && {
      what: 'spec.source-ranges',
      params: { ranges: spec.loadBalancerSourceRanges ?? [] },
    },
    spec.publishNotReadyAddresses === true && { what: 'spec.publish-not-ready', params: {} },
    spec.sessionAffinity === 'ClientIP' && { what: 'spec.session-affinity', params: { seconds } },
    spec.internalTrafficPolicy === 'Local' && { what: 'spec.local-only', params: { nodes: servingNodes(backends) } },
    preference !== undefined && { what: 'spec.topology', params: { preference } },
    protocols.length > 0 && { what: 'spec.app-protocol', params: { ports: protocols } },
    sctp.length > 0 && { what: 'spec.sctp', params: { ports: sctp } },
  ];
  return all.filter((note) => note !== false);
}

const servingNodes = (backends: readonly Backend[]): string[] =>
  [...new Set(backends.flatMap(({ ready, node }) => (ready && node ? [node] : [])))].sort();

const TOPOLOGY_MODE = 'service.kubernetes.io/topology-mode';

/** What makes clients use the endpoints near them. https://kubernetes.io/docs/concepts/services-networking/service/#traffic-distribution */
function topology(annotations: Labels | undefined, distribution: string | undefined): string | undefined {
  if (distribution) return `trafficDistribution ${distribution}`;
  const mode = annotations?.[TOPOLOGY_MODE];
  return mode && /^auto$/i.test(mode) ? `topology-mode ${mode}` : undefined;
}
