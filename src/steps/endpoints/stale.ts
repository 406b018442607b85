/** The slices do not say what the pods say: who keeps them is not at work. */
import { nodeNamed, podNamed } from '../../facts/api.ts';
import { attemptsTo } from '../../facts/probe.ts';
import { secondsSince } from '../../model/age.ts';
import { kubectl } from '../../model/command.ts';
import { ENDPOINT_SLICE_CONTROLLER, endpointsOf, type SliceEndpoint, slicesByManager } from '../../model/endpoints.ts';
import type { Fact } from '../../model/fact.ts';
import type { Finding, Observation } from '../../model/finding.ts';
import type { EndpointSlice, Pod, Service } from '../../model/kubernetes.ts';
import { reachOf } from '../../model/reach.ts';
import { isReady } from '../../model/ready.ts';
import { missingPods, staleEndpoints } from '../../model/staleEndpoints.ts';
import { allServed, type Inspection, nameOf, podsCommand, severityOf } from './inspection.ts';
import { isFinished } from './leaving.ts';
import { nodeGone } from './nodeGone.ts';
import { slicesNote } from './readiness.ts';

/** The controller follows within a second or two; a busy cluster takes longer. Where clients suffer, waiting longer explains nothing. */
const SETTLING_SECONDS = { served: 30, suffering: 8 };
const settlingSeconds = (inspection: Inspection): number =>
  inspection.report && !allServed(inspection) ? SETTLING_SECONDS.suffering : SETTLING_SECONDS.served;

/** Pods that are looked up one by one. */
const MOST_LOOKED_UP = 3;

export async function controllerStale(inspection: Inspection): Promise<Finding[]> {
  const { slices, pods, service, facts, more } = inspection;
  const settling = settlingSeconds(inspection);
  if (!slices || !pods || more || isSettling(service, facts.now, settling)) return [];
  const own = slicesByManager(slices).get(ENDPOINT_SLICE_CONTROLLER) ?? [];
  const living = pods.filter((pod) => !isFinished(pod));
  const [missing, gone] = await Promise.all([absent(inspection, own, living), vanished(inspection, own)]);
  // even a Service that selects nothing gets an empty slice
  const noSlice =
    own.length === 0 && living.some((pod) => (secondsSince(pod.status?.startTime, facts.now) ?? 0) > settling);
  const lost = missing.orphans.length > 0 ? [nodeGone(inspection, missing.orphans)] : [];
  if (missing.pods.length === 0 && gone.length === 0 && !noSlice) return lost;
  return [...lost, staleFinding(inspection, { missing: missing.pods.map(nameOf), gone, noSlice })];
}

/** Just made, or just changed: the slices may still follow. One that is being deleted gets none any more. */
function isSettling({ metadata }: Service, now: number, settling: number): boolean {
  if (metadata?.deletionTimestamp) return true;
  const times = [metadata?.creationTimestamp, ...(metadata?.managedFields ?? []).map(({ time }) => time)];
  return times.some((time) => (secondsSince(time, now) ?? settling) < settling);
}

/** Pods that are ready for a while and in no slice, though an address of theirs fits; `orphans`: their node is gone. */
async function absent(
  inspection: Inspection,
  slices: readonly EndpointSlice[],
  pods: readonly Pod[],
): Promise<{ pods: Pod[]; orphans: Pod[] }> {
  const { facts, service } = inspection;
  const settling = settlingSeconds(inspection);
  const candidates = missingPods(service, slices, pods).filter(
    (pod) => !pod.metadata?.deletionTimestamp && hasFamily(service, pod) && readyFor(pod, facts.now) > settling,
  );
  const nodes = [...new Set(candidates.flatMap(({ spec }) => spec?.nodeName ?? []))].slice(0, MOST_LOOKED_UP);
  const read = await Promise.all(nodes.map((name) => facts.ask(nodeNamed(name))));
  const lost = nodes.filter((_, i) => isNull(read[i]));
  const isOrphan = ({ spec }: Pod) => lost.includes(spec?.nodeName ?? '');
  return { pods: candidates.filter((pod) => !isOrphan(pod)), orphans: candidates.filter(isOrphan) };
}

const isNull = (fact: Fact<unknown> | undefined): boolean => fact?.known === true && fact.value === null;

function readyFor(pod: Pod, now: number): number {
  const changed = pod.status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime;
  return isReady(pod) ? (secondsSince(changed, now) ?? 0) : 0;
}

function hasFamily({ spec }: Service, { status }: Pod): boolean {
  const addresses = [status?.podIP ?? '', ...(status?.podIPs ?? []).map(({ ip }) => ip)].filter(Boolean);
  const families = spec?.ipFamilies ?? [];
  return families.length === 0 || addresses.some((ip) => families.includes(ip.includes(':') ? 'IPv6' : 'IPv4'));
}

/** Pods that the controller's slices call ready, and that are gone or finished; those that answer all the same are left out. */
async function vanished(inspection: Inspection, slices: readonly EndpointSlice[]): Promise<string[]> {
  const { service, facts, pods = [] } = inspection;
  const listed = inspection.ports.flatMap((port) => endpointsOf(service, port, slices).endpoints);
  const ready = [...new Map(listed.map((endpoint) => [endpoint.address, endpoint])).values()].filter(
    (one) => one.ready,
  );
  const suspects = staleEndpoints(service, ready, pods)
    .filter(({ reason }) => reason !== 'no-pod')
    .map(({ endpoint }) => endpoint)
    .filter((endpoint) => !answers(inspection, endpoint))
    .slice(0, MOST_LOOKED_UP);
  const read = await Promise.all(
    suspects.map(({ targetRef }) => facts.ask(podNamed(facts.target.namespace, targetRef?.name ?? ''))),
  );
  const readable = suspects.filter((_, i) => read[i]?.known);
  const found = read.flatMap((pod) => (pod.known && pod.value ? [pod.value] : []));
  return staleEndpoints(service, readable, found).map(({ endpoint }) => endpoint.targetRef?.name ?? endpoint.address);
}

const answers = ({ report }: Inspection, { address, port }: SliceEndpoint): boolean =>
  report !== undefined && (reachOf(attemptsTo(report, address, port))?.answered ?? 0) > 0;

interface Stale {
  missing: string[];
  gone: string[];
  noSlice: boolean;
}

function staleFinding(inspection: Inspection, stale: Stale): Finding {
  const { missing, noSlice } = stale;
  const evidence: Observation[] = [
    ...(missing.length > 0
      ? [{ what: 'endpoints.not-listed', params: { pods: missing }, command: podsCommand(inspection) } as const]
      : []),
    slicesNote(inspection),
  ];
  // an address too many breaks only some requests, and those only if it does not answer
  const harmless = missing.length === 0 && !noSlice && inspection.report === undefined;
  return {
    code: 'endpoints/controller-stale',
    severity: harmless ? 'warning' : severityOf(inspection),
    breaks: 'selection',
    subject: {},
    params: stale,
    evidence,
    remedies: [
      {
        id: 'look-at-controller',
        commands: [
          kubectl('kube-system', 'get', 'lease', 'kube-controller-manager', '-o', 'yaml'),
          kubectl('kube-system', 'logs', '-l', 'component=kube-controller-manager', '--tail=50'),
        ],
      },
    ],
  };
}
