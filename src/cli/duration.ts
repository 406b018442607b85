import { UsageError } from './usage.ts';

const SECONDS = { ms: 0.001, s: 1, m: 60, h: 3600 } as const;
type Unit = keyof typeof SECONDS;
const PARTS = /(\d+(?:\.\d+)?)(ms|s|m|h)/gy;

/**
 * Seconds of a duration as Go and kubectl write it: `90s`, `2m`, `1m30s`, `500ms`. A bare number is seconds.
 * @throws UsageError when it is none, or outside `min` and `max` (both in seconds).
 */
export function parseDuration(text: string, flag: string, { min, max }: { min: number; max: number }): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : sumOfParts(text);
  if (seconds === undefined) throw new UsageError(`${flag} ${text}: not a duration`, `Write it as 30s, 2m or 1m30s.`);
  if (seconds < min || seconds > max) {
    throw new UsageError(`${flag} ${text}: out of range`, `It takes ${min} to ${max} seconds, such as 30s or 2m.`);
  }
  return seconds;
}

function sumOfParts(text: string): number | undefined {
  let sum = 0;
  let end = 0;
  for (const part of text.matchAll(PARTS)) {
    sum += Number(part[1]) * SECONDS[part[2] as Unit];
    end = part.index + part[0].length;
  }
  return end === text.length && end > 0 ? sum : undefined;
}
