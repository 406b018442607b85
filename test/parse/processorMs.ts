import { readFileSync } from 'node:fs';

/** Milliseconds that this thread has run for. The whole process has other tests in it; only Linux tells them apart. */
function spentMs(): number {
  try {
    // https://docs.kernel.org/scheduler/sched-stats.html: the first field is in nanoseconds
    return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return process.cpuUsage().user / 1000;
  }
}

/** Of the processor: how busy the machine is otherwise is not what is measured. */
export function processorMs(work: () => void): number {
  const before = spentMs();
  work();
  return spentMs() - before;
}
