import { clusterIPsOf } from '../../facts/backends.ts';
import { attemptsTo } from '../../facts/probe.ts';
import type { Finding, Severity } from '../../model/finding.ts';
import type { Protocol, ServicePort } from '../../model/kubernetes.ts';
import { declaredPorts, podPortOf, portKey, protocolOf, resolveTargetPort, targetPortOf } from '../../model/ports.ts';
import { reachOf } from '../../model/reach.ts';
import { allDeclared, declaredCommand, heardBackends, type Inspection, isServed, printDeclared } from './inspection.ts';
import { otherProtocols } from './names.ts';
import { portRemedy } from './remedies.ts';

/** The pods declare the port, but under another protocol: TCP and UDP ports of one number have nothing in common. */
export function protocolMismatch(inspection: Inspection, port: ServicePort): Finding[] {
  const found = typeof targetPortOf(port) === 'number' ? byNumber(inspection, port) : byName(inspection, port);
  if (!found) return [];
  const { facts, service, pods } = inspection;
  const key = portKey(port);
  return [
    {
      code: 'spec/protocol-mismatch',
      severity: found.severity,
      breaks: 'target-port',
      subject: { port: key },
      params: {
        port: key,
        targetPort: String(targetPortOf(port)),
        protocol: protocolOf(port.protocol),
        declared: found.declared,
      },
      evidence: [
        {
          what: 'spec.declared',
          params: { pods: pods.length, ports: allDeclared(pods).map(printDeclared) },
          command: declaredCommand(inspection),
        },
      ],
      remedies: [portRemedy('set-protocol', facts.target, service, port, 'protocol', found.declared)],
    },
  ];
}

interface Mismatch {
  declared: string;
  severity: Severity;
}

/** A name counts only with its protocol, so that without one the slices hold no port: certain. */
function byName(inspection: Inspection, port: ServicePort): Mismatch | undefined {
  const { pods } = inspection;
  const [declared] = otherProtocols(pods, port);
  if (declared === undefined || pods.some((pod) => resolveTargetPort(port, pod).resolved)) return undefined;
  return { declared, severity: isServed(inspection, port) ? 'warning' : 'error' };
}

/** A number is carried whatever is declared, so that only the probe makes it certain. */
function byNumber(inspection: Inspection, port: ServicePort): Mismatch | undefined {
  const { pods } = inspection;
  const protocol = protocolOf(port.protocol);
  const protocols = new Set(
    pods.flatMap((pod) =>
      declaredPorts(pod)
        .filter(({ containerPort }) => containerPort === targetPortOf(port))
        .map((declared) => declared.protocol),
    ),
  );
  const [declared] = protocols;
  if (declared === undefined || protocols.has(protocol)) return undefined;
  const severity = protocol === 'TCP' ? refusedOverTcp(inspection, port) : answersOverTcp(inspection, port, declared);
  return severity && { declared, severity };
}

function refusedOverTcp(inspection: Inspection, port: ServicePort): Severity | undefined {
  const heard = heardBackends(inspection, port);
  if (isServed(inspection, port) || heard.some(({ reach }) => reach.answered > 0)) return undefined;
  return heard.length > 0 && heard.every(({ reach }) => reach.failure === 'refused') ? 'error' : 'warning';
}

/** Nothing, where another port of the Service carries TCP to the same number: who needs it, has it. */
function answersOverTcp(inspection: Inspection, port: ServicePort, declared: Protocol): Severity | undefined {
  const { service, pods, backends, report } = inspection;
  const covered = (service.spec?.ports ?? []).some(
    (other) =>
      other !== port &&
      protocolOf(other.protocol) === declared &&
      pods.some((pod) => podPortOf(pod, other) === podPortOf(pod, port)),
  );
  if (covered) return undefined;
  const number = backends[0]?.ports[portKey(port)];
  const answers =
    report !== undefined &&
    number !== undefined &&
    backends.some(({ address }) => (reachOf(attemptsTo(report, address, number))?.answered ?? 0) > 0);
  // nothing on the way to the pods of a headless Service reads the protocol, so that its clients get those answers
  return answers && clusterIPsOf(service.spec).length > 0 ? 'error' : 'warning';
}
