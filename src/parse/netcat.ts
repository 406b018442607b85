import type { Attempt, ConnectOutcome } from '../model/probe.ts';
import { outcomeOfError } from './errno.ts';
import { parseHelloResponse, parseHttpResponse } from './httpResponse.ts';
import { crashed, linesOf, TIME_WAS_UP, type Transcript } from './text.ts';

/** busybox and traditional: `10.0.0.1 (10.0.0.1:80) open`; OpenBSD: `Connection to 10.0.0.1 80 port [tcp/http] succeeded!`; Ncat. */
const OPENED = /\bopen$|^open$|^Connection to .* succeeded!$|^Ncat: Connected to /;

function outcome(transcript: Transcript): ConnectOutcome {
  if (crashed(transcript)) return 'crashed';
  // busybox -vv ends with a line of statistics
  const lines = linesOf(transcript.text.trim()).filter((line) => line !== '' && !/^sent \d+, rcvd \d+$/.test(line));
  if (lines.some((line) => OPENED.test(line))) return 'opened';
  const said = outcomeOfError(lines);
  if (said) return said;
  if (lines.length > 0) return 'unclear';
  // busybox nc -v says nothing of a refusal: nc_bloaty.c, "if we're scanning at a 'one -v' verbosity level, don't print refusals"
  return transcript.exitCode === 0 ? 'opened' : transcript.exitCode === 1 ? 'refused' : 'unclear';
}

/** `nc -z -v`: opened and closed again, no byte sent. Of busybox, OpenBSD, traditional and nmap's netcat. */
export const parseNetcat = (transcript: Transcript): Attempt => ({
  outcome: outcome(transcript),
  durationMs: transcript.durationMs,
});

/** How a connection ended that brought no byte. */
function endOf(exitCode: number | undefined): ConnectOutcome {
  if (exitCode === TIME_WAS_UP) return 'hangs';
  if (exitCode === 0) return 'closed';
  return exitCode === undefined ? 'unclear' : 'reset';
}

/**
 * A raw exchange: a line that ends in `open`, then what the server sent. The exit code is that of its reader:
 * 0 after an orderly close, not 0 when reading failed, which is a reset.
 * @param asked what was sent: an HTTP request, or a TLS ClientHello
 */
export function parseExchange(transcript: Transcript, asked: 'http' | 'https'): Attempt {
  const { durationMs, exitCode, text } = transcript;
  const opened = /^(?:.* )?open(?:\n|$)/.exec(text);
  if (!opened) return parseNetcat(transcript);
  const received = text.slice(opened[0].length).replace(/\n$/, '');
  if (received === '') return { outcome: crashed(transcript) ? 'crashed' : endOf(exitCode), durationMs };
  const spoken = asked === 'http' ? parseHttpResponse(received) : parseHelloResponse(received);
  return { outcome: 'answered', durationMs, ...spoken };
}
