import type { SliceEndpoint } from './endpoints.ts';
import type { EndpointSlice, Pod, Service } from './kubernetes.ts';
import { serviceSelects } from './selector.ts';

/** What is wrong with an endpoint, held against the pods that exist. */
type StaleReason =
  /** The pod that it names does not exist. */
  | 'pod-gone'
  /** A pod of that name exists, but it is another one: made anew since. */
  | 'pod-replaced'
  /** The pod has another address now. */
  | 'address-changed'
  /** The pod has finished, and serves no more. */
  | 'pod-finished'
  /** The pod exists and is not selected (any more). */
  | 'not-selected'
  /** It names no pod, and no pod of the namespace has the address: outside the cluster, or forgotten. */
  | 'no-pod';

export interface StaleEndpoint {
  endpoint: SliceEndpoint;
  reason: StaleReason;
}

const addressesOf = ({ status }: Pod): string[] =>
  [status?.podIP, ...(status?.podIPs ?? []).map(({ ip }) => ip)].filter(
    (ip) => ip !== undefined && ip !== '',
  ) as string[];

const isFinished = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

/**
 * The endpoints with no fitting pod behind them. `pods`: every pod of the Service's namespace, not only the selected
 * ones. For a Service without selector `no-pod` is the rule, not a fault.
 */
export function staleEndpoints(
  service: Service,
  endpoints: readonly SliceEndpoint[],
  pods: readonly Pod[],
): StaleEndpoint[] {
  return endpoints.flatMap((endpoint) => {
    const reason = staleReason(service, endpoint, pods);
    return reason ? [{ endpoint, reason }] : [];
  });
}

function staleReason(service: Service, endpoint: SliceEndpoint, pods: readonly Pod[]): StaleReason | undefined {
  const { targetRef, address } = endpoint;
  if (targetRef?.kind !== 'Pod') return pods.some((pod) => addressesOf(pod).includes(address)) ? undefined : 'no-pod';
  const pod = pods.find(({ metadata }) => metadata?.name === targetRef.name);
  if (!pod) return 'pod-gone';
  if (targetRef.uid && pod.metadata?.uid !== targetRef.uid) return 'pod-replaced';
  if (isFinished(pod)) return 'pod-finished';
  if (!addressesOf(pod).includes(address)) return 'address-changed';
  const selected = !service.spec?.selector || serviceSelects(service.spec.selector, pod.metadata?.labels);
  return selected ? undefined : 'not-selected';
}

/**
 * Pods that the Service selects and that belong into its slices by now, yet are in none: the controller does not keep up.
 * A pod belongs there from the moment it has an address, ready or not. Source: k8s.io/endpointslice/util, ShouldPodBeInEndpoints.
 */
export function missingPods(service: Service, slices: readonly EndpointSlice[], pods: readonly Pod[]): Pod[] {
  const listed = new Set(slices.flatMap(({ endpoints }) => (endpoints ?? []).map(({ targetRef }) => targetRef?.uid)));
  return pods.filter(
    (pod) =>
      serviceSelects(service.spec?.selector, pod.metadata?.labels) &&
      !isFinished(pod) &&
      addressesOf(pod).length > 0 &&
      !listed.has(pod.metadata?.uid),
  );
}
