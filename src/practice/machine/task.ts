import { type Channel, nowhere } from './channel.ts';
import type { Clock } from './clock.ts';
import type { Container } from './container.ts';

/** Numbers of the signals that are sent here: signal(7). */
const SIGNALS: Record<string, number> = { HUP: 1, INT: 2, KILL: 9, PIPE: 13, TERM: 15, CONT: 18, STOP: 19 };

/** As `kill` takes it: a name with or without SIG, or a number. */
export function signalOf(text: string): string | undefined {
  const name = text.toUpperCase().replace(/^SIG/, '');
  if (name in SIGNALS) return name;
  return Object.entries(SIGNALS).find(([, number]) => String(number) === text)?.[0];
}

/** A task was ended by a signal. */
export class Killed extends Error {
  /** 128 + the signal's number. */
  readonly status: number;
  constructor(signal: string) {
    super(signal);
    this.status = 128 + (SIGNALS[signal] ?? 0);
  }
}

export interface TaskSettings {
  pid: number;
  container: Container;
  clock: Clock;
  /** The process group: the pid of its leader. */
  group?: number;
  env: Record<string, string>;
}

/** A process of a container: file descriptors, an environment, and an end. */
export class Task {
  readonly pid: number;
  readonly container: Container;
  readonly clock: Clock;
  readonly group: number;
  env: Record<string, string>;
  /** What `ps` shows. */
  argv: readonly string[] = [];
  files = new Map<number, Channel>();
  directory = '/';
  /** Commands by signal. */
  traps = new Map<string, string>();
  /** Of signals that came, in order. */
  trapped: string[] = [];
  stopped = false;
  ended = false;
  readonly #killed: Promise<never>;
  #kill: (killed: Killed) => void = () => undefined;
  #killedBy: Killed | undefined;
  #interrupted: (() => void)[] = [];
  #atEnd: (() => void)[] = [];

  constructor({ pid, container, clock, group, env }: TaskSettings) {
    this.pid = pid;
    this.container = container;
    this.clock = clock;
    this.group = group ?? pid;
    this.env = env;
    this.#killed = new Promise((_, reject) => {
      this.#kill = (killed) => {
        this.#killedBy ??= killed;
        reject(killed);
      };
    });
    this.#killed.catch(() => undefined);
  }

  /** Goes on, unless the task is killed. @throws Killed */
  check(): void {
    if (this.#killedBy) throw this.#killedBy;
  }

  /** The same promise, unless the task is killed before. @throws Killed */
  wait<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([this.#killed, promise]);
  }

  async sleep(milliseconds: number): Promise<void> {
    let stop = () => {};
    const rung = new Promise<void>((resolve) => {
      stop = this.clock.after(milliseconds, resolve);
    });
    await this.wait(rung).finally(stop);
  }

  /** The promise's value, or undefined once the time is over. */
  async within<T>(milliseconds: number, promise: Promise<T>): Promise<T | undefined> {
    let stop = () => {};
    const over = new Promise<undefined>((resolve) => {
      stop = this.clock.after(milliseconds, () => resolve(undefined));
    });
    return this.wait(Promise.race([promise, over])).finally(stop);
  }

  /** Settles when a signal comes that is trapped. */
  interrupted(): Promise<void> {
    return new Promise((resolve) => this.#interrupted.push(resolve));
  }

  signal(name: string): void {
    if (this.ended) return;
    const trap = name === 'KILL' || name === 'STOP' ? undefined : this.traps.get(name);
    if (name === 'STOP' || name === 'CONT') this.stopped = name === 'STOP';
    else if (trap === undefined) this.#kill(new Killed(name));
    else if (trap !== '') this.trapped.push(trap);
    for (const wake of this.#interrupted.splice(0)) wake();
  }

  channel(descriptor: number): Channel {
    return this.files.get(descriptor) ?? nowhere();
  }

  /** @throws Killed when nobody reads any more */
  out(text: string, descriptor = 1): void {
    if (!this.channel(descriptor).write(text)) throw new Killed('PIPE');
  }

  err(text: string): void {
    this.channel(2).write(text);
  }

  read(): Promise<string | null> {
    return this.wait(this.channel(0).read());
  }

  atEnd(called: () => void): void {
    this.#atEnd.push(called);
  }

  end(): void {
    this.ended = true;
    for (const file of this.files.values()) file.close();
    this.files.clear();
    for (const called of this.#atEnd) called();
  }
}
