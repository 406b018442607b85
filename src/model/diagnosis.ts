import type { Change } from './change.ts';
import type { Obstacle } from './fact.ts';
import type { Finding, StepId, Subject } from './finding.ts';
import type { Manager } from './fix/managers.ts';
import type { Trail } from './step.ts';

export type Verdict = 'healthy' | 'broken' | 'inconclusive' | 'no-access';

/** A finding with its place in the diagnosis: the step that made it, and the codes of the errors that it explains. */
export type PlacedFinding = Finding & { step: StepId; explains: readonly string[] };

export interface Diagnosis {
  verdict: Verdict;
  /** Errors that no other present error explains, the decisive one first. */
  rootCauses: readonly PlacedFinding[];
  /** All of them: root causes, symptoms, warnings, notes. */
  findings: readonly PlacedFinding[];
  trail: Trail;
  /** What changed around the root causes, the newest first; absent where it was not looked up. */
  changes?: readonly Change[];
  /** Who else writes the Service that a remedy would change; absent where none does. */
  managers?: readonly Manager[];
  notChecked: readonly { step: StepId; obstacle: Obstacle }[];
}

/** Whether two subjects speak of a common thing: no dimension that both name differs. */
export function overlaps(a: Subject, b: Subject): boolean {
  const dimensions = ['port', 'node', 'from'] as const;
  const [mine, others] = [backendsOf(a), backendsOf(b)];
  return (
    dimensions.every((d) => a[d] === undefined || b[d] === undefined || a[d] === b[d]) &&
    (!mine || !others || mine.some((name) => others.includes(name)))
  );
}

/** Whether all the backends that a subject names are those of `others`: what speaks of no backend in particular concerns each. */
export function cover(others: readonly Subject[], subject: Subject): boolean {
  const named = others.map(backendsOf);
  return (backendsOf(subject) ?? []).every((name) => named.some((names) => !names || names.includes(name)));
}

const backendsOf = ({ backend, backends }: Subject): readonly string[] | undefined =>
  backends ?? (backend === undefined ? undefined : [backend]);

/** A subject for some backends out of many: all of them need no names. */
export function aboutBackends(names: readonly string[], all: boolean): Pick<Subject, 'backend' | 'backends'> {
  const [first] = names;
  if (all || first === undefined) return {};
  return names.length === 1 ? { backend: first } : { backends: names };
}
