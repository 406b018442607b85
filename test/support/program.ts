import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const PROGRAM = path.resolve(import.meta.dirname, '../../bin/svc-debug.js');

export interface Ended {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

export interface ProgramOptions {
  env?: Record<string, string | undefined>;
  cwd?: string;
  /** What is piped in; without it the input is at its end. */
  input?: string;
  limitMs?: number;
}

/** Runs the built svc-debug as a child process, without a terminal. Colours, CI and kubeconfig of the machine are kept out. */
export function runProgram(
  args: readonly string[],
  { env = {}, cwd, input, limitMs = 20_000 }: ProgramOptions = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      [PROGRAM, ...args],
      { env: { ...cleanEnv(), ...env }, timeout: limitMs, ...(cwd !== undefined && { cwd }) },
      (error, stdout, stderr) => {
        if (error && child.exitCode === null)
          reject(new Error(`${args.join(' ')} ended by ${child.signalCode}\n${stderr}`));
        else resolve({ exitCode: child.exitCode, stdout, stderr });
      },
    );
    child.stdin?.end(input);
  });
}

/** The environment without what would change a run. */
export const cleanEnv = (): Record<string, string | undefined> => ({
  ...process.env,
  CI: undefined,
  NO_COLOR: undefined,
  FORCE_COLOR: undefined,
  KUBECONFIG: undefined,
  KUBERNETES_SERVICE_HOST: undefined,
  HTTPS_PROXY: undefined,
  https_proxy: undefined,
  HOME: emptyFolder(),
  XDG_CONFIG_HOME: undefined,
  SVC_DEBUG_SETTINGS: undefined,
});

export const emptyFolder = (): string => mkdtempSync(path.join(tmpdir(), 'svc-debug-test-'));

/** A file in a folder of its own. Gives its path. */
export function fileWith(content: string, name = 'kubeconfig'): string {
  const file = path.join(emptyFolder(), name);
  writeFileSync(file, content);
  return file;
}
