import type { Backend } from '../model/backends.ts';
import type { ServicePort } from '../model/kubernetes.ts';
import { portKey } from '../model/ports.ts';
import type { ProbeQuestion } from '../model/probe.ts';
import { answersTo, isAsk, type ProbeReport } from './probe.ts';

/** A client waits longer than a probe: what answers within that is slow, and does not hang. */
const PATIENCE_SECONDS = 8;
const MOST_HANGING = 4;

/** Every connection opened, was spoken to and heard nothing: once more, with patience, on each cluster IP and some backends. */
export function waitingLonger(report: ProbeReport, port: ServicePort, backends: readonly Backend[]): ProbeQuestion[] {
  const numbers = new Map(backends.map(({ address, ports }) => [address, ports[portKey(port)]]));
  const hanging = answersTo(report, isAsk('connect'))
    .filter(({ question: { address, port: number } }) => (numbers.get(address) ?? port.port) === number)
    .filter(({ answer: { attempts } }) => attempts.length > 0 && attempts.every(({ outcome }) => outcome === 'hangs'));
  return hanging
    .filter(({ question }) => question.speak !== undefined)
    .slice(0, MOST_HANGING)
    .map(({ question }) => ({ ...question, tries: 1, patienceSeconds: PATIENCE_SECONDS }));
}
