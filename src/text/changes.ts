import type { Change } from '../model/change.ts';

/** What is said of the last changes around a cause. */
export interface ChangesText {
  /** Heading in the ending; at most seven characters. */
  label: string;
  /** Heading in the report. */
  title: string;
  /** `ago`: as kubectl prints an age. */
  says: Record<Change['what'], (change: Change, ago: string) => string>;
}
