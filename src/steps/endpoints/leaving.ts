/** Pods are selected, and none of them stays: they have finished, or are on their way out. */
import { printAge, secondsSince } from '../../model/age.ts';
import { kubectl } from '../../model/command.ts';
import type { Finding } from '../../model/finding.ts';
import type { Pod } from '../../model/kubernetes.ts';
import { wasEvicted } from '../../model/podProblem.ts';
import { workloadOf } from '../../model/workload.ts';
import { type Inspection, nameOf, podsCommand, severityOf } from './inspection.ts';

/** A pod that has finished is in no EndpointSlice, and one that terminates gets requests only while no other is there. */
export function leaving(inspection: Inspection, pods: readonly Pod[]): Finding | undefined {
  // its containers may have ended already, by an error code at that
  const terminating = pods.filter(({ metadata }) => metadata?.deletionTimestamp);
  if (pods.some((pod) => !terminating.includes(pod) && !isFinished(pod))) return undefined;
  return terminating.length > 0 ? allTerminating(inspection, terminating) : onlyFinished(inspection, pods);
}

export const isFinished = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

const workloadsOf = (pods: readonly Pod[]): string[] => [
  ...new Set(pods.map(workloadOf).map(({ kind, name }) => `${kind}/${name}`)),
];

function onlyFinished(inspection: Inspection, pods: readonly Pod[]): Finding {
  const { selector, facts } = inspection;
  const workloads = workloadsOf(pods);
  const phases = [...new Set(pods.flatMap(({ status }) => status?.phase ?? []))].sort();
  return {
    code: 'endpoints/only-finished-pods',
    severity: severityOf(inspection),
    // who was thrown out did not end by itself: that is the pods' own trouble
    breaks: pods.every(wasEvicted) ? 'endpoints' : 'selection',
    subject: {},
    params: {
      selector,
      pods: pods.map(nameOf),
      failed: pods.filter(({ status }) => status?.phase === 'Failed').length,
      workloads,
    },
    evidence: [
      {
        what: 'endpoints.finished',
        params: { pods: pods.map(nameOf), phase: phases.join(', ') },
        command: podsCommand(inspection),
      },
    ],
    remedies: [
      {
        id: 'look-at-workload',
        commands: workloads
          .slice(0, 3)
          .map((workload) => kubectl(facts.target.namespace, 'describe', workload.toLowerCase())),
      },
    ],
  };
}

function allTerminating(inspection: Inspection, pods: readonly Pod[]): Finding {
  const { selector, facts } = inspection;
  const ages = pods.flatMap(({ metadata }) => secondsSince(metadata?.deletionTimestamp, facts.now) ?? []);
  // deletionTimestamp is the moment at which the grace period ends, and may lie ahead
  const since = printAge(Math.max(0, ...ages));
  const finalizers = [...new Set(pods.flatMap(({ metadata }) => metadata?.finalizers ?? []))];
  const names = pods.map(nameOf);
  return {
    code: 'endpoints/all-terminating',
    severity: severityOf(inspection),
    breaks: 'selection',
    subject: {},
    params: { selector, pods: names, since, finalizers },
    evidence: [{ what: 'endpoints.terminating', params: { pods: names, since }, command: podsCommand(inspection) }],
    remedies: [
      {
        id: 'look-at-pods',
        commands: names.slice(0, 3).map((name) => kubectl(facts.target.namespace, 'describe', 'pod', name)),
      },
    ],
  };
}
