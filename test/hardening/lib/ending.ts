import { setTimeout as pause } from 'node:timers/promises';
import { spawn } from '@lydell/node-pty';
import type { Stage } from './stage.ts';
import { asks, environment, fileOf, PROGRAM, type Running, start } from './walk.ts';

/** Ways in which a run comes to a sudden end. */
export const ENDINGS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'closed terminal', 'SIGKILL', 'lost network'] as const;
export type Ending = (typeof ENDINGS)[number];

/** Ended in good order: what it created is gone when it is. */
export const inGoodOrder = (ending: Ending): boolean => ending !== 'SIGKILL' && ending !== 'lost network';

export interface Ended {
  pid: number;
  /** It was over before the moment came. */
  early: boolean;
  exit: number | null;
  /** From the blow to the end of the process. */
  seconds: number;
}

/** Longer than the five seconds for the removal of a pod; on a busy machine. */
const PATIENCE_MS = 60_000;

/** Starts a run, and ends it so many milliseconds later. */
export function endAt(
  stage: Stage,
  service: string,
  ending: Ending,
  ms: number,
  args: readonly string[],
): Promise<Ended> {
  return ending === 'closed terminal' ? closeAt(stage, service, ms, args) : killAt(stage, service, ending, ms, args);
}

async function killAt(
  stage: Stage,
  service: string,
  ending: Exclude<Ending, 'closed terminal'>,
  ms: number,
  args: readonly string[],
): Promise<Ended> {
  const running = start(stage, stage.token, asks(stage, service, ...args));
  const pid = running.child.pid ?? 0;
  const early = await isOverWithin(running, ms);
  const began = performance.now();
  if (ending === 'lost network') stage.relay.shut();
  else running.child.kill(ending);
  const over = await isOverWithin(running, PATIENCE_MS);
  if (!over) running.child.kill('SIGKILL');
  const { exit } = await running.ended;
  if (ending === 'lost network') await stage.relay.open();
  return { pid, early, exit: over ? exit : Number.NaN, seconds: (performance.now() - began) / 1000 };
}

async function isOverWithin({ ended }: Running, ms: number): Promise<boolean> {
  const stop = new AbortController();
  const late = pause(ms, false, { signal: stop.signal }).catch(() => false);
  const over = await Promise.race([ended.then(() => true), late]);
  stop.abort();
  return over;
}

/** In a terminal that goes away: the kernel sends SIGHUP, and whatever is written from then on fails. */
async function closeAt(stage: Stage, service: string, ms: number, args: readonly string[]): Promise<Ended> {
  const words = asks(stage, service, ...args).filter((word) => !['-o', 'json', '--no-input'].includes(word));
  const kubeconfig = fileOf(stage.relay.kubeconfig(stage.token));
  const terminal = spawn(process.execPath, [PROGRAM, ...words, '--kubeconfig', kubeconfig], { env: environment() });
  let exit: number | undefined;
  terminal.onExit(({ exitCode }) => {
    exit = exitCode;
  });
  await pause(ms);
  const early = exit !== undefined;
  const began = performance.now();
  (terminal as unknown as { destroy(): void }).destroy();
  const isAlive = () => {
    try {
      return process.kill(terminal.pid, 0) && exit === undefined;
    } catch {
      return false;
    }
  };
  while (isAlive() && performance.now() - began < PATIENCE_MS) await pause(100);
  const over = !isAlive();
  if (!over) process.kill(terminal.pid, 'SIGKILL');
  return {
    pid: terminal.pid,
    early,
    exit: over ? (exit ?? null) : Number.NaN,
    seconds: (performance.now() - began) / 1000,
  };
}
