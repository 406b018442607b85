/** What a mesh makes of connections: who accepted, reset or refused them may be a proxy alone. */
import type { Obstacle } from '../model/fact.ts';
import { valueOr } from '../model/fact.ts';
import type { Page, Pod } from '../model/kubernetes.ts';
import { isMerelyOpen, isMeshRefusal, meshProxyOf } from '../model/mesh.ts';
import type { Attempt, Vantage } from '../model/probe.ts';
import { podNamed } from './api.ts';
import type { Facts } from './facts.ts';
import { selectedPods } from './pods.ts';
import type { ProbeReport } from './probe.ts';

const says = (reason: string): Obstacle => ({ kind: 'not-applicable', reason });

async function proxyOfBackends(facts: Facts): Promise<string | undefined> {
  const pods = valueOr<Page<Pod>, { items: Pod[] }>(await facts.ask(selectedPods(facts.target)), { items: [] }).items;
  return pods.map(meshProxyOf).find((name) => name !== undefined);
}

async function proxyOfVantage(facts: Facts, { kind, namespace, pod }: Vantage): Promise<string | undefined> {
  if (kind === 'node') return undefined;
  const own = valueOr(await facts.ask(podNamed(namespace, pod)), null);
  return own ? meshProxyOf(own) : undefined;
}

/** Why a reset means nothing: the backends are behind a mesh proxy and the vantage point is not. */
export async function outsideMesh(facts: Facts, { vantage }: ProbeReport): Promise<Obstacle | undefined> {
  const proxy = await proxyOfBackends(facts);
  if (!proxy || (await proxyOfVantage(facts, vantage))) return undefined;
  return says(
    `the pods are behind ${proxy} and the probe is not: that it was reset says nothing; ask from a pod inside the mesh (--from)`,
  );
}

/** Why connections that merely opened mean nothing: a mesh proxy, of the backends or of the client, accepts them itself. */
export async function acceptedByMesh(
  facts: Facts,
  { vantage }: ProbeReport,
  attempts: readonly Attempt[],
): Promise<Obstacle | undefined> {
  if (attempts.length === 0 || !attempts.every(isMerelyOpen)) return undefined;
  const proxy = await proxyOfBackends(facts);
  if (proxy)
    return says(`${proxy} accepts connections for the pods: that they open says nothing; ask with --scheme http`);
  const own = vantage.kind === 'pod' ? await proxyOfVantage(facts, vantage) : undefined;
  return own
    ? says(`${own} accepts connections of the client: that they open says nothing; ask with --scheme http`)
    : undefined;
}

/** Why an answer means nothing: a mesh proxy gave it, and the application never saw the request. */
export const meshRefuses = (attempts: readonly Attempt[]): Obstacle | undefined =>
  attempts.length > 0 && attempts.every(isMeshRefusal)
    ? says(
        'the mesh refuses this request (403, RBAC: access denied): the application behind was not heard; ask from the client that suffers, with --path',
      )
    : undefined;
