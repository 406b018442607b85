import { performance } from 'node:perf_hooks';
import { askFrom } from '../cluster/probeRun.ts';
import type { Probers } from '../cluster/probers.ts';
import type { Facts } from '../facts/facts.ts';
import { FactStore } from '../facts/store.ts';
import type { Cluster } from '../model/cluster.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import type { StepId } from '../model/finding.ts';
import type { Consent, Target } from '../model/target.ts';
import { STEPS } from '../steps/index.ts';
import { withChanges } from '../walk/changes.ts';
import { diagnose } from '../walk/diagnose.ts';
import { withManagers } from '../walk/managers.ts';
import { type WalkEvents, walk } from '../walk/walk.ts';

export interface WalkSettings {
  cluster: Cluster;
  target: Target;
  /** Absent: the API only. */
  probers?: Probers;
  consent: Consent;
  nodeOutputs?: readonly string[];
  /** Milliseconds since 1970. */
  now: number;
  signal: AbortSignal;
  events?: WalkEvents;
}

export interface Walked {
  facts: Facts;
  diagnosis: Diagnosis;
  durationMs: number;
}

export const NOTHING: Consent = { probe: false, nodeChecks: false };

/** The facts of a walk that is about to begin. */
export function factsOf({ cluster, target, probers, consent, nodeOutputs = [], now }: WalkSettings): Facts {
  const nodeShell = consent.nodeShell ? probers?.nodeShell : undefined;
  const given = nodeOutputs.length > 0 ? { ...consent, nodeOutput: true } : consent;
  const enter = consent.ephemeral ? probers?.enter : undefined;
  const store = new FactStore(cluster, {
    askFrom,
    nodeOutputs,
    ...(nodeShell && { nodeShell }),
    ...(enter && { enter }),
  });
  return store.facts({ target, now, probers: probers?.list ?? [], consent: given });
}

/** One walk of the checklist, or of some of its steps, with facts of its own. */
export async function walkOnce(
  settings: WalkSettings,
  facts: Facts = factsOf(settings),
  only: readonly StepId[] = [],
): Promise<Walked> {
  const began = performance.now();
  const steps = only.length > 0 ? STEPS.filter(({ id }) => only.includes(id)) : STEPS;
  const trail = await walk(steps, facts, settings.signal, settings.events);
  const diagnosis = await withManagers(facts, diagnose(trail));
  const told = only.length > 0 ? diagnosis : await withChanges(facts, diagnosis);
  return { facts, diagnosis: told, durationMs: Math.round(performance.now() - began) };
}
