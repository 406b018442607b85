import type { Attempt, ConnectAnswer, ConnectOutcome, ProbeAnswers, ProbeQuestion } from '../model/probe.ts';
import { parseCurl } from '../parse/curl.ts';
import { parseLookup } from '../parse/lookup.ts';
import { parseExchange, parseNetcat } from '../parse/netcat.ts';
import { parseNslookup } from '../parse/nslookup.ts';
import { parseProxied } from '../parse/proxied.ts';
import { parseResolvConf } from '../parse/resolvConf.ts';
import { TIME_WAS_UP, type Transcript } from '../parse/text.ts';
import { parseWget } from '../parse/wget.ts';

type Connect = Extract<ProbeQuestion, { ask: 'connect' }>;
type Answer = ProbeAnswers['answers'][number];

interface Line {
  /** Milliseconds since the machine started, by tens. */
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

const LINE = /^(-|\d+\.[\dhs]+) (\d+) (.*)$/s;
const EXIT = /^%rc=(\d+)$/;

function collect(stdout: string): Map<string, Line[]> {
  const collected = new Map<string, Line[]>();
  for (const line of stdout.split('\n')) {
    const [, id, at, text] = LINE.exec(line) ?? [];
    if (id === undefined || text === undefined) continue;
    const lines = collected.get(id) ?? [];
    // taken out and put back: the tries stand in the order in which they ended
    collected.delete(id);
    collected.set(id, [...lines, { at: Number(at) * 10, text }]);
  }
  return collected;
}

const isOpened = ({ text }: Line) => /(^| )open$|succeeded!$/.test(text);
const isHttp = ({ text }: Line) => /^(< | {2})?HTTP\//.test(text);

/** When it was decided: by the first word of the server; where none was wanted, by the connection; else by the end. */
function decidedAt(lines: readonly Line[], exit: number): { from: number; to: number } {
  const opened = lines.findIndex(isOpened);
  const heard = lines.findIndex(
    (line, i) => isHttp(line) || (opened >= 0 && i > opened && i < exit && line.text !== ''),
  );
  const begin = lines[0]?.at ?? 0;
  const end = lines[exit]?.at ?? lines.at(-1)?.at ?? begin;
  if (heard >= 0) return { from: begin, to: lines[heard]!.at };
  if (opened < 0) return { from: begin, to: end };
  // how long a connection stayed silent, or how long it took to open
  return lines[0]?.text === '%open' ? { from: begin, to: lines[opened]!.at } : { from: lines[opened]!.at, to: end };
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
  const { from, to } = decidedAt(lines, exit);
  return {
    name,
    tool: lines[0]?.text ?? '',
    transcript: {
      text: text(1, exit),
      ...(exitCode !== undefined && { exitCode: Number(exitCode) }),
      durationMs: Math.max(0, to - from),
    },
    body: text(exit + 1),
  };
}

/** Open and close was all that was wanted: whatever happened after opening does not matter. */
const OPENED: readonly ConnectOutcome[] = ['answered', 'closed', 'hangs', 'opened'];
/** A container that gets little of its CPU may have had no time to listen. */
const LEAST_SILENCE_MS = 1900;

function parsed({ tool, transcript, body }: Try, scheme: 'http' | 'https' | undefined): Attempt | undefined {
  if (tool === '%open') return parseNetcat(transcript);
  if (tool === '%nc') return parseExchange(transcript, scheme ?? 'http');
  if (tool === '%wget') return parseWget(transcript, body);
  if (tool === '%curl') return parseCurl(transcript, body);
  if (tool !== '%bash') return undefined;
  const attempt = parseExchange(transcript, scheme ?? 'http');
  // bash has no time limit of its own: silence is what ended it
  const silent = attempt.outcome === 'unclear' && transcript.exitCode === TIME_WAS_UP;
  return silent ? { ...attempt, outcome: 'silent' } : attempt;
}

function attemptOf(one: Try, scheme: 'http' | 'https' | undefined): Attempt | undefined {
  const attempt = parsed(one, scheme);
  if (!attempt) return undefined;
  if (!scheme && OPENED.includes(attempt.outcome)) return { outcome: 'opened', durationMs: attempt.durationMs };
  return attempt.outcome === 'hangs' && attempt.durationMs < LEAST_SILENCE_MS
    ? { ...attempt, outcome: 'unclear' }
    : attempt;
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
  const { outcome, spoke } = attemptOf(hello, 'https') ?? {};
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
      const attempt = attemptOf(one, question.speak?.scheme);
      return attempt ? [{ first: one.name === '1', attempt: metTls(settled(attempt, tries), tries) }] : [];
    });
  return attempts.length > 0 ? { attempts: counting(attempts) } : null;
}

function single([one]: readonly Try[], question: ProbeQuestion): Exclude<Answer, ConnectAnswer> {
  if (!one || one.transcript.text.startsWith('%none')) return null;
  if (question.ask === 'resolv-conf') return parseResolvConf(one.transcript.text);
  if (question.ask === 'proxied') return parseProxied(`${one.transcript.text}\n%rc=${one.transcript.exitCode ?? ''}`);
  // a name that is not found at once is asked for again; the time is that of all tries
  const tries = Number(/^%tries=(\d)$/m.exec(one.body)?.[1] ?? 1);
  const transcript = { ...one.transcript, durationMs: Math.round(one.transcript.durationMs / tries) };
  const answer = question.ask === 'lookup' ? parseLookup(transcript) : parseNslookup(transcript);
  return { ...answer, ...(tries > 1 && { emptyAnswers: tries - 1 }) };
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
