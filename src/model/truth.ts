/** Three-valued: `unknown` is neither yes nor no. */
export type Truth = boolean | 'unknown';

/** True, false, or the reason why it cannot be told. */
export type Match<Reason extends string> = boolean | Reason;

/** Conjunction: one `false` decides; else the first reason for doubt; else true. Of nothing: true. */
export function allOf<R extends string>(values: readonly Match<R>[]): Match<R> {
  if (values.includes(false)) return false;
  return values.find((value) => value !== true) ?? true;
}

/** Disjunction: one `true` decides; else the first reason for doubt; else false. Of nothing: false. */
export function anyOf<R extends string>(values: readonly Match<R>[]): Match<R> {
  if (values.includes(true)) return true;
  return values.find((value) => value !== false) ?? false;
}

export const toTruth = (match: Match<string>): Truth => (typeof match === 'boolean' ? match : 'unknown');
