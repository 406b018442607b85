/** One answer that can be picked. */
export interface Choice<T> {
  value: T;
  label: string;
  /** A few words that tell what it means; stands beside the label. */
  note?: string;
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

/** Label and note in two columns; the label column is as wide as the widest, within reason. */
export function columns<T>(choices: readonly Choice<T>[], widest = 40): string[] {
  const width = Math.min(Math.max(...choices.map(({ label }) => label.length)), widest);
  return choices.map(({ label, note }) => (note === undefined ? label : `${label.padEnd(width)}  ${note}`));
}

/** Choices that contain every word typed, in label or note. */
export function narrowed<T>(choices: readonly Choice<T>[], term: string): Choice<T>[] {
  const words = term.toLowerCase().split(/\s+/).filter(Boolean);
  return choices.filter(({ label, note = '' }) => {
    const text = `${label} ${note}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
