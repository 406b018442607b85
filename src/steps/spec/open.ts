import { answersTo, isAsk } from '../../facts/probe.ts';
import type { Backend } from '../../model/backends.ts';
import type { Pod } from '../../model/kubernetes.ts';
import { type DeclaredPort, declaredPorts } from '../../model/ports.ts';
import { reachOf } from '../../model/reach.ts';
import type { Inspection } from './inspection.ts';
import { nameOf } from './inspection.ts';

/** A number on which a backend answered. */
export interface OpenPort {
  number: number;
  backend: Backend;
  /** As its pod declares it; undefined when it does not. */
  declared: DeclaredPort | undefined;
}

/** Every number on which a ready backend was found to answer, also beyond those that the Service means. */
export function openPorts({ report, backends, pods }: Inspection): OpenPort[] {
  if (!report) return [];
  return backends
    .filter(({ ready }) => ready)
    .flatMap((backend) => {
      const pod = pods.find((one) => nameOf(one) === backend.name);
      const heard = answersTo(report, isAsk('connect')).filter(({ question }) => question.address === backend.address);
      const open = heard.filter(({ answer }) => (reachOf(answer.attempts)?.answered ?? 0) > 0);
      return [...new Set(open.map(({ question }) => question.port))].map((number) => ({
        number,
        backend,
        declared: pod && declaredAs(pod, number),
      }));
    });
}

/** Numbers that were asked on ready backends, and on which none answered. */
export function closedPorts(inspection: Inspection): ReadonlySet<number> {
  const { report, backends } = inspection;
  const open = new Set(openPorts(inspection).map(({ number }) => number));
  const ready = new Set(backends.filter((backend) => backend.ready).map(({ address }) => address));
  const asked = report ? answersTo(report, isAsk('connect')).filter(({ question }) => ready.has(question.address)) : [];
  return new Set(asked.map(({ question }) => question.port).filter((number) => !open.has(number)));
}

const declaredAs = (pod: Pod, number: number): DeclaredPort | undefined =>
  declaredPorts(pod).find(({ containerPort, protocol }) => containerPort === number && protocol === 'TCP');

/** Containers that only accompany the application: that they answer says nothing about it. */
const COMPANION = /proxy|exporter|agent|sidecar|metrics|envoy|linkerd/i;

/** Whether a companion of the application declares the port, and the pod has another container. */
export const isCompanions = (pod: Pod | undefined, declared: DeclaredPort | undefined): boolean =>
  declared !== undefined &&
  COMPANION.test(declared.container) &&
  (pod?.spec?.containers ?? []).some(({ name }) => name !== declared.container && !COMPANION.test(name));
