/** At most so many connections to one address in a batch. */
export const MOST_SAMPLES = 60;
/** Even a single backend is asked so often: once may be luck. */
const LEAST = 3;

/** The smallest number of tries that misses one bad backend of `backends` with a probability below 1 in 100. */
export function samplesFor(backends: number): number {
  if (backends <= 1) return LEAST;
  const needed = Math.ceil(Math.log(0.01) / Math.log(1 - 1 / backends));
  return Math.min(MOST_SAMPLES, Math.max(LEAST, needed));
}

/** Ports of databases and brokers, some of which lock out a client after a number of broken handshakes. */
const SHY_PORTS: ReadonlySet<number> = new Set([
  1433, 1521, 3306, 5432, 5672, 6379, 6432, 9042, 9092, 11211, 26257, 27017, 33060, 50000,
]);

/** Whether connections to a port are to be few: MySQL's max_connect_errors counts handshakes that break off. */
export const isShy = (port: number): boolean => SHY_PORTS.has(port);
