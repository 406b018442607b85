import { slicesOf } from '../../facts/api.ts';
import { backendsOf, portsInScope } from '../../facts/backends.ts';
import type { Facts } from '../../facts/facts.ts';
import { served } from '../../facts/heard.ts';
import { selectedPods } from '../../facts/pods.ts';
import type { ProbeReport } from '../../facts/probe.ts';
import { mainReport } from '../../facts/reports.ts';
import { wentOn } from '../../facts/wentOn.ts';
import type { Backend } from '../../model/backends.ts';
import { type Command, kubectl } from '../../model/command.ts';
import type { Fact, Obstacle } from '../../model/fact.ts';
import type { Observation, Severity } from '../../model/finding.ts';
import type { EndpointSlice, Page, Pod, Service, ServicePort } from '../../model/kubernetes.ts';
import { printLabels } from '../../model/selector.ts';

/** What the checks of this step look at. A list that could not be read is undefined. */
export interface Inspection {
  facts: Facts;
  service: Service;
  /** The selector, as `app=web`. */
  selector: string;
  slices: readonly EndpointSlice[] | undefined;
  /** Every pod that the selector matches. */
  pods: readonly Pod[] | undefined;
  /** The selector matches more pods than were read. */
  more: boolean;
  backends: readonly Backend[];
  report: ProbeReport | undefined;
  ports: readonly ServicePort[];
  obstacles: readonly Obstacle[];
}

export async function inspect(facts: Facts, service: Service): Promise<Inspection> {
  const [slices, pods, backends, report] = await Promise.all([
    facts.ask(slicesOf(facts.target)),
    facts.ask(selectedPods(facts.target)),
    facts.ask(backendsOf(facts.target)),
    mainReport(facts),
  ]);
  return {
    facts,
    service,
    selector: printLabels(service.spec?.selector),
    slices: itemsOf(slices),
    pods: itemsOf(pods),
    more: (pods.known && pods.value.more) || (slices.known && slices.value.more),
    backends: backends.known ? backends.value : [],
    report: report.known ? report.value : undefined,
    ports: portsInScope(service.spec?.ports, facts.target),
    obstacles: [
      ...[slices, pods].flatMap((fact) => (fact.known ? [] : [fact.obstacle])),
      ...wentOn(pods, `pods that ${printLabels(service.spec?.selector)} matches`),
      ...wentOn(slices, 'EndpointSlices'),
    ],
  };
}

const itemsOf = <T>(page: Fact<Page<T>>): T[] | undefined => (page.known ? page.value.items : undefined);

/** Whether clients of the port are served; undefined when nothing was heard. */
export const isServed = ({ report, service, backends }: Inspection, port: ServicePort): boolean | undefined =>
  served(report, service, port, backends);

/** Whether every port in scope that can be asked answers. */
export function allServed(inspection: Inspection): boolean {
  const heard = inspection.ports.flatMap((port) => isServed(inspection, port) ?? []);
  return heard.length > 0 && heard.every(Boolean);
}

/** What is wrong here is an error, unless the Service answers all the same. */
export const severityOf = (inspection: Inspection): Severity => (allServed(inspection) ? 'warning' : 'error');

export const nameOf = ({ metadata }: Pod | EndpointSlice): string => metadata?.name ?? '';

export const slicesCommand = ({ facts: { target } }: Inspection): Command =>
  kubectl(target.namespace, 'get', 'endpointslices', '-l', `kubernetes.io/service-name=${target.service}`);

export const podsCommand = ({ facts: { target }, selector }: Inspection): Command =>
  kubectl(target.namespace, 'get', 'pods', '-l', selector, '--show-labels');

export const selectedNote = (inspection: Inspection): Observation => ({
  what: 'endpoints.selected',
  params: { selector: inspection.selector, pods: inspection.pods?.length ?? 0 },
  command: podsCommand(inspection),
});
