import { pause } from '../../cluster/deadline.ts';
import { RESOURCES } from '../../facts/resources.ts';
import type { Cluster } from '../../model/cluster.ts';
import type { EndpointSlice } from '../../model/kubernetes.ts';
import type { Target } from '../../model/target.ts';

const POLL_MS = 400;
const LONGEST_MS = 6000;
/** kube-proxy gathers changes for a second before it writes rules: --iptables-min-sync-period, --nftables-min-sync-period. */
const PROXY_MS = 1500;

/** What the slices of the Service say now, as one text; undefined where they cannot be read. */
export async function endpointsNow(cluster: Cluster, { namespace, service }: Target): Promise<string | undefined> {
  const labelSelector = `kubernetes.io/service-name=${service}`;
  const slices = await cluster.list<EndpointSlice>({ ...RESOURCES.endpointSlices, namespace, labelSelector });
  if (!slices.known) return undefined;
  const said = slices.value.items.map(({ ports, endpoints }) =>
    JSON.stringify([ports, (endpoints ?? []).map(({ addresses, conditions }) => [addresses, conditions])]),
  );
  return said.sort().join();
}

/**
 * Waits until the endpoints differ from what they were, and kube-proxy had its time to follow. Gives the milliseconds that
 * the endpoints took; undefined: they did not change within the limit.
 * @param before undefined: they are not to change, or cannot be read; then only kube-proxy is waited for
 */
export async function tookEffect(
  cluster: Cluster,
  target: Target,
  before: string | undefined,
  signal: AbortSignal,
): Promise<number | undefined> {
  const began = performance.now();
  const sinceMs = () => performance.now() - began;
  if (before === undefined) await pause(PROXY_MS, signal);
  while (before !== undefined && sinceMs() < LONGEST_MS && !signal.aborted) {
    await pause(POLL_MS, signal);
    const now = await endpointsNow(cluster, target);
    if (now === undefined || now === before) continue;
    const took = sinceMs();
    await pause(PROXY_MS, signal);
    return took;
  }
  return undefined;
}
