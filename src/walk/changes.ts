import { changesAround } from '../facts/changes.ts';
import type { Facts } from '../facts/facts.ts';
import type { Change } from '../model/change.ts';
import type { Diagnosis } from '../model/diagnosis.ts';

/** A verdict waits for what changed no longer than this. */
const LIMIT_MS = 2000;

/** The diagnosis with what changed around its root causes; where there are none, nothing is asked. */
export async function withChanges(facts: Facts, diagnosis: Diagnosis): Promise<Diagnosis> {
  const { rootCauses, verdict } = diagnosis;
  if (rootCauses.length === 0 || verdict === 'no-access') return diagnosis;
  return { ...diagnosis, changes: await within(LIMIT_MS, changesAround(facts, rootCauses)) };
}

async function within(limitMs: number, asked: Promise<Change[]>): Promise<Change[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Change[]>((resolve) => {
    timer = setTimeout(() => resolve([]), limitMs);
  });
  const changes = await Promise.race([asked, late]);
  clearTimeout(timer);
  return changes;
}
