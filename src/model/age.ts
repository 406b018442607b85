const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

interface Scale {
  /** Up to this many seconds, not included. */
  below: number;
  unit: number;
  letter: string;
  /** The smaller unit beside it, left out when it is zero. */
  rest?: { unit: number; letter: string };
}

/** Source: k8s.io/apimachinery/pkg/util/duration, HumanDuration. */
const SCALES: readonly Scale[] = [
  { below: 2 * MINUTE, unit: 1, letter: 's' },
  { below: 10 * MINUTE, unit: MINUTE, letter: 'm', rest: { unit: 1, letter: 's' } },
  { below: 3 * HOUR, unit: MINUTE, letter: 'm' },
  { below: 8 * HOUR, unit: HOUR, letter: 'h', rest: { unit: MINUTE, letter: 'm' } },
  { below: 2 * DAY, unit: HOUR, letter: 'h' },
  { below: 8 * DAY, unit: DAY, letter: 'd', rest: { unit: HOUR, letter: 'h' } },
  { below: 2 * YEAR, unit: DAY, letter: 'd' },
  { below: 8 * YEAR, unit: YEAR, letter: 'y', rest: { unit: DAY, letter: 'd' } },
  { below: Number.POSITIVE_INFINITY, unit: YEAR, letter: 'y' },
];

/** A duration in seconds as kubectl prints an AGE: `3d4h`. Slightly negative ones (clocks differ) are `0s`. */
export function printAge(seconds: number): string {
  const whole = Math.max(0, Math.trunc(seconds));
  const scale = SCALES.find(({ below }) => whole < below) as Scale;
  const main = Math.floor(whole / scale.unit);
  const rest = scale.rest ? Math.floor((whole % scale.unit) / scale.rest.unit) : 0;
  return `${main}${scale.letter}${scale.rest && rest > 0 ? `${rest}${scale.rest.letter}` : ''}`;
}

/** Seconds from an API timestamp (RFC 3339) to `now` (milliseconds since 1970). Undefined when there is none, or no date. */
export function secondsSince(timestamp: string | null | undefined, now: number): number | undefined {
  const then = timestamp ? Date.parse(timestamp) : Number.NaN;
  return Number.isNaN(then) ? undefined : (now - then) / 1000;
}
