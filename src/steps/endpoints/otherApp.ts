/** The selector takes in pods of another application: of several, or of no other. */

import { viaBackend } from '../../facts/heard.ts';
import { IDENTITY_LABELS, type Strangers, strangersOf } from '../../facts/strangers.ts';
import { aboutBackends } from '../../model/diagnosis.ts';
import type { Finding, Observation, Remedy, Severity } from '../../model/finding.ts';
import { groupBy } from '../../model/group.ts';
import type { Labels, Pod, ServicePort } from '../../model/kubernetes.ts';
import { commonLabels, stableLabels } from '../../model/labels.ts';
import { declaredPorts, podPortOf, portKey } from '../../model/ports.ts';
import { workloadOf } from '../../model/workload.ts';
import { allServed, type Inspection, isServed, nameOf, podsCommand } from './inspection.ts';
import { isFinished } from './leaving.ts';
import { selectorRemedy } from './remedies.ts';

export async function otherApp(inspection: Inspection): Promise<Finding[]> {
  const groups = workloadGroups(inspection);
  const mixed = groups.length > 1 ? inspection.ports.flatMap((port) => someOthers(inspection, port, groups)) : [];
  if (mixed.length > 0 || allServed(inspection)) return mixed;
  const strangers = await inspection.facts.ask(strangersOf(inspection.facts.target));
  return strangers.known && strangers.value ? [onlyOthers(inspection, strangers.value)] : [];
}

interface Group {
  workload: string;
  pods: readonly Pod[];
  /** Labels that all of its pods share, and that survive a rollout. */
  labels: Labels;
}

/** The pods that count, by workload. */
export function workloadGroups({ pods = [] }: Inspection): Group[] {
  const living = pods.filter((pod) => !isFinished(pod) && !pod.metadata?.deletionTimestamp);
  const named = groupBy(living, (pod) => `${workloadOf(pod).kind}/${workloadOf(pod).name}`);
  return [...named].map(([workload, members]) => ({
    workload,
    pods: members,
    labels: stableLabels(commonLabels(members.map(({ metadata }) => metadata?.labels ?? {}))),
  }));
}

/** Some workloads answer on the port and others do not, and these are other applications: not a bad release of the same one. */
function someOthers(inspection: Inspection, port: ServicePort, groups: readonly Group[]): Finding[] {
  const judged = groups.map((group) => ({ group, works: works(inspection, port, group) }));
  const good = judged.filter(({ works: does }) => does === true).map(({ group }) => group);
  const bad = judged.filter(({ works: does }) => does === false).map(({ group }) => group);
  const own = good.length > 0 ? good : undecided(judged, port, true);
  const others = (good.length > 0 ? bad : undecided(judged, port, false)).filter((group) => isOther(group, own, port));
  if (own.length === 0 || others.length === 0) return [];
  // without a probe it follows from what is declared, which proves nothing
  const severity: Severity = good.length > 0 ? 'error' : 'warning';
  return isServed(inspection, port) && good.length === 0
    ? []
    : [mixedFinding(inspection, port, { own, others, severity })];
}

/** Whether the ready pods of a workload answer; undefined when they differ, or were not asked. */
function works({ report, backends }: Inspection, port: ServicePort, { pods }: Group): boolean | undefined {
  const names = new Set(pods.map(nameOf));
  const heard = backends
    .filter(({ name, ready }) => ready && names.has(name))
    .flatMap((backend) => (report && viaBackend(report, backend, port)) ?? []);
  if (heard.length === 0) return undefined;
  if (heard.every(({ failures }) => failures === 0)) return true;
  return heard.every(({ answered }) => answered === 0) ? false : undefined;
}

/** Where nothing was heard at all: the workloads that declare the port, or those that declare only others. */
function undecided(
  judged: readonly { group: Group; works: boolean | undefined }[],
  port: ServicePort,
  declaring: boolean,
): Group[] {
  if (judged.some(({ works: does }) => does !== undefined)) return [];
  return judged.map(({ group }) => group).filter((group) => declares(group, port) === declaring);
}

/** Undefined when its containers declare no port at all. */
function declares({ pods }: Group, port: ServicePort): boolean | undefined {
  const [pod] = pods;
  const declared = pod ? declaredPorts(pod) : [];
  if (!pod || declared.length === 0) return undefined;
  const number = podPortOf(pod, port);
  return number !== undefined && declared.some(({ containerPort }) => containerPort === number);
}

function isOther(group: Group, own: readonly Group[], port: ServicePort): boolean {
  const told = IDENTITY_LABELS.some((key) => {
    const value = group.labels[key];
    return value !== undefined && own.every(({ labels }) => labels[key] !== undefined && labels[key] !== value);
  });
  return told || (declares(group, port) === false && own.some((one) => declares(one, port) === true));
}

interface Mixed {
  own: readonly Group[];
  others: readonly Group[];
  severity: Severity;
}

function mixedFinding(inspection: Inspection, port: ServicePort, { own, others, severity }: Mixed): Finding {
  const strangers = others.flatMap(({ pods }) => pods.map(nameOf));
  return {
    code: 'endpoints/selects-other-app',
    severity,
    breaks: 'selection',
    subject: { port: portKey(port), ...aboutBackends(strangers, false) },
    params: {
      selector: inspection.selector,
      others: others.map(({ workload }) => workload),
      own: own.map(({ workload }) => workload),
      port: portKey(port),
    },
    evidence: [workloadsNote(inspection)],
    remedies: [narrower(inspection, own, others)],
  };
}

export const workloadsNote = (inspection: Inspection): Observation => ({
  what: 'endpoints.workloads',
  params: { workloads: workloadGroups(inspection).map(({ workload, pods }) => `${workload} (${pods.length})`) },
  command: podsCommand(inspection),
});

/** A label that the own pods share and none of the others has. */
function narrower(
  inspection: Inspection,
  own: readonly Group[],
  others: readonly Group[],
): Remedy<'narrow-selector' | 'compare'> {
  const shared = commonLabels(own.map(({ labels }) => labels));
  const telling = Object.keys(shared).filter((key) => others.every(({ labels }) => labels[key] !== shared[key]));
  const key = IDENTITY_LABELS.find((known) => telling.includes(known)) ?? telling[0];
  if (key === undefined) return { id: 'compare', commands: [podsCommand(inspection)] };
  return selectorRemedy('narrow-selector', inspection.facts.target, { [key]: shared[key] ?? '' });
}

/** An error once the strangers refuse, or cannot know the named port; until then a suspicion. */
function onlyOthers(inspection: Inspection, { selected, expected, patch }: Strangers): Finding {
  const [port] = inspection.ports;
  const refuse = workloadGroups(inspection).every((group) =>
    inspection.ports.some((one) => works(inspection, one, group) === false),
  );
  const unknowing = inspection.ports.some((one) =>
    (inspection.pods ?? []).every((pod) => podPortOf(pod, one) === undefined),
  );
  return {
    code: 'endpoints/selects-other-app',
    severity: refuse || unknowing ? 'error' : 'warning',
    breaks: 'selection',
    subject: {},
    params: { selector: inspection.selector, others: selected, own: [expected], port: port ? portKey(port) : '' },
    evidence: [workloadsNote(inspection)],
    remedies: [selectorRemedy('change-selector', inspection.facts.target, patch)],
  };
}
