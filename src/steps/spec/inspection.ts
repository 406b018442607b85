import type { Facts } from '../../facts/facts.ts';
import { served, viaBackend } from '../../facts/heard.ts';
import { meantBackends, meantPods, plannedPods } from '../../facts/meant.ts';
import { selectorQuery } from '../../facts/pods.ts';
import type { ProbeReport } from '../../facts/probe.ts';
import { mainReport } from '../../facts/reports.ts';
import type { Backend } from '../../model/backends.ts';
import { type Command, kubectl } from '../../model/command.ts';
import { type Obstacle, valueOr } from '../../model/fact.ts';
import type { Pod, Service, ServicePort } from '../../model/kubernetes.ts';
import { type DeclaredPort, declaredPorts } from '../../model/ports.ts';
import type { Reach } from '../../model/reach.ts';
import { serviceSelects } from '../../model/selector.ts';

/** What the checks of this step look at. */
export interface Inspection {
  facts: Facts;
  service: Service;
  /** Pods that are meant and have not finished; those that go only where no other is left. */
  pods: readonly Pod[];
  /** Where there are none: as their templates will make them. */
  planned: readonly Pod[];
  backends: readonly Backend[];
  /** Undefined: nothing was asked from inside. */
  report: ProbeReport | undefined;
  obstacles: readonly Obstacle[];
}

export async function inspect(facts: Facts, service: Service): Promise<Inspection> {
  const [pods, planned, backends, report] = await Promise.all([
    facts.ask(meantPods(facts.target)),
    facts.ask(plannedPods(facts.target)),
    facts.ask(meantBackends(facts.target)),
    mainReport(facts),
  ]);
  return {
    facts,
    service,
    pods: pods.known ? living(pods.value.items) : [],
    planned: valueOr(planned, []),
    backends: backends.known ? backends.value : [],
    report: report.known ? report.value : undefined,
    obstacles: pods.known ? [] : [pods.obstacle],
  };
}

function living(pods: readonly Pod[]): Pod[] {
  const unfinished = pods.filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed');
  const staying = unfinished.filter(({ metadata }) => !metadata?.deletionTimestamp);
  return staying.length > 0 ? staying : unfinished;
}

/** Whether clients of the port are served; undefined when nothing was heard. */
export const isServed = ({ report, service, backends }: Inspection, port: ServicePort): boolean | undefined =>
  served(report, service, port, backends);

export interface HeardBackend {
  backend: Backend;
  reach: Reach;
}

/** The ready backends that were asked for the port on their own address. */
export const heardBackends = ({ report, backends }: Inspection, port: ServicePort): HeardBackend[] =>
  backends.flatMap((backend) => {
    const reach = report && backend.ready ? viaBackend(report, backend, port) : undefined;
    return reach ? [{ backend, reach }] : [];
  });

/** A declared port as people write it: `http 8080/TCP`. */
export const printDeclared = ({ name, containerPort, protocol }: DeclaredPort): string =>
  `${name ? `${name} ` : ''}${containerPort}/${protocol}`;

/** What the pods declare, each port once. */
export const allDeclared = (pods: readonly Pod[]): DeclaredPort[] => [
  ...new Map(pods.flatMap(declaredPorts).map((port) => [printDeclared(port), port])).values(),
];

export const nameOf = ({ metadata }: Pod): string => metadata?.name ?? '';

const columns = (spec: string): string =>
  `custom-columns=NAME:.metadata.name,PORTS:${spec}.containers[*].ports[*].containerPort,NAMES:${spec}.containers[*].ports[*].name`;

const WORKLOADS = 'deployments,statefulsets,daemonsets';

/** Shows what the pods declare: those that the selector matches, or else those that it nearly does, or their templates. */
export function declaredCommand({ facts, service, pods, planned }: Inspection): Command {
  if (planned.length > 0)
    return kubectl(facts.target.namespace, 'get', WORKLOADS, '-o', columns('.spec.template.spec'));
  const selected = pods.every(({ metadata }) => serviceSelects(service.spec?.selector, metadata?.labels));
  const which = selected ? ['-l', selectorQuery(service) ?? ''] : pods.map(nameOf);
  return kubectl(facts.target.namespace, 'get', 'pods', ...which, '-o', columns('.spec'));
}

export const serviceCommand = ({ facts: { target } }: Inspection): Command =>
  kubectl(target.namespace, 'describe', 'service', target.service);
