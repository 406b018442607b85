import { serverVersion } from '../facts/api.ts';
import { portsInScope } from '../facts/backends.ts';
import type { Facts } from '../facts/facts.ts';
import { selectedPods, theService } from '../facts/pods.ts';
import { valueOr } from '../model/fact.ts';
import type { Pod, ServicePort } from '../model/kubernetes.ts';
import { podPortOf, protocolOf, targetPortOf } from '../model/ports.ts';
import type { Head, ReportPort, ReportTarget } from '../render/report.ts';

/** What the first line of a run shows, from facts that the walk asks for anyway. */
export async function headOf(facts: Facts, context: string): Promise<Head> {
  const [version, target] = await Promise.all([facts.ask(serverVersion), targetOf(facts)]);
  return { context, target, ...(version.known && { serverVersion: version.value.gitVersion }) };
}

async function targetOf(facts: Facts): Promise<ReportTarget> {
  const { namespace, service } = facts.target;
  const [found, pods] = await Promise.all([theService(facts), facts.ask(selectedPods(facts.target))]);
  if (!found.known) return { namespace, service, ports: [] };
  const { clusterIP, type, externalName, ports } = found.value.spec ?? {};
  const address = type === 'ExternalName' ? externalName : clusterIP;
  return {
    namespace,
    service,
    ...(address && { address }),
    ports: portsInScope(ports, facts.target).map((port) =>
      reportPort(port, valueOr(pods, { items: [] as Pod[] }).items),
    ),
  };
}

function reportPort(port: ServicePort, pods: readonly Pod[]): ReportPort {
  const targetPort = targetPortOf(port);
  const numbers = typeof targetPort === 'number' ? [] : pods.flatMap((pod) => podPortOf(pod, port) ?? []);
  return {
    port: port.port,
    protocol: protocolOf(port.protocol),
    targetPort,
    ...(numbers.length > 0 && { resolved: [...new Set(numbers)].sort((a, b) => a - b) }),
  };
}
