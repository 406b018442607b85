import type { Cluster, ObjectRef } from '../../model/cluster.ts';
import type { Obstacle } from '../../model/fact.ts';
import type { Fix } from '../../model/fix/fixes.ts';
import { managersOf } from '../../model/fix/managers.ts';
import { guarded, isBeyond, patched, sameAim } from '../../model/fix/narrow.ts';
import type { Service } from '../../model/kubernetes.ts';
import type { Proposal } from '../../render/fix.ts';

/** Why a change is not offered. `conflict`: the Service is no longer the one that was read. */
export type Refusal = { because: 'gone' | 'already' | 'conflict' } | { because: 'obstacle'; obstacle: Obstacle };

export type Proposed = ({ ok: true; beyond: boolean } & Proposal) | ({ ok: false } & Refusal);

const refOf = ({ patch: { target } }: Fix): ObjectRef => ({ ...target });

/**
 * The change on the Service as it is now. Where `tries`, and where nobody else keeps the Service, the API server has
 * taken it in a dry run: RBAC, validation and admission had their say.
 */
export async function propose(cluster: Cluster, fix: Fix, tries: boolean): Promise<Proposed> {
  const read = await cluster.get<Service>(refOf(fix));
  if (!read.known) return { ok: false, because: 'obstacle', obstacle: read.obstacle };
  const before = read.value;
  if (!before) return { ok: false, because: 'gone' };
  const meant = patched(before, fix.patch);
  if (!meant || sameAim(before, meant)) return { ok: false, because: 'already' };
  const managers = managersOf(before);
  if (!tries || managers.length > 0) return { ok: true, before, after: meant, managers, beyond: false };
  const tried = await send(cluster, fix, before, true);
  if (!tried.known) return { ok: false, ...refusalOf(tried.obstacle) };
  return { ok: true, before, after: tried.value, managers, beyond: isBeyond(tried.value, meant) };
}

const send = (cluster: Cluster, fix: Fix, before: Service, dryRun: boolean) => {
  const { type, body } = guarded(fix.patch, before.metadata?.resourceVersion ?? '');
  return cluster.patch<Service>(refOf(fix), { type, body, dryRun });
};

/** 409: its resourceVersion moved on. 422 without a cause of its own: a test within the patch failed. */
function refusalOf(obstacle: Obstacle): Refusal {
  const moved =
    obstacle.kind === 'api-error' &&
    (obstacle.status === 409 || (obstacle.status === 422 && /rejected our request/.test(obstacle.message)));
  return moved ? { because: 'conflict' } : { because: 'obstacle', obstacle };
}

export type Applied =
  | { done: 'yes'; after: Service }
  | { done: 'no'; refusal: Refusal }
  /** The answer was lost, and looking did not tell either. */
  | { done: 'unknown'; obstacle: Obstacle };

/**
 * Makes the change, once. `cluster` is not to be bound by the signal that ends the run: whoever stops it then is told all
 * the same whether the change was made.
 */
export async function applyFix(cluster: Cluster, fix: Fix, { before, after }: Proposal): Promise<Applied> {
  const sent = await send(cluster, fix, before, false);
  if (sent.known) return { done: 'yes', after: sent.value };
  const { obstacle } = sent;
  if (!leavesOpen(obstacle)) return { done: 'no', refusal: refusalOf(obstacle) };
  const now = await cluster.get<Service>(refOf(fix));
  if (!now.known || !now.value) return { done: 'unknown', obstacle };
  if (sameAim(now.value, after)) return { done: 'yes', after: now.value };
  return { done: 'no', refusal: { because: 'obstacle', obstacle } };
}

/** Trouble after which the request may have been carried out all the same. */
const leavesOpen = (obstacle: Obstacle): boolean =>
  ['timeout', 'unreachable', 'cancelled'].includes(obstacle.kind) ||
  (obstacle.kind === 'api-error' && obstacle.status >= 500);
