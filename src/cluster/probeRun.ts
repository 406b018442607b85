import type { Cluster, ExecQuery, ExecResult } from '../model/cluster.ts';
import { type Fact, known, unknown } from '../model/fact.ts';
import type { ConnectAnswer, ProbeAnswers, ProbeQuestion, Vantage } from '../model/probe.ts';
import { clean } from '../parse/text.ts';
import { readAnswers } from './probeAnswers.ts';
import { wholeAnswers } from './probePartial.ts';
import { type Breadth, encodeQuestions } from './probeQuestions.ts';
import { PROBE_SCRIPT } from './probeScript.ts';

export interface AskOptions {
  /** Default: 40 lanes and 60 connections in a pod of ours, 12 and 24 in somebody else's. */
  breadth?: Breadth;
}

const BREADTH: Record<Vantage['kind'], Breadth> = {
  probe: { lanes: 40, connections: 60 },
  node: { lanes: 40, connections: 60 },
  pod: { lanes: 12, connections: 24 },
};

/** From the script's own deadline to the moment when its answer is given up, in ms. */
const GRACE_MS = 5000;
/** Sixty tries of thirty questions with all their headers. */
const MAX_BYTES = 4 << 20;

/** `URI Too Long`, `Request Header Fields Too Large`: of a proxy before the API server. */
const TOO_LONG = [414, 431];

/** The script goes in the request's URL, or on its stdin where a proxy finds that too long. */
async function run(cluster: Cluster, vantage: Vantage, args: string[], timeoutMs: number): Promise<Fact<ExecResult>> {
  const { namespace, pod, container } = vantage;
  const exec = (query: Pick<ExecQuery, 'argv' | 'stdin'>) =>
    cluster.exec(
      { namespace, name: pod },
      { ...query, ...(container && { container }), timeoutMs, maxBytes: MAX_BYTES, partial: true },
    );
  const result = await exec({ argv: ['sh', '-c', PROBE_SCRIPT, 'svc-debug', ...args] });
  const tooLong = !result.known && result.obstacle.kind === 'api-error' && TOO_LONG.includes(result.obstacle.status);
  // in braces, so that a shell has read it all before it is cut off from its stdin
  return tooLong ? exec({ argv: ['sh', '-s', ...args], stdin: `{\n${PROBE_SCRIPT}}\n` }) : result;
}

/** Answers, and the questions (by index) whose answer was lost on the way. */
type Heard = ProbeAnswers & { open: number[]; lost?: string };

/** Of an output that broke off only answers that were over count: what was under way may have come to anything. */
function partOf(heard: ProbeAnswers, stdout: string, questions: readonly ProbeQuestion[], lost: string): Heard {
  const whole = wholeAnswers(stdout, questions);
  const answers = heard.answers.map((answer, i) => (whole.has(i) ? answer : null));
  return { ...heard, answers, lost, open: [...questions.keys()].filter((i) => !whole.has(i)) };
}

/** Where the stream broke off, what is open is asked once more. */
async function askUntilWhole(
  ...[cluster, vantage, questions, breadth]: Parameters<typeof askOnce>
): Promise<Fact<ProbeAnswers>> {
  const first = await askOnce(cluster, vantage, questions, breadth);
  const broken = !first.known && first.obstacle.kind === 'no-probe' && first.obstacle.reason === 'lost';
  if (broken) return settled(await askOnce(cluster, vantage, questions, breadth));
  if (!first.known || first.value.open.length === 0) return settled(first);
  const { open, answers, tools, lost = '' } = first.value;
  const second = await askOnce(
    cluster,
    vantage,
    open.map((index) => questions[index]!),
    breadth,
  );
  const merged = answers.map((answer, i) => (second.known ? second.value.answers[open.indexOf(i)] : null) ?? answer);
  if (merged.every((answer) => answer === null)) return unknown({ kind: 'no-probe', reason: 'lost', message: lost });
  return known({ answers: merged, tools });
}

const settled = (heard: Fact<Heard>): Fact<ProbeAnswers> =>
  heard.known ? known({ answers: heard.value.answers, tools: heard.value.tools }) : heard;

async function askOnce(
  cluster: Cluster,
  vantage: Vantage,
  questions: readonly ProbeQuestion[],
  breadth: Breadth,
): Promise<Fact<Heard>> {
  const { args, seconds } = encodeQuestions(questions, breadth);
  const result = await run(cluster, vantage, args, seconds * 1000 + GRACE_MS);
  if (!result.known) return result;
  const { exitCode, stderr, stdout, lost } = result.value;
  const heard = readAnswers(stdout, questions);
  if (heard && lost === undefined) return known({ ...heard, open: [] });
  if (heard && lost !== undefined) return known(partOf(heard, stdout, questions, lost));
  const message = clean(stderr || stdout) || `sh ended with exit code ${exitCode}`;
  return unknown({ kind: 'no-probe', reason: exitCode === 126 || exitCode === 127 ? 'no-shell' : 'other', message });
}

/** An ICMP refusal, unlike a RST, takes the second until the SYN is sent again: the first one finds the socket busy. */
const ICMP_MS = 900;
/** At four seconds each, should they be silent indeed. */
const MOST_UNSETTLED = 8;

/**
 * Ports of an address that were silent while others of the same address were refused by ICMP. The kernel of the node
 * refuses once a second (net.ipv4.icmp_ratelimit): asked side by side, ports without endpoints drown each other out.
 */
function unsettled(questions: readonly ProbeQuestion[], { answers }: ProbeAnswers): number[] {
  const asked = questions.flatMap((question, index) => {
    const attempts = (answers[index] as ConnectAnswer | null)?.attempts ?? [];
    return question.ask === 'connect' && attempts.length > 0 ? [{ index, address: question.address, attempts }] : [];
  });
  const refusing = new Set(
    asked
      .filter(({ attempts }) => attempts.some((one) => one.outcome === 'refused' && one.durationMs >= ICMP_MS))
      .map(({ address }) => address),
  );
  return asked
    .filter(({ address, attempts }) => refusing.has(address) && attempts.every(({ outcome }) => outcome === 'silent'))
    .map(({ index }) => index)
    .slice(0, MOST_UNSETTLED);
}

/**
 * Asks all questions from inside a pod that runs, by one exec; where refusals drowned each other out, by a second one.
 * Answers stand in the order of the questions; `null` where the pod has no tool for it, the answer was lost, or the
 * question was none that could be asked.
 * Nothing is left running in the pod: every tool has a limit of its own, and so has the whole.
 */
export async function askFrom(
  cluster: Cluster,
  vantage: Vantage,
  questions: readonly ProbeQuestion[],
  options: AskOptions = {},
): Promise<Fact<ProbeAnswers>> {
  const first = await askUntilWhole(cluster, vantage, questions, options.breadth ?? BREADTH[vantage.kind]);
  const open = first.known ? unsettled(questions, first.value) : [];
  if (!first.known || open.length === 0) return first;
  const again = open.map((index) => ({ ...questions[index]!, tries: 1, overSeconds: 0 }));
  const second = await askOnce(cluster, vantage, again, { lanes: 1, connections: 1 });
  if (!second.known) return first;
  const answers = first.value.answers.map((answer, index) => second.value.answers[open.indexOf(index)] ?? answer);
  return known({ ...first.value, answers });
}
