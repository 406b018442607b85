import { signalOf } from '../machine/task.ts';
import type { Shell } from './shell.ts';

/** XCU wait: the status of the last job named; it ends early when a signal comes that is trapped. */
export async function wait(shell: Shell, [, ...pids]: readonly string[]): Promise<number> {
  const { task, jobs } = shell;
  const wanted = pids.length > 0 ? pids.map((pid) => jobs.get(Number(pid))) : [...jobs.values()];
  let status = 0;
  for (const job of wanted) {
    const ended = await task.wait(Promise.race([job ?? Promise.resolve(127), task.interrupted().then(() => -1)]));
    // 128 + SIGTERM: a signal that is trapped ends the wait
    if (ended === -1 && task.trapped.length > 0) return 143;
    status = ended;
  }
  return pids.length > 0 ? status : 0;
}

/** XCU kill; a negative number is a process group. */
export function kill({ task }: Shell, [, ...words]: readonly string[]): number {
  const name = words[0]?.startsWith('-') && words[0] !== '--' ? (words.shift() ?? '').slice(1) : 'TERM';
  const signal = signalOf(name);
  if (signal === undefined) return 1;
  let status = 0;
  for (const word of words.filter((one) => one !== '--')) {
    const pid = Number(word);
    const tasks = [...task.container.tasks.values()].filter((one) => (pid < 0 ? one.group === -pid : one.pid === pid));
    if (tasks.length === 0) {
      task.err(`sh: can't kill pid ${word}: No such process\n`);
      status = 1;
    }
    for (const one of tasks) one.signal(signal);
  }
  return status;
}

/** XCU trap. */
export function trap({ task }: Shell, [, action = '', ...signals]: readonly string[]): number {
  for (const name of signals) {
    const signal = signalOf(name) ?? name;
    if (action === '-') task.traps.delete(signal);
    else task.traps.set(signal, action);
  }
  return 0;
}
