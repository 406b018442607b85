import { type SliceEndpoint, usable } from './endpoints.ts';
import type { Service } from './kubernetes.ts';

export interface NodePlace {
  name: string;
  /** Label topology.kubernetes.io/zone of the node. */
  zone?: string;
}

/** `internal`: to the cluster IP. `external`: to a node port, load balancer or external IP, from outside the cluster. */
export type TrafficKind = 'internal' | 'external';

export interface Eligible {
  /** What kube-proxy on this node sends such traffic to. */
  endpoints: readonly SliceEndpoint[];
  policy: 'Cluster' | 'Local';
  /** Hints narrowed the choice. It never makes it empty. */
  topology?: 'PreferSameNode' | 'PreferSameZone';
  /** What a client meets when there is none: refused, or silence because only other nodes have some. */
  whenEmpty: 'refused' | 'dropped';
}

/** internalTrafficPolicy or externalTrafficPolicy; the latter counts only where the Service has an outside. */
export function trafficPolicyOf({ spec }: Service, kind: TrafficKind): 'Cluster' | 'Local' {
  const policy = kind === 'internal' ? spec?.internalTrafficPolicy : spec?.externalTrafficPolicy;
  return policy === 'Local' ? 'Local' : 'Cluster';
}

/**
 * The endpoints that kube-proxy on a node uses. Local: those of the node, ready ones, else those that terminate and
 * serve. Cluster: ready ones near enough by their hints, else those that terminate and serve. Traffic from inside the
 * cluster to node ports and load balancers is `internal` with policy Cluster, whatever externalTrafficPolicy says.
 * Source: pkg/proxy/topology.go, CategorizeEndpoints.
 */
export function eligible(
  service: Service,
  endpoints: readonly SliceEndpoint[],
  node: NodePlace,
  kind: TrafficKind,
): Eligible {
  const policy = trafficPolicyOf(service, kind);
  const anywhere = usable(endpoints);
  const whenEmpty = anywhere.endpoints.length === 0 ? 'refused' : 'dropped';
  if (policy === 'Local') {
    const local = endpoints.filter((endpoint) => endpoint.node === node.name);
    return { endpoints: usable(local).endpoints, policy, whenEmpty };
  }
  const topology = anywhere.fallback ? undefined : topologyFor(anywhere.endpoints, node);
  if (!topology) return { endpoints: anywhere.endpoints, policy, whenEmpty };
  return { endpoints: anywhere.endpoints.filter((e) => isNear(e, node, topology)), policy, topology, whenEmpty };
}

type Topology = NonNullable<Eligible['topology']>;

const isNear = ({ forNodes, forZones }: SliceEndpoint, { name, zone }: NodePlace, topology: Topology): boolean =>
  topology === 'PreferSameNode' ? forNodes.includes(name) : zone !== undefined && forZones.includes(zone);

/** Hints count only if every ready endpoint has them, and one of them is for this node or zone. */
function topologyFor(ready: readonly SliceEndpoint[], node: NodePlace): Topology | undefined {
  const hinted = { PreferSameNode: 'forNodes', PreferSameZone: 'forZones' } as const;
  return (['PreferSameNode', 'PreferSameZone'] as const).find(
    (topology) =>
      ready.every((endpoint) => endpoint[hinted[topology]].length > 0) &&
      ready.some((endpoint) => isNear(endpoint, node, topology)),
  );
}
