import { isIP } from 'node:net';
import type { ProbeQuestion } from '../model/probe.ts';

type Connect = Extract<ProbeQuestion, { ask: 'connect' }>;

/** How much may run at once: an exec in somebody's pod uses that pod's memory. */
export interface Breadth {
  /** Questions side by side. */
  lanes: number;
  /** Connections side by side, of all questions together. */
  connections: number;
}

/** Seconds of the script for one try, one scout among them; a lookup; a batch with its forks on a slow machine. */
const SECONDS = { lookup: 8, scout: 4, batch: 5 };
const MOST = { tries: 100, batch: 15, patience: 30, overSeconds: 600 };
/** Fewer at once would not tell a Service of which one backend is bad from one that is dead. */
const LEAST_BATCH = 3;

const NAME = /^(?=.{1,254}$)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*\.?$/i;
/** Printable, and no space: words of a question are split at spaces. */
const PATH = /^\/[!-~]{0,500}$/;

const isName = (text: string): boolean => NAME.test(text);
/** Without a zone, as in `fe80::1%eth0`. */
const isAddress = (text: string): boolean => isIP(text) > 0 && !text.includes('%');
const isCount = (value: number, most: number): boolean => Number.isInteger(value) && value >= 1 && value <= most;

function isSound(question: ProbeQuestion): boolean {
  switch (question.ask) {
    case 'resolv-conf':
      return true;
    case 'lookup':
      return isName(question.name);
    case 'nslookup':
      return isName(question.name) && (question.server === undefined || isAddress(question.server));
    case 'proxied':
      return isName(question.name) && isCount(question.port, 65535);
    case 'connect':
      return isSoundConnect(question);
  }
}

function isSoundConnect({ address, port, tries, speak, patienceSeconds = 1, overSeconds = 0 }: Connect): boolean {
  const spoken = !speak || ((isName(speak.host) || isAddress(speak.host)) && PATH.test(speak.path));
  const asked = isAddress(address) || isName(address);
  const counts = isCount(port, 65535) && isCount(tries, MOST.tries) && isCount(patienceSeconds, MOST.patience);
  return asked && spoken && counts && overSeconds <= MOST.overSeconds;
}

/** Tries side by side, and the seconds from one such batch to the next. */
function rhythm({ tries, overSeconds = 0 }: Connect, batch: number): { batch: number; gap: number } {
  if (overSeconds < 1) return { batch, gap: 0 };
  const perSecond = tries / overSeconds;
  return perSecond > 1 ? { batch: Math.ceil(perSecond), gap: 1 } : { batch: 1, gap: Math.floor(1 / perSecond) };
}

interface Encoded {
  words: string;
  /** At most. */
  seconds: number;
}

function encodeConnect(question: Connect, most: number): Encoded {
  const { address, port, tries, speak, patienceSeconds } = question;
  const { batch, gap } = rhythm(question, most);
  // an IPv6 literal as host is bracketed, as in a URL
  const host = speak && isIP(speak.host) === 6 ? `[${speak.host}]` : speak?.host;
  const spoken = speak ? ` ${speak.scheme} ${host} ${speak.path}` : '';
  const seconds =
    2 * SECONDS.scout + Math.ceil(tries / batch) * Math.max(gap, gap === 0 ? SECONDS.batch : 0) + SECONDS.batch;
  const words = `${address} ${port} ${tries} ${batch} ${gap}${spoken}`;
  return patienceSeconds === undefined
    ? { words: `C ${words}`, seconds }
    : { words: `P ${patienceSeconds} ${words}`, seconds: seconds + 2 * patienceSeconds };
}

function encode(question: ProbeQuestion, batch: number): Encoded {
  switch (question.ask) {
    case 'resolv-conf':
      return { words: 'R', seconds: 1 };
    case 'lookup':
      return { words: `L ${question.name}`, seconds: SECONDS.lookup };
    case 'nslookup':
      return { words: `N ${question.name}${question.server ? ` ${question.server}` : ''}`, seconds: SECONDS.lookup };
    case 'proxied':
      return { words: `X ${question.name} ${question.port}`, seconds: SECONDS.lookup };
    case 'connect':
      return encodeConnect(question, batch);
  }
}

/** Connections that a question would have side by side. */
const widthOf = (question: ProbeQuestion): number =>
  question.ask === 'connect' ? Math.min(question.tries, MOST.batch) : 0;

/**
 * The arguments for the script, and the seconds that it may take. A question with a name, address, port or path that
 * none could be is left out: what comes from a cluster is never trusted with a shell.
 */
export function encodeQuestions(
  questions: readonly ProbeQuestion[],
  breadth: Breadth,
): { args: string[]; seconds: number } {
  const sound = questions.map((question, index) => ({ question, index })).filter(({ question }) => isSound(question));
  const wanted = sound.reduce((sum, { question }) => sum + widthOf(question), 0);
  const share = Math.min(1, breadth.connections / Math.max(1, wanted));
  const encoded = sound.map(({ question, index }) => {
    const { words, seconds } = encode(question, Math.max(LEAST_BATCH, Math.floor(widthOf(question) * share)));
    return { words: `${index} ${words}`, seconds };
  });
  const lanes = encoded.slice(0, breadth.lanes).map((_, lane) => {
    const inLane = encoded.filter((_, place) => place % breadth.lanes === lane);
    return { words: inLane.map(({ words }) => words), seconds: inLane.reduce((sum, one) => sum + one.seconds, 0) };
  });
  const seconds = Math.max(1, ...lanes.map((lane) => lane.seconds));
  return { args: [String(seconds), ...lanes.flatMap(({ words }) => ['+', ...words])], seconds };
}
