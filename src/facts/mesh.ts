import type { Obstacle } from '../model/fact.ts';
import { valueOr } from '../model/fact.ts';
import type { Page, Pod } from '../model/kubernetes.ts';
import { isMeshRefusal, meshProxyOf } from '../model/mesh.ts';
import type { Attempt } from '../model/probe.ts';
import { podNamed } from './api.ts';
import type { Facts } from './facts.ts';
import { selectedPods } from './pods.ts';
import type { ProbeReport } from './probe.ts';

/** Why a reset means nothing: the backends are behind a mesh proxy and the vantage point is not. */
export async function outsideMesh(facts: Facts, { vantage }: ProbeReport): Promise<Obstacle | undefined> {
  const pods = valueOr<Page<Pod>, { items: Pod[] }>(await facts.ask(selectedPods(facts.target)), { items: [] }).items;
  const proxy = pods.map(meshProxyOf).find((name) => name !== undefined);
  if (!proxy) return undefined;
  const own = vantage.kind === 'pod' ? await facts.ask(podNamed(vantage.namespace, vantage.pod)) : undefined;
  if (own?.known && own.value && meshProxyOf(own.value)) return undefined;
  const reason = `the pods are behind ${proxy} and the probe is not: that it was reset says nothing; ask from a pod inside the mesh (--from)`;
  return { kind: 'not-applicable', reason };
}

/** Why an answer means nothing: a mesh proxy gave it, and the application never saw the request. */
export const meshRefuses = (attempts: readonly Attempt[]): Obstacle | undefined =>
  attempts.length > 0 && attempts.every(isMeshRefusal)
    ? {
        kind: 'not-applicable',
        reason:
          'the mesh refuses this request (403, RBAC: access denied): the application behind was not heard; ask from the client that suffers, with --path',
      }
    : undefined;
