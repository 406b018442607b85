import type {
  Attempt,
  ConnectAnswer,
  ConnectOutcome,
  DnsAnswer,
  Lookup,
  ProbeAnswers,
  ProbeQuestion,
  ResolvConf,
} from '../model/probe.ts';
import { parseCurl } from '../parse/curl.ts';
import { parseLookup } from '../parse/lookup.ts';
import { parseExchange, parseNetcat } from '../parse/netcat.ts';
import { parseNslookup } from '../parse/nslookup.ts';
import { parseResolvConf } from '../parse/resolvConf.ts';
import type { Transcript } from '../parse/text.ts';
import { parseWget } from '../parse/wget.ts';

type Connect = Extract<ProbeQuestion, { ask: 'connect' }>;
type Answer = ProbeAnswers['answers'][number];

interface Line {
  /** Seconds since the machine started. */
  at: number;
  text: string;
}

/** One run of a tool. `name` is a number, `h` for a TLS hello after a try that brought nothing, `s` for netcat after wget. */
interface Try {
  name: string;
  tool: string;
  transcript: Transcript;
  /** What stands after the exit code: the body that curl or wget fetched. */
  body: string;
}

const LINE = /^(-|\d+\.[\dhs]+) (\d+(?:\.\d+)?) (.*)$/s;
const EXIT = /^%rc=(\d+)$/;

function collect(stdout: string): Map<string, Line[]> {
  const collected = new Map<string, Line[]>();
  for (const line of stdout.split('\n')) {
    const [, id, at, text] = LINE.exec(line) ?? [];
    if (id === undefined || text === undefined) continue;
    const lines = collected.get(id) ?? [];
    // taken out and put back: the tries stand in the order in which they ended
    collected.delete(id);
    collected.set(id, [...lines, { at: Number(at), text }]);
  }
  return collected;
}

/** When it was decided: the first word of the server, else the connection, else the end. */
function decidedAt(lines: readonly Line[], exit: number): Line | undefined {
  const opened = lines.findIndex(({ text }) => /(^| )open$|succeeded!$/.test(text));
  const spoken = lines.findIndex(
    ({ text }, i) => (opened >= 0 && i > opened && i < exit && text !== '') || /^(< | {2})?HTTP\//.test(text),
  );
  const isExchange = lines[0]?.text === '%talk';
  return lines[spoken >= 0 ? spoken : opened >= 0 && !isExchange ? opened : exit];
}

function readTry(name: string, lines: readonly Line[]): Try {
  // the last: a body may hold anything
  const last = lines.findLastIndex(({ text }) => EXIT.test(text));
  const exit = last < 0 ? lines.length : last;
  const exitCode = EXIT.exec(lines[exit]?.text ?? '')?.[1];
  const text = (from: number, to?: number) =>
    lines
      .slice(from, to)
      .map((line) => line.text)
      .join('\n');
  const ended = decidedAt(lines, exit) ?? lines.at(-1);
  return {
    name,
    tool: lines[0]?.text ?? '',
    transcript: {
      text: text(1, exit),
      ...(exitCode !== undefined && { exitCode: Number(exitCode) }),
      durationMs: Math.max(0, Math.round(((ended?.at ?? 0) - (lines[0]?.at ?? 0)) * 1000)),
    },
    body: text(exit + 1),
  };
}

/** Open and close was all that was wanted: whatever happened after opening does not matter. */
const OPENED: readonly ConnectOutcome[] = ['answered', 'closed', 'hangs', 'opened'];

function attemptOf({ tool, transcript, body }: Try, { speak }: Connect): Attempt | undefined {
  if (tool === '%talk') return parseExchange(transcript, speak?.scheme ?? 'http');
  if (tool === '%nc') return parseNetcat(transcript);
  if (tool === '%wget') return parseWget(transcript, body);
  if (tool !== '%curl') return undefined;
  const attempt = parseCurl(transcript, body);
  return !speak && OPENED.includes(attempt.outcome) ? { outcome: 'opened', durationMs: attempt.durationMs } : attempt;
}

