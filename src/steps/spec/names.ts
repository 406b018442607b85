/** A targetPort that is a name: each pod says for itself which number it means, or does not say. */

import { kubectl } from '../../model/command.ts';
import type { Finding, Observation, Remedy, RemedyOf } from '../../model/finding.ts';
import type { Pod, ServicePort } from '../../model/kubernetes.ts';
import { nearNames } from '../../model/nearNames.ts';
import { type DeclaredPort, portKey, protocolOf, resolveTargetPort, targetPortOf } from '../../model/ports.ts';
import { workloadOf } from '../../model/workload.ts';
import { allDeclared, declaredCommand, type Inspection, isServed, nameOf, printDeclared } from './inspection.ts';
import { closedPorts, openPorts } from './open.ts';
import { portRemedy } from './remedies.ts';

export function checkNames(inspection: Inspection, port: ServicePort): Finding[] {
  const { pods } = inspection;
  if (typeof targetPortOf(port) === 'number' || pods.length === 0) return [];
  const [without, having] = [lacking(pods, port), pods.filter((pod) => resolveTargetPort(port, pod).resolved)];
  if (without.length === 0) return [];
  if (having.length > 0) return [partlyMissing(inspection, port, having, without)];
  // declared under another protocol: that is said by protocolMismatch
  return otherProtocols(pods, port).length > 0 ? [] : [nameMissing(inspection, port)];
}

const lacking = (pods: readonly Pod[], port: ServicePort): Pod[] =>
  pods.filter((pod) => !resolveTargetPort(port, pod).resolved);

/** The protocols under which the pods declare a port of that name, none of them the one of the Service port. */
export const otherProtocols = (pods: readonly Pod[], port: ServicePort): string[] => [
  ...new Set(
    pods.flatMap((pod) => {
      const resolved = resolveTargetPort(port, pod);
      return resolved.resolved ? [] : resolved.otherProtocols;
    }),
  ),
];

const declaredNote = (inspection: Inspection): Observation => ({
  what: 'spec.declared',
  params: { pods: inspection.pods.length, ports: allDeclared(inspection.pods).map(printDeclared) },
  command: declaredCommand(inspection),
});

function nameMissing(inspection: Inspection, port: ServicePort): Finding {
  const { pods } = inspection;
  const targetPort = String(targetPortOf(port));
  return {
    code: 'spec/target-port-name-missing',
    severity: isServed(inspection, port) ? 'warning' : 'error',
    breaks: 'spec',
    subject: { port: portKey(port) },
    params: {
      port: portKey(port),
      targetPort,
      declared: allDeclared(pods).map(printDeclared),
      pods: pods.length,
      digits: /^\d+$/.test(targetPort),
    },
    evidence: [declaredNote(inspection)],
    remedies: nameRemedies(inspection, port),
  };
}

function nameRemedies(inspection: Inspection, port: ServicePort): Remedy<RemedyOf<'spec/target-port-name-missing'>>[] {
  const { facts, service, pods } = inspection;
  const targetPort = String(targetPortOf(port));
  const value = /^\d+$/.test(targetPort) ? Number(targetPort) : writtenAs(candidate(inspection, port));
  const set =
    value === undefined ? [] : [portRemedy('set-target-port', facts.target, service, port, 'targetPort', value)];
  return [...set, { id: 'name-port', commands: editCommands(facts.target.namespace, pods) }];
}

/** By name where it has one: that stays right when the number changes. */
const writtenAs = (port: DeclaredPort | undefined): string | number | undefined => port?.name ?? port?.containerPort;

/** The declared port that was probably meant: of a near name, of the Service port's name or number, the one that answers, the only one. */
function candidate(inspection: Inspection, port: ServicePort): DeclaredPort | undefined {
  const closed = closedPorts(inspection);
  const declared = allDeclared(inspection.pods).filter(
    ({ protocol, containerPort }) => protocol === protocolOf(port.protocol) && !closed.has(containerPort),
  );
  const named = declared.flatMap(({ name }) => name ?? []);
  const [near] = nearNames(String(targetPortOf(port)), named);
  const opens = openPorts(inspection);
  const answering = declared.filter(({ containerPort }) => opens.some(({ number }) => number === containerPort));
  return (
    declared.find(({ name }) => name !== undefined && name === near?.name) ??
    declared.find(({ name }) => name !== undefined && name === port.name) ??
    declared.find(({ containerPort }) => containerPort === port.port) ??
    (answering.length === 1 ? answering[0] : undefined) ??
    (declared.length === 1 ? declared[0] : undefined)
  );
}

/** Where the pods come from: there their ports are named. */
const editCommands = (namespace: string, pods: readonly Pod[]) =>
  [...new Set(pods.map(workloadOf).map(({ kind, name }) => `${kind.toLowerCase()}/${name}`))]
    .slice(0, 3)
    .map((workload) => kubectl(namespace, 'edit', workload));

function partlyMissing(
  inspection: Inspection,
  port: ServicePort,
  having: readonly Pod[],
  without: readonly Pod[],
): Finding {
  const someReady = inspection.backends.some(({ ready, ports }) => ready && ports[portKey(port)] !== undefined);
  return {
    code: 'spec/target-port-name-partly-missing',
    // those that have the name carry the load alone; without a ready one among them nobody does
    severity: someReady ? 'warning' : 'error',
    breaks: 'spec',
    subject: { port: portKey(port) },
    params: {
      port: portKey(port),
      targetPort: String(targetPortOf(port)),
      without: without.map(nameOf),
      with: having.map(nameOf),
    },
    evidence: [declaredNote(inspection)],
    remedies: [{ id: 'name-port', commands: editCommands(inspection.facts.target.namespace, without) }],
  };
}
