import type { Manager } from '../model/fix/managers.ts';

/** What is said and asked when svc-debug mends something itself. */
export interface FixText {
  /** Headings; at most seven characters, since they share a column with those of the ending. */
  labels: { change: string; managed: string; source: string; applied: string; undo: string; refused: string };
  /** In the last menu. `count`: how many changes there are to choose from. */
  menu: (count: number) => string;
  which: string;
  nevermind: string;
  reading: string;
  applying: string;
  waiting: string;
  change: (service: string) => string;
  /** The API server took it in a dry run. */
  tried: string;
  /** An admission webhook or policy would change more than that. */
  beyond: string;
  /** Only shown: `--fix print`, or a run that only reads. */
  printed: string;
  managers: (service: string, managers: readonly Manager[]) => string;
  source: (managers: readonly Manager[]) => string;
  /** Beside a remedy that changes the Service. */
  alsoThere: (managers: readonly Manager[]) => string;
  /** It came from `kubectl apply` of a file. */
  fromFile: string;
  ask: string;
  yes: string;
  yesNote: string;
  no: string;
  noNote: string;
  applied: (service: string) => string;
  /** `ms` since it was applied, until the endpoints showed it; undefined: they did not change within the limit. */
  effect: (ms: number | undefined) => string;
  undo: string;
  notApplied: string;
  gone: string;
  already: string;
  /** Somebody else changed the Service since it was read. */
  conflict: string;
  forbidden: (says: string) => string;
  refused: (says: string) => string;
  /** The answer was lost: whether it was applied is found out by reading. */
  lost: (says: string) => string;
  notMended: string;
}
