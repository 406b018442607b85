/** Telling a backend's own answer from those of the others. */
import type { Backend } from '../model/backends.ts';
import type { ServicePort } from '../model/kubernetes.ts';
import { portKey } from '../model/ports.ts';
import type { Attempt } from '../model/probe.ts';
import type { ProbeReport } from './probe.ts';

/** What only this backend answers, when it is asked directly: its body, where each other one has another. */
export function ownWords(report: ProbeReport, { address, ports }: Backend, port: ServicePort): string | undefined {
  const number = ports[portKey(port)];
  const bodies = report.questions.flatMap((question, i) => {
    if (question.ask !== 'connect' || question.port !== number) return [];
    const answer = report.answers[i];
    const attempts = answer && 'attempts' in answer ? answer.attempts : [];
    return attempts.flatMap(({ body }) => (body ? [{ address: question.address, body }] : []));
  });
  const own = new Set(bodies.filter((one) => one.address === address).map(({ body }) => body));
  const others = new Set(bodies.filter((one) => one.address !== address).map(({ body }) => body));
  const [word] = own;
  return own.size === 1 && word !== undefined && others.size > 0 && !others.has(word) ? word : undefined;
}

/** Whether one of the answers is the backend's own: its name, its address, or the words that only it says. */
export function metItself(
  report: ProbeReport,
  backend: Backend,
  port: ServicePort,
  attempts: readonly Attempt[],
): boolean {
  const own = ownWords(report, backend, port);
  return attempts.some(
    ({ body }) => body !== undefined && (body === own || body.includes(backend.name) || holds(body, backend.address)),
  );
}

/** The address as a whole: 10.0.0.1 is not 10.0.0.12. */
const holds = (body: string, address: string): boolean =>
  body.split(/[^0-9a-f.:]+/i).some((word) => word === address || word.startsWith(`${address}:`));

/** A packet that got no answer is sent again after a second (RFC 6298); a server as slow as that is slow for all. */
const SENT_AGAIN_MS = 900;

/**
 * Connections whose first packet was lost, and that opened with a later one. Where the node forgets the lost packet, the
 * next one is led anew, and seldom to the pod itself again: then hairpin shows as slowness.
 */
export const slowOnes = (attempts: readonly Attempt[]): number =>
  attempts.filter(({ outcome, durationMs }) => REACHED.includes(outcome) && durationMs >= SENT_AGAIN_MS).length;

const REACHED: readonly Attempt['outcome'][] = ['answered', 'closed', 'opened'];

/** Whether an answer of this backend could be told from those of the others. */
export const isKnowable = (report: ProbeReport, backend: Backend, port: ServicePort): boolean =>
  ownWords(report, backend, port) !== undefined;
