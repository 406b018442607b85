/** Endpoints are listed, and none of them can be used: mostly a symptom, whose cause other steps name. */
import { endpointsOf, usable } from '../../model/endpoints.ts';
import type { Finding, Observation } from '../../model/finding.ts';
import type { Pod, ServicePort } from '../../model/kubernetes.ts';
import { portKey } from '../../model/ports.ts';
import { isReady } from '../../model/ready.ts';
import { allServed, type Inspection, isServed, slicesCommand } from './inspection.ts';
import { isFinished } from './leaving.ts';

export function readiness(inspection: Inspection): Finding[] {
  const { slices, pods } = inspection;
  if (allServed(inspection)) return [];
  if (slices === undefined) return byPods(inspection, pods ?? []);
  const listed = slices.flatMap(({ endpoints }) => endpoints ?? []);
  if (listed.length === 0) return [];
  const ready = listed.some(({ conditions }) => conditions?.ready ?? true);
  const fallback = listed.some(({ conditions }) => (conditions?.serving ?? true) && conditions?.terminating);
  if (!ready && !fallback) return [noneReady(inspection)];
  return inspection.ports.flatMap((port) => noPorts(inspection, port));
}

/** Without the slices the pods tell, since readiness comes from them. */
function byPods(inspection: Inspection, pods: readonly Pod[]): Finding[] {
  const living = pods.filter((pod) => !isFinished(pod));
  const publishes = inspection.service.spec?.publishNotReadyAddresses === true;
  return living.length === 0 || publishes || living.some(isReady) ? [] : [noneReady(inspection)];
}

function noneReady(inspection: Inspection): Finding {
  const { slices = [], pods = [] } = inspection;
  const listed = slices.flatMap(({ endpoints }) => endpoints ?? []);
  const terminating =
    listed.length > 0
      ? listed.filter(({ conditions }) => conditions?.terminating).length
      : pods.filter(({ metadata }) => metadata?.deletionTimestamp).length;
  const all = listed.length > 0 ? listed.length : pods.filter((pod) => !isFinished(pod)).length;
  return {
    code: 'endpoints/none-ready',
    severity: 'error',
    breaks: 'endpoints',
    subject: {},
    params: { notReady: all - terminating, terminating },
    evidence: [slicesNote(inspection)],
    remedies: [],
  };
}

/** Addresses without a port: the slices say where, and not on which number. */
function noPorts(inspection: Inspection, port: ServicePort): Finding[] {
  const { service, slices = [] } = inspection;
  const { endpoints, ignored } = endpointsOf(service, port, slices);
  const empty = ignored.filter(({ reason }) => reason === 'no-ports' || reason === 'port-name');
  if (usable(endpoints).endpoints.length > 0 || empty.length === 0 || isServed(inspection, port)) return [];
  const names = new Set(empty.map(({ slice }) => slice));
  const addresses = slices
    .filter(({ metadata }) => names.has(metadata?.name ?? ''))
    .flatMap((slice) => slice.endpoints ?? []).length;
  return [
    {
      code: 'endpoints/no-ports',
      severity: 'error',
      breaks: 'endpoints',
      subject: { port: portKey(port) },
      params: { port: portKey(port), name: port.name ?? '', addresses },
      evidence: [slicesNote(inspection)],
      remedies: [],
    },
  ];
}

export function slicesNote(inspection: Inspection): Observation {
  const { slices = [] } = inspection;
  const listed = slices.flatMap(({ endpoints }) => endpoints ?? []);
  const terminating = listed.filter(({ conditions }) => conditions?.terminating).length;
  const ready = listed.filter(({ conditions }) => conditions?.ready ?? true).length;
  const params = {
    slices: slices.length,
    ready,
    notReady: Math.max(0, listed.length - ready - terminating),
    terminating,
  };
  return { what: 'endpoints.slices', params, command: slicesCommand(inspection) };
}
