import { attemptsTo } from '../../facts/probe.ts';
import { mayAnswerUnlisted } from '../../facts/specFollowUps.ts';
import { kubectl } from '../../model/command.ts';
import type { Finding } from '../../model/finding.ts';
import type { ServicePort } from '../../model/kubernetes.ts';
import { findServicePorts, podPortOf, portKey } from '../../model/ports.ts';
import { reachOf } from '../../model/reach.ts';
import { type Inspection, serviceCommand } from './inspection.ts';

/** The port asked for is none of the Service's: a cluster IP carries only these, whatever the pods listen on. */
export function noSuchPort(inspection: Inspection): Finding[] {
  const { facts, service } = inspection;
  const { port: asked, namespace, service: name } = facts.target;
  if (asked === undefined || findServicePorts(service, asked).length > 0) return [];
  const ports = service.spec?.ports ?? [];
  const has = ports.map((port) => (port.name ? `${port.port} (${port.name})` : String(port.port)));
  const meant = meantBy(inspection, asked);
  const onPods = heardOnPods(inspection, asked);
  return [
    {
      code: 'spec/no-such-port',
      severity: onPods === undefined ? 'error' : 'warning',
      breaks: 'spec',
      subject: /^\d+$/.test(asked) ? { port: portKey({ port: Number(asked) }) } : {},
      params: {
        asked,
        has,
        ...(meant && { meant: String(meant.port.port), askedIs: meant.askedIs }),
        ...(onPods && { onPods }),
      },
      evidence: [{ what: 'spec.ports', params: { ports: has }, command: serviceCommand(inspection) }],
      remedies: meant
        ? [{ id: 'use-port', commands: [] }]
        : [{ id: 'add-port', commands: [kubectl(namespace, 'edit', 'service', name)] }],
    },
  ];
}

/**
 * The name of a headless Service leads to the pods themselves, on any port on which they listen. Undefined: the Service
 * is another, or its pods do not answer.
 */
function heardOnPods({ service, report, backends }: Inspection, asked: string): 'answered' | 'not-asked' | undefined {
  if (!mayAnswerUnlisted(service, asked)) return undefined;
  const heard = backends.flatMap(({ address }) => reachOf(report && attemptsTo(report, address, Number(asked))) ?? []);
  if (heard.length === 0) return 'not-asked';
  return heard.some(({ answered }) => answered > 0) ? 'answered' : undefined;
}

/** Who asks the cluster IP for the pods' port, or for the node port, means the Service port before it. */
function meantBy(
  { service, pods }: Inspection,
  asked: string,
): { port: ServicePort; askedIs: 'targetPort' | 'nodePort' } | undefined {
  for (const port of service.spec?.ports ?? []) {
    const numbers = [port.targetPort, ...pods.map((pod) => podPortOf(pod, port))];
    if (numbers.some((number) => String(number) === asked)) return { port, askedIs: 'targetPort' };
    if (String(port.nodePort) === asked) return { port, askedIs: 'nodePort' };
  }
  return undefined;
}
