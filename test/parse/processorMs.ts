/** Of the processor: how busy the machine is otherwise is not what is measured. */
export function processorMs(work: () => void): number {
  const before = process.cpuUsage().user;
  work();
  return (process.cpuUsage().user - before) / 1000;
}
