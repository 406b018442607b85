/** What is worth seeing beside a verdict: what each port means on the pods, and fields that change who is served how. */
import type { Observation } from '../../model/finding.ts';
import type { ServicePort } from '../../model/kubernetes.ts';
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

export function notes({ service: { spec } }: Inspection): Observation[] {
  if (!spec) return [];
  const nodePorts = (spec.ports ?? []).flatMap(({ port, nodePort }) => (nodePort ? [`${nodePort} -> ${port}`] : []));
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
  ];
  return all.filter((note) => note !== false);
}
