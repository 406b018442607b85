import type { Random } from './random.ts';
import type { Scene } from './scene.ts';

/** One field, changed. It acts on the scene that it was made from. */
export interface Change {
  /** As `Service web, spec.ports[0].targetPort: http -> htpt`. */
  what: string;
  /** The value is the same as before. */
  idle?: true;
  apply(): void;
}

export interface Kind {
  name: string;
  /** What it changes, for the table. */
  title: string;
  /** Codes that may be the root cause when the Service is broken by it, such as `spec/*`. None: it can do no harm. */
  blames: readonly string[];
  /** Every change of this kind that the scene offers. */
  changes(scene: Scene, random: Random): Change[];
}

const text = (value: unknown): string => (value === undefined ? '(none)' : JSON.stringify(value));

/** Sets a field, or removes it when `value` is undefined. */
export function set<T extends object, K extends keyof T>(
  where: string,
  object: T,
  key: K,
  value: T[K] | undefined,
): Change {
  const [before, after] = [text(object[key]), text(value)];
  const what = `${where}.${String(key)}: ${before} -> ${after}`;
  const apply = () => {
    if (value === undefined) delete object[key];
    else object[key] = value;
  };
  return { what, ...(before === after && { idle: true }), apply };
}

/** Several fields that only make sense together. */
export const both = (first: Change, ...others: Change[]): Change => ({
  what: first.what,
  apply: () => {
    for (const change of [first, ...others]) change.apply();
  },
});

/** A slip of the finger: a letter doubled, left out, or swapped with the next. Never the word itself. */
export function typo(word: string, random: Random): string {
  const at = random.below(Math.max(1, word.length - 1));
  const [a = '', b = ''] = [word[at], word[at + 1]];
  const slips = [
    word.slice(0, at) + a + word.slice(at),
    word.slice(0, at) + word.slice(at + 1),
    word.slice(0, at) + b + a + word.slice(at + 2),
  ].filter((slip) => slip !== word && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/i.test(slip));
  return random.pick(slips.length > 0 ? slips : [`${word}x`]);
}

export const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
