import { isIP } from 'node:net';
import type { DnsAnswer } from '../model/probe.ts';
import { clean, crashed, firstMatch, linesOf, TIME_WAS_UP, type Transcript } from './text.ts';

/** Old busybox answers `can't resolve` for every failure; a resolver that does not answer takes longer than this. */
const SLOW_MS = 4000;

/** What a line says went wrong, the most telling first. Of busybox since 1.29 and of bind9. */
const FAILURES: readonly (readonly [RegExp, DnsAnswer['outcome']])[] = [
  [/\bSERVFAIL\b/, 'servfail'],
  [/\bREFUSED\b/, 'refused-query'],
  [/\*\*\* Can't find .*: No answer/, 'no-address'],
  [/\bNXDOMAIN\b/, 'nxdomain'],
  [/connection refused/i, 'port-refused'],
  [/connection timed out|no servers could be reached|: timed out/i, 'timeout'],
];

/** A line that names a further address, as one of an answer: `Address: A`, and `Address 1: A NAME` of busybox before 1.29. */
const ADDRESS = /^Address(?: \d+)?:\s+(\S+)/;

/** The part about the resolver, and the part that answers. */
function parts(lines: readonly string[]): { resolver: readonly string[]; answer: readonly string[] } {
  const begin = lines.findIndex((line) =>
    /^(Name:|\*\*|.*\tcanonical name = |nslookup: can't resolve '[^(])/.test(line),
  );
  return begin < 0 ? { resolver: lines, answer: [] } : { resolver: lines.slice(0, begin), answer: lines.slice(begin) };
}

/** busybox before 1.29 uses the C library: one message for every failure. A resolver that has a name is one that answers. */
function oldFailure(resolver: readonly string[], durationMs: number): DnsAnswer['outcome'] {
  if (resolver.some((line) => /^Address 1: \S+ \S/.test(line))) return 'nxdomain';
  return durationMs >= SLOW_MS ? 'timeout' : 'unclear';
}

function failure(lines: readonly string[], { exitCode, durationMs }: Transcript): DnsAnswer['outcome'] {
  const { resolver, answer } = parts(lines);
  for (const [pattern, outcome] of FAILURES) if (lines.some((line) => pattern.test(line))) return outcome;
  if (answer.some((line) => line.startsWith("nslookup: can't resolve"))) return oldFailure(resolver, durationMs);
  if (answer.some((line) => line.includes('\tcanonical name = '))) return 'no-address';
  // busybox since 1.34 says nothing of a name without an address, and nothing when it lost the answer
  return exitCode === TIME_WAS_UP ? 'timeout' : 'unclear';
}

/**
 * The output of `nslookup NAME [SERVER]`, of busybox since 1.24 and of bind9. Exit codes are ignored: busybox fails on
 * a healthy cluster, since it asks for every suffix of the search path, and 1.29 and 1.30 succeed whatever happens.
 */
export function parseNslookup(transcript: Transcript): DnsAnswer {
  const lines = linesOf(transcript.text);
  const { durationMs } = transcript;
  if (crashed(transcript)) return { outcome: 'unclear', addresses: [], durationMs };
  const { resolver, answer } = parts(lines);
  const found = answer.flatMap((line) => ADDRESS.exec(line)?.[1] ?? []).filter((address) => isIP(address) > 0);
  const addresses = [...new Set(found)];
  const server = firstMatch(resolver, /^Server:\s+(\S+)/);
  const target = firstMatch(answer, /\tcanonical name = (\S+)/);
  return {
    outcome: addresses.length > 0 ? 'found' : failure(lines, transcript),
    addresses,
    ...(target !== undefined && { canonicalName: clean(target, 253).replace(/\.$/, '') }),
    ...(server !== undefined && { server: clean(server, 253) }),
    durationMs,
  };
}
