import { isIP } from 'node:net';
import type { Lookup } from '../model/probe.ts';
import { outcomeOfError } from './errno.ts';
import { crashed, linesOf, TIME_WAS_UP, type Transcript } from './text.ts';

/** A resolver that does not answer takes longer than this, with the shortest timeout in use. */
const SLOW_MS = 2000;

/** Where the address stands in the lines of getent, ping and busybox nc. */
const ADDRESSES = [
  /^(\S+)\s+(?:STREAM|DGRAM|RAW)\b/,
  /^([0-9a-f.:]+)\s+\S/i,
  /^PING [^(]*\((?:[^()]*\()?([^()]+)\)/,
  /^\S+ \(\[([^\]]+)\]:\d+\) open$/,
  /^\S+ \(([\d.]+):\d+\) open$/,
];

function addressIn(line: string): string[] {
  const groups = ADDRESSES.map((pattern) => pattern.exec(line)?.[1]);
  return groups.filter((group): group is string => group !== undefined && isIP(group) > 0).slice(0, 1);
}

function failure(lines: readonly string[], { exitCode, durationMs }: Transcript): Lookup['outcome'] {
  const temporary = lines.some((line) => /temporary failure|try again/i.test(line));
  if (temporary || exitCode === TIME_WAS_UP || durationMs >= SLOW_MS) return 'unclear';
  // getent says nothing; 2 is its "not found" (https://man7.org/linux/man-pages/man1/getent.1.html)
  const silent = exitCode === 2 && lines.every((line) => line.trim() === '');
  return silent || outcomeOfError(lines) === 'bad-name' ? 'bad-name' : 'unclear';
}

/**
 * A name looked up through the C library: `getent ahosts`, `getent hosts`, the first line of `ping`, or `nc -v`.
 * They do not tell a name that does not exist from a resolver that fails at once: `bad-name` may be either.
 */
export function parseLookup(transcript: Transcript): Lookup {
  if (crashed(transcript)) return { outcome: 'unclear', addresses: [] };
  const lines = linesOf(transcript.text);
  const addresses = [...new Set(lines.flatMap(addressIn))];
  const found = addresses.length > 0 || lines.includes('open');
  return { outcome: found ? 'found' : failure(lines, transcript), addresses };
}
