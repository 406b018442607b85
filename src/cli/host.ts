import { homedir } from 'node:os';

type Stop = () => void;

/** All that svc-debug knows of the process it runs in. Nothing else of the program looks at `process`. */
export interface Host {
  /** Arguments, without node and script. */
  argv: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  home: string;
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back on SIGINT, SIGTERM and SIGHUP, until it is stopped. */
  onSignal(called: () => void): Stop;
  /** Ends the process at once. */
  exit(code: number): never;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export const hostOf = (node: NodeJS.Process): Host => ({
  argv: node.argv.slice(2),
  env: node.env,
  // Each of these costs a millisecond or more, and few commands need them all.
  get cwd() {
    return node.cwd();
  },
  get home() {
    return homedir();
  },
  get stdin() {
    return node.stdin as NodeJS.ReadStream;
  },
  get stdout() {
    return node.stdout;
  },
  get stderr() {
    return node.stderr;
  },
  now: Date.now,
  onSignal: (called) => {
    for (const signal of SIGNALS) node.on(signal, called);
    return () => {
      for (const signal of SIGNALS) node.off(signal, called);
    };
  },
  exit: (code) => node.exit(code),
});
