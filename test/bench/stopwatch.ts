import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';

export interface Timed {
  /** Seconds from the start of the process until its output matched. */
  seconds: number;
  exit: number | null;
  stdout: string;
  stderr: string;
}

export interface Watched {
  /** What the output must come to say; absent: the end of the process is waited for. */
  until?: RegExp;
  env?: Record<string, string>;
}

const LIMIT_MS = 180_000;

/** Runs a program to its end, and tells when it had said what counts. Throws when it never does. */
export function timed(program: string, args: readonly string[], { until, env = {} }: Watched = {}): Promise<Timed> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const sinceBegin = () => (performance.now() - began) / 1000;
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIMIT_MS,
      env: { ...process.env, ...env },
    });
    let [stdout, stderr] = ['', ''];
    let seconds: number | undefined;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (seconds === undefined && until?.test(stdout)) seconds = sinceBegin();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (exit) => {
      const said = until ? seconds : sinceBegin();
      if (said !== undefined) resolve({ seconds: said, exit, stdout, stderr });
      else reject(new Error(`${program} ${args.join(' ')} never said ${until}, exit ${exit}\n${stdout}${stderr}`));
    });
  });
}

/** Runs each of these in turn, again and again, so that a busy moment of the machine hits all of them. */
export async function sideBySide<K extends string>(
  times: number,
  contestants: Record<K, () => Promise<number>>,
): Promise<Record<K, number[]>> {
  const names = Object.keys(contestants) as K[];
  const results = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<K, number[]>;
  for (let round = 0; round < times; round++) {
    for (const name of names) results[name].push(await contestants[name]());
  }
  return results;
}

export const least = (values: readonly number[]): number => Math.min(...values);

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
