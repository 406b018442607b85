/** For a container without a limit: what a simulated process may use before it counts as a leak. */
const MOST_MEMORY = 64 << 20;

const UNITS: Record<string, number> = { '': 1, k: 1e3, M: 1e6, G: 1e9, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };

/** Bytes of a memory limit such as `24Mi`, at most 64 MiB. */
export function bytesOf(quantity: string | undefined): number {
  const [, amount, unit = ''] = /^(\d+)(Ki|Mi|Gi|k|M|G)?$/.exec(quantity ?? '') ?? [];
  return amount === undefined ? MOST_MEMORY : Math.min(MOST_MEMORY, Number(amount) * (UNITS[unit] ?? 1));
}
