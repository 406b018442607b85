import { hang, wrap } from '../render/layout.ts';

/** One answer that can be picked. */
export interface Choice<T> {
  value: T;
  label: string;
  /** A few words that tell what it means; stands beside the label. */
  note?: string;
  /** Further words that find it in a search. Not shown. */
  keywords?: string;
}

/** How a person is asked. `undefined` is the answer of someone who would rather stop: Ctrl-C, or the end of the input. */
export interface Prompter {
  /** A list that typing narrows. */
  search<T>(question: string, choices: readonly Choice<T>[]): Promise<T | undefined>;
  /** `start`: index of the choice that Enter takes. */
  select<T>(question: string, choices: readonly Choice<T>[], start: number): Promise<T | undefined>;
  /** One key of the menu; case does not matter. */
  key<K extends string>(menu: readonly { key: K; label: string }[]): Promise<K | undefined>;
}

/** Below this a note stands under its label instead of beside it. */
const NARROW = 60;
const WIDEST_LABEL = 40;

/** Label and note in two columns, each choice wrapped to the width of the terminal; in a narrow one, the note below. */
export function columns<T>(choices: readonly Choice<T>[], width: number): string[] {
  const labelWidth = Math.min(Math.max(...choices.map(({ label }) => label.length)), WIDEST_LABEL);
  return choices.map(({ label, note }) => {
    if (note === undefined || note === '') return label;
    const lines =
      width < NARROW ? [label, ...hang('  ', note, width)] : hang(`${label.padEnd(labelWidth)}  `, note, width);
    return lines.join('\n');
  });
}

/** A question on as many lines as it takes. */
export const asked = (question: string, width: number): string => wrap(question, width).join('\n');

/** Choices that contain every word typed, in label, note or keywords. */
export function narrowed<T>(choices: readonly Choice<T>[], term: string): Choice<T>[] {
  const words = term.toLowerCase().split(/\s+/).filter(Boolean);
  return choices.filter(({ label, note = '', keywords = '' }) => {
    const text = `${label} ${note} ${keywords}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
