import { ask, must } from '../lib/upstream.ts';
import type { Place } from './objects.ts';

interface Node {
  metadata: { name: string };
  spec: { taints?: { key: string }[] };
}

const TAINT = { key: 'hardening', value: 'y', effect: 'NoSchedule' };

const taint = ({ upstream }: Pick<Place, 'upstream'>, { metadata }: Node, taints: readonly object[]) =>
  ask(upstream, 'PATCH', `/api/v1/nodes/${metadata.name}`, { spec: { taints } }, 'application/merge-patch+json');

/** No node takes a new pod that does not tolerate it; those that run stay. */
export async function taintAll(place: Place): Promise<() => Promise<void>> {
  const { items } = await must<{ items: Node[] }>(place.upstream, 'GET', '/api/v1/nodes');
  const others = ({ spec }: Node) => (spec.taints ?? []).filter(({ key }) => key !== TAINT.key);
  await Promise.all(items.map((node) => taint(place, node, [...others(node), TAINT])));
  return async () => {
    await Promise.all(items.map((node) => taint(place, node, others(node))));
  };
}
