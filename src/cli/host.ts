import { createHash } from 'node:crypto';
import { homedir, hostname } from 'node:os';

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
  /** Names this process among all machines, without naming the machine. */
  readonly runId: string;
  /** Whether the run of that id was one of this machine and has ended. */
  hasEnded(runId: string): boolean;
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
  get runId() {
    return `${machine()}.${node.pid}`;
  },
  hasEnded: (runId) => {
    const [where, pid] = runId.split('.');
    return where === machine() && !isAlive(node, Number(pid));
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

const machine = (): string => createHash('sha256').update(`${hostname()} ${homedir()}`).digest('hex').slice(0, 12);

function isAlive(node: NodeJS.Process, pid: number): boolean {
  try {
    return node.kill(pid, 0);
  } catch (error) {
    // EPERM: there is such a process, of somebody else
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
