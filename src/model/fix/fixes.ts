import type { Diagnosis, PlacedFinding } from '../diagnosis.ts';
import type { Remedy, RemedyPatch } from '../finding.ts';
import type { Target } from '../target.ts';
import { isNarrow } from './narrow.ts';

/** A way out of a root cause that svc-debug may go itself. */
export interface Fix {
  cause: PlacedFinding;
  remedy: Remedy;
  patch: RemedyPatch;
}

/** The narrow changes of the Service itself that mend a root cause, the decisive one first. */
export const fixesOf = ({ rootCauses }: Diagnosis, target: Target): Fix[] =>
  rootCauses.flatMap((cause) =>
    (cause.remedies as readonly Remedy[]).flatMap((remedy) =>
      remedy.patch && isNarrow(remedy.patch, target) ? [{ cause, remedy, patch: remedy.patch }] : [],
    ),
  );
