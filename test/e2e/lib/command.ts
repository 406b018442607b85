import { spawn } from 'node:child_process';

export interface Result {
  /** -1 when it was killed or could not start. */
  exit: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  input?: string;
  timeoutMs?: number;
  signal?: AbortSignal;
  env?: Record<string, string>;
}

const PIPES_CLOSE_WITHIN_MS = 2000;

/** Runs a program to its end; a failure is a value. Its time is limited (default 60 s). */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Result> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: 'pipe',
      timeout: options.timeoutMs ?? 60_000,
      killSignal: 'SIGKILL',
      ...(options.signal && { signal: options.signal }),
      env: { ...process.env, ...options.env },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    child.on('error', (error) => resolve({ exit: -1, stdout, stderr: `${stderr}${error.message}` }));
    const done = (code: number | null) => resolve({ exit: code ?? -1, stdout, stderr });
    child.on('close', done);
    // a child of its own that outlives it may keep the pipes open for ever
    child.on('exit', (code) => setTimeout(() => done(code), PIPES_CLOSE_WITHIN_MS).unref());
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
  });
}

const pause = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener('abort', end);
  });

/** Asks again every half second until it is so, at most `limitMs`. */
export async function poll(limitMs: number, signal: AbortSignal, isSo: () => Promise<boolean>): Promise<boolean> {
  const deadline = Date.now() + limitMs;
  while (!signal.aborted) {
    if (await isSo()) return true;
    if (Date.now() >= deadline) return false;
    await pause(500, signal);
  }
  return false;
}
