import type { Attempt, ConnectOutcome } from './probe.ts';

/** What many connections to one address and port came to. */
export interface Reach {
  asked: number;
  /** Answered, closed in order, or opened where nothing was said. */
  answered: number;
  /** The way in which the others failed most often; undefined when none failed. */
  failure?: Failure;
  failures: number;
  medianMs: number;
  slowestMs: number;
  attempts: readonly Attempt[];
}

export type Failure = Exclude<ConnectOutcome, 'answered' | 'closed' | 'opened' | 'crashed' | 'unclear' | 'bad-name'>;

const FAILURES: readonly ConnectOutcome[] = ['hangs', 'refused', 'silent', 'reset', 'no-route'];
const SUCCESSES: readonly ConnectOutcome[] = ['answered', 'closed', 'opened'];

/** Undefined when nothing usable was heard: a tool that broke says nothing about the Service. */
export function reachOf(attempts: readonly Attempt[] | undefined): Reach | undefined {
  const heard = (attempts ?? []).filter(({ outcome }) => FAILURES.includes(outcome) || SUCCESSES.includes(outcome));
  if (heard.length === 0) return undefined;
  const failed = heard.filter(({ outcome }) => FAILURES.includes(outcome));
  const times = heard
    .filter((a) => !failed.includes(a))
    .map(({ durationMs }) => durationMs)
    .sort((a, b) => a - b);
  const failure = commonest(failed.map(({ outcome }) => outcome as Failure));
  return {
    asked: heard.length,
    answered: heard.length - failed.length,
    ...(failure !== undefined && { failure }),
    failures: failed.length,
    medianMs: times[Math.floor(times.length / 2)] ?? 0,
    slowestMs: times.at(-1) ?? 0,
    attempts: heard,
  };
}

function commonest<T>(values: readonly T[]): T | undefined {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}