/** What netcat says of a port where busybox wget only said that its time was up. */
function settled(attempt: Attempt, tries: readonly Try[]): Attempt {
  const netcat = tries.find(({ name }) => name === 's');
  if (!netcat || attempt.outcome !== 'unclear') return attempt;
  const { outcome } = parseNetcat(netcat.transcript);
  return { ...attempt, outcome: outcome === 'opened' ? 'hangs' : outcome };
}

/** Plain HTTP brought not a byte, and a TLS hello was answered in TLS. */
function metTls(attempt: Attempt, tries: readonly Try[]): Attempt {
  const hello = tries.find(({ name }) => name === 'h');
  if (!hello || !['closed', 'reset'].includes(attempt.outcome)) return attempt;
  const { outcome, spoke } = parseExchange(hello.transcript, 'https');
  return outcome === 'answered' && spoke === undefined ? { ...attempt, spoke: 'tls' } : attempt;
}

const UNDECIDED: readonly ConnectOutcome[] = ['silent', 'hangs', 'no-route', 'unclear', 'crashed'];
const ARRIVED: readonly ConnectOutcome[] = ['answered', 'closed', 'opened', 'hangs', 'reset'];

/**
 * The first try has a shorter limit than the others: where it decided nothing they count alone. And one refusal
 * settles the question when nothing ever got through: the kernel limits how often it refuses, and is silent then.
 */
function counting(attempts: readonly { first: boolean; attempt: Attempt }[]): Attempt[] {
  const later = attempts.filter(({ first }) => !first);
  const decided = attempts.filter(
    ({ first, attempt }) => !first || later.length === 0 || !UNDECIDED.includes(attempt.outcome),
  );
  const all = decided.map(({ attempt }) => attempt);
  const refused = all.filter(({ outcome }) => outcome === 'refused');
  const gotThrough = all.some(({ outcome }) => ARRIVED.includes(outcome));
  return refused.length > 0 && !gotThrough ? refused : all;
}

function connectAnswer(tries: readonly Try[], question: Connect): ConnectAnswer | null {
  const attempts = tries
    .filter(({ name }) => /^\d+$/.test(name))
    .flatMap((one) => {
      const attempt = attemptOf(one, question);
      return attempt ? [{ first: one.name === '1', attempt: metTls(settled(attempt, tries), tries) }] : [];
    });
  return attempts.length > 0 ? { attempts: counting(attempts) } : null;
}

function single(tries: readonly Try[], question: ProbeQuestion): ResolvConf | Lookup | DnsAnswer | null {
  const [one] = tries;
  if (!one || one.transcript.text.startsWith('%none')) return null;
  if (question.ask === 'resolv-conf') return parseResolvConf(one.transcript.text);
  // without an exit code it was cut short; what it said until then may still answer
  return question.ask === 'lookup' ? parseLookup(one.transcript) : parseNslookup(one.transcript);
}

function toolsOf(lines: readonly Line[]): string[] {
  const after = (word: string) =>
    lines
      .find(({ text }) => text.startsWith(word))
      ?.text.slice(word.length)
      .trim() ?? '';
  const busybox = /BusyBox v(\d+\.\d+)/.exec(after('%version'))?.[1];
  const tools = after('%tools')
    .split(' ')
    .filter((tool) => /^[a-z]{1,12}$/.test(tool));
  return [...(busybox ? [`busybox-${busybox}`] : []), ...tools];
}

/** What the script printed, complete or not. Undefined: it did not come to run. */
export function readAnswers(stdout: string, questions: readonly ProbeQuestion[]): ProbeAnswers | undefined {
  const collected = collect(stdout);
  const general = collected.get('-');
  if (!general) return undefined;
  const answers = questions.map((question, index): Answer => {
    const tries = [...collected].flatMap(([id, lines]) => {
      const [of, name] = id.split('.');
      return of === String(index) && name !== undefined ? [readTry(name, lines)] : [];
    });
    return question.ask === 'connect' ? connectAnswer(tries, question) : single(tries, question);
  });
  return { answers, tools: toolsOf(general) };
}
