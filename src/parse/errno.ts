import type { ConnectOutcome } from '../model/probe.ts';

/** The texts of strerror and gai_strerror, of glibc and of musl, and how the tools word them. */
const TEXTS: readonly (readonly [RegExp, ConnectOutcome])[] = [
  [/connection refused/i, 'refused'],
  [/(connection|operation) (timed out|timeout)|\bTIMEOUT\b|(nc|\(tcp\)):? timed out/i, 'silent'],
  [/no route to host|(host|network) (is )?unreachable/i, 'no-route'],
  [/(reset by peer|broken pipe|connection aborted)/i, 'reset'],
  [
    /bad address|name or service not known|could not resolve|name resolution|name does not resolve|unable to resolve|can't resolve|getaddrinfo|no address associated|unknown host/i,
    'bad-name',
  ],
];

/** What the system said of a connection, as the last of the lines that says something has it. */
export function outcomeOfError(lines: readonly string[]): ConnectOutcome | undefined {
  for (const line of lines.toReversed()) {
    const found = TEXTS.find(([pattern]) => pattern.test(line));
    if (found) return found[1];
  }
  return undefined;
}
