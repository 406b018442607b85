import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';

export interface TerminalOptions {
  args: readonly string[];
  env?: Record<string, string | undefined>;
  cwd?: string;
  columns?: number;
  rows?: number;
}

/** A program in a pseudo-terminal, and the screen that a person would see. */
export interface TerminalSession {
  /** What stands on the screen, scrolled lines among it, without blanks at the ends. */
  screen(): Promise<string>;
  /** Waits until the screen matches. Rejects, showing the screen, when it does not within the limit or the program ends. */
  until(wanted: RegExp, limitMs?: number): Promise<string>;
  type(keys: string): void;
  resize(columns: number, rows: number): void;
  /** Waits for the end of the program. */
  ended(limitMs?: number): Promise<{ exitCode: number; signal: number | undefined }>;
  kill(signal: NodeJS.Signals): void;
  /** Every byte that was written to the terminal. */
  raw(): string;
  cursorVisible(): boolean;
}

export const KEYS = {
  enter: '\r',
  up: '\x1b[A',
  down: '\x1b[B',
  ctrlC: '\x03',
  ctrlD: '\x04',
  backspace: '\x7f',
} as const;

const LIMIT_MS = 10_000;
const POLL_MS = 15;

/** Runs Node with `args` in a pseudo-terminal. */
export function openTerminal({ args, env = {}, cwd, columns = 80, rows = 24 }: TerminalOptions): TerminalSession {
  const emulator = new xterm.Terminal({ cols: columns, rows, scrollback: 2000, allowProposedApi: true });
  const program = spawn(process.execPath, [...args], {
    name: env.TERM ?? 'xterm-256color',
    cols: columns,
    rows,
    cwd: cwd ?? process.cwd(),
    env: withoutUndefined({ ...process.env, CI: undefined, NO_COLOR: undefined, FORCE_COLOR: undefined, ...env }),
  });
  let bytes = '';
  let end: { exitCode: number; signal: number | undefined } | undefined;
  program.onData((data) => {
    bytes += data;
    emulator.write(data);
  });
  program.onExit(({ exitCode, signal }) => {
    end = { exitCode, signal };
  });

  const drained = () => new Promise<void>((resolve) => emulator.write('', resolve));
  const screen = async () => {
    await drained();
    const { active } = emulator.buffer;
    const lines = Array.from({ length: active.length }, (_, i) => active.getLine(i)?.translateToString(true) ?? '');
    return lines.join('\n').trimEnd();
  };
  const within = async <T>(limitMs: number, what: string, look: () => Promise<T | undefined>): Promise<T> => {
    const deadline = Date.now() + limitMs;
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      if (Date.now() > deadline) throw new Error(`${what} not within ${limitMs} ms:\n${await screen()}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  };
  return {
    screen,
    until: (wanted, limitMs = LIMIT_MS) =>
      within(limitMs, String(wanted), async () => {
        const over = end !== undefined;
        const shown = await screen();
        if (wanted.test(shown)) return shown;
        if (over) throw new Error(`The program ended (${end?.exitCode}) before ${wanted}:\n${shown}`);
        return undefined;
      }),
    type: (keys) => program.write(keys),
    resize: (cols, height) => {
      program.resize(cols, height);
      emulator.resize(cols, height);
    },
    ended: (limitMs = LIMIT_MS) => within(limitMs, 'end of the program', async () => end),
    kill: (signal) => program.kill(signal),
    raw: () => bytes,
    // the last of the two sequences decides; a terminal begins with its cursor shown
    cursorVisible: () => bytes.lastIndexOf('\x1b[?25h') >= bytes.lastIndexOf('\x1b[?25l'),
  };
}

const withoutUndefined = (env: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
