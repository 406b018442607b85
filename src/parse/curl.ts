import type { Attempt, ConnectOutcome } from '../model/probe.ts';
import { outcomeOfError } from './errno.ts';
import { bodyOf, parseHead, type Spoken } from './httpResponse.ts';
import { crashed, firstMatch, linesOf, type Transcript } from './text.ts';

/** Above it, curl waited for an address that nobody has; a refusal takes a second at most. */
const NO_ROUTE_MS = 2000;

/** Error 7 without -v hides the reason: it is either refused or no route, and the time tells. */
function notConnected(lines: readonly string[]): ConnectOutcome {
  const said = outcomeOfError(lines.filter((line) => !/^curl: \(7\)/.test(line)));
  if (said && said !== 'silent') return said;
  return Number(firstMatch(lines, /after (\d+) ms/) ?? 0) >= NO_ROUTE_MS ? 'no-route' : 'refused';
}

function timedOut(lines: readonly string[]): ConnectOutcome {
  if (lines.some((line) => /Resolving timed out/.test(line))) return 'bad-name';
  if (lines.some((line) => /with [1-9]\d* (out of \d+ )?bytes received/.test(line))) return 'answered';
  const opened = lines.some((line) => /^\* Connected to |Operation timed out|SSL connection timeout/.test(line));
  return opened ? 'hangs' : 'silent';
}

/** https://curl.se/libcurl/c/libcurl-errors.html */
function outcome(exitCode: number | undefined, lines: readonly string[]): ConnectOutcome {
  switch (exitCode) {
    case 5:
    case 6:
      return 'bad-name';
    case 7:
      return notConnected(lines);
    case 28:
      return timedOut(lines);
    case 52:
      return 'closed';
    case 35:
    case 55:
    case 56:
      if (outcomeOfError(lines) === 'reset') return 'reset';
      return lines.some((line) => /wrong version number|alert|tlsv1/i.test(line)) ? 'answered' : 'closed';
    case 0:
    case 1:
    case 8:
    case 18:
    case 23:
    case 60:
    case 92:
      return 'answered';
    default:
      return 'unclear';
  }
}

/** HTTP was spoken and something else came back (1: HTTP/0.9, 8: no header), or TLS and it was none (35). */
function spoke(exitCode: number | undefined, lines: readonly string[]): Spoken {
  if (exitCode === 1 || exitCode === 8) return { spoke: 'not-http' };
  return exitCode === 35 && lines.some((line) => /wrong version number/i.test(line)) ? { spoke: 'not-tls' } : {};
}

/** `curl -sSv`: `*` and `<` lines and the error in `text`, the start of the body apart. Understood without -v as well. */
export function parseCurl(transcript: Transcript, body = ''): Attempt {
  const { durationMs, exitCode } = transcript;
  if (crashed(transcript)) return { outcome: 'crashed', durationMs };
  const lines = linesOf(transcript.text);
  const head = lines.filter((line) => line.startsWith('< ')).map((line) => line.slice(2));
  const { chunked: _, ...spoken } = parseHead(head);
  const answered = spoken.httpStatus !== undefined;
  return {
    outcome: answered ? 'answered' : outcome(exitCode, lines),
    durationMs,
    ...spoke(exitCode, lines),
    ...spoken,
    ...bodyOf(body),
  };
}
