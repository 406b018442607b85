import type { Attempt, ConnectOutcome } from '../model/probe.ts';
import { outcomeOfError } from './errno.ts';
import { bodyOf, parseHead } from './httpResponse.ts';
import { crashed, linesOf, TIME_WAS_UP, type Transcript } from './text.ts';

/** GNU: `Connecting to 10.0.0.1:80... connected.`; busybox prints no such line. */
const CONNECTED = /^Connecting to .*\.\.\. connected\.$/;
/** busybox on an error status; on success its -S prints the head. */
const ERROR_STATUS = /server returned error: (HTTP\/\S+ \d{3}.*)$/;

function outcome(transcript: Transcript, lines: readonly string[], body: string): ConnectOutcome {
  const said = outcomeOfError(lines);
  const timedOut =
    transcript.exitCode === TIME_WAS_UP ||
    lines.some((line) => /download timed out|Read error .*timed out/i.test(line));
  if (lines.some((line) => CONNECTED.test(line))) {
    if (said === 'reset') return 'reset';
    return timedOut
      ? 'hangs'
      : lines.some((line) => /No data received|error getting response/i.test(line))
        ? 'closed'
        : 'answered';
  }
  // busybox words a packet that was dropped and a server that says nothing alike: only netcat tells them apart
  if (timedOut) return 'unclear';
  if (said) return said;
  if (lines.some((line) => /error getting response/.test(line))) return 'closed';
  return transcript.exitCode === 0 || body !== '' ? 'answered' : 'unclear';
}

/**
 * `wget -S`, of busybox and GNU, with or without -S and -q: messages and heads in `text`, the start of the body apart.
 * `unclear` of busybox may mean dropped or silent.
 */
export function parseWget(transcript: Transcript, body = ''): Attempt {
  const { durationMs } = transcript;
  if (crashed(transcript)) return { outcome: 'crashed', durationMs };
  const lines = linesOf(transcript.text);
  const { chunked: _, ...head } = parseHead(lines.map((line) => ERROR_STATUS.exec(line)?.[1] ?? line));
  if (head.httpStatus !== undefined) {
    // after a redirect the body is that of another address
    return { outcome: 'answered', durationMs, ...head, ...(head.location === undefined && bodyOf(body)) };
  }
  const indented = lines.some((line) => /^ {2}\S/.test(line));
  if (indented) return { outcome: 'answered', durationMs, spoke: 'not-http' };
  return { outcome: outcome(transcript, lines, body), durationMs, ...bodyOf(body) };
}
