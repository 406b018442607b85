/** Readers of flag values. Each throws a UsageError that says what would be right. */
import { type ClientRef, parseClient } from './clients.ts';
import { parseDuration } from './duration.ts';
import { UsageError } from './usage.ts';

/** Seconds. A probe pod lives so much longer for --for. */
const LONGEST = { '--for': 600, '--timeout': 3600 };

export const clients = (text: string, before: readonly ClientRef[] = []) => [...before, parseClient(text)];

export const files = (text: string, before: readonly string[] = []) => [...before, filled('--node-output')(text)];

export const durationOf = (flag: keyof typeof LONGEST, min: number) => (text: string) =>
  parseDuration(text, flag, { min, max: LONGEST[flag] });

export const filled = (flag: string) => (text: string) => {
  if (!/^\P{C}+$/u.test(text.trim()))
    throw new UsageError(`${flag} needs a value`, 'svc-debug --help lists the flags.');
  return text;
};

export function pathOf(text: string): string {
  if (!/^\/[!-~]*$/.test(text))
    throw new UsageError(`--path ${text}: not a path`, 'It begins with "/" and has no spaces.');
  return text;
}
