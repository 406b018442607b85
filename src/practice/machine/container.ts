import type { Network } from '../network/network.ts';
import type { NetworkPlace } from '../network/place.ts';
import type { ClusterView } from '../network/view.ts';
import { type Channel, nowhere, SystemError, textChannel } from './channel.ts';
import type { Clock } from './clock.ts';
import { Files } from './files.ts';
import { Killed, Task } from './task.ts';

/** What a name on the PATH does. Gives its exit code. @throws Killed, Exit */
export type Program = (task: Task, argv: readonly string[]) => Promise<number>;

/** The task ends itself. */
export class Exit extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`exit ${status}`);
    this.status = status;
  }
}

export interface Started {
  task: Task;
  /** Its exit code, once it has ended. */
  ended: Promise<number>;
}

export interface StartOptions {
  clock: Clock;
  parent?: Task;
  files?: ReadonlyMap<number, Channel>;
  argv?: readonly string[];
  env?: Record<string, string>;
  run: (task: Task) => Promise<number>;
}

export interface ContainerSettings {
  name: string;
  place: NetworkPlace;
  network: Network;
  cluster: ClusterView;
  programs: Readonly<Record<string, Program>>;
  /** Bytes; more ends its processes. */
  memory: number;
  /** Milliseconds since 1970: when its node was started. */
  booted: number;
}

/** A container that runs: programs, files, processes, and the network of its pod. */
export class Container {
  readonly name: string;
  readonly place: NetworkPlace;
  readonly network: Network;
  readonly cluster: ClusterView;
  readonly programs: Readonly<Record<string, Program>>;
  readonly memory: number;
  readonly booted: number;
  readonly files = new Files();
  readonly tasks = new Map<number, Task>();
  outOfMemory = false;
  /** It was told to stop, and has. */
  stopped = false;
  #lastPid = 0;

  constructor({ name, place, network, cluster, programs, memory, booted }: ContainerSettings) {
    this.name = name;
    this.place = place;
    this.network = network;
    this.cluster = cluster;
    this.programs = programs;
    this.memory = memory;
    this.booted = booted;
  }

  program(name: string): Program | undefined {
    const known = this.programs[name.replace(/^.*\//, '')];
    return typeof known === 'function' ? known : undefined;
  }

  /** Starts a process; it shares the files that it is given, or those of its parent. */
  start({
    clock,
    parent,
    files = parent?.files,
    argv = parent?.argv ?? [],
    env = parent?.env ?? {},
    run,
  }: StartOptions): Started {
    this.#lastPid += 1;
    const task = new Task({
      pid: this.#lastPid,
      container: this,
      clock,
      env: { ...env },
      ...(parent && { group: parent.group }),
    });
    task.argv = argv;
    task.directory = parent?.directory ?? '/';
    for (const [descriptor, file] of files ?? []) {
      file.open();
      task.files.set(descriptor, file);
    }
    this.tasks.set(task.pid, task);
    const ended = this.#run(task, run);
    return { task, ended };
  }

  async #run(task: Task, run: (task: Task) => Promise<number>): Promise<number> {
    try {
      return await run(task);
    } catch (error) {
      if (error instanceof Exit || error instanceof Killed) return error.status;
      // a text longer than a string can be
      if (error instanceof RangeError) return this.#exhausted();
      if (!(error instanceof SystemError)) return defect(task, error);
      task.err(`${task.argv[0]}: ${error.message}\n`);
      return 1;
    } finally {
      this.tasks.delete(task.pid);
      task.end();
    }
  }

  /** Sends a signal to every process, or to those of one group. */
  signal(signal: string, group?: number): void {
    for (const task of this.tasks.values()) if (group === undefined || task.group === group) task.signal(signal);
  }

  /** Ends every process, as the kubelet does. */
  stop(): void {
    this.stopped = true;
    this.signal('KILL');
  }

  /** What the kernel does when the container uses more than it may. */
  exhaust(): never {
    this.#exhausted();
    throw new Killed('KILL');
  }

  #exhausted(): number {
    this.outOfMemory = true;
    this.signal('KILL');
    return 137;
  }

  open(path: string, mode: 'read' | 'write' | 'append', task: Task): Channel | undefined {
    if (path === '/dev/null') return nowhere();
    // by the clock of whoever reads: each has its own
    if (path === '/proc/uptime') return textChannel(`${((task.clock.now - this.booted) / 1000).toFixed(2)} 0.00\n`);
    const standard = { '/dev/stdin': 0, '/dev/stdout': 1, '/dev/stderr': 2 }[path];
    return standard === undefined ? fileChannel(this.files, path, mode) : task.channel(standard);
  }
}

/** A simulated program broke: that is said, and ends nothing else. The code is EX_SOFTWARE of sysexits.h. */
function defect(task: Task, error: unknown): number {
  task.err(`practice cluster: a defect in its ${task.argv[0]}: ${error}\n`);
  return 70;
}

function fileChannel(files: Files, path: string, mode: 'read' | 'write' | 'append'): Channel | undefined {
  if (mode !== 'read' && !files.write(path, mode === 'append' ? (files.read(path) ?? '') : '')) return undefined;
  let rest = files.read(path);
  if (rest === undefined) return undefined;
  return {
    read: async () => {
      const text = rest ?? '';
      rest = '';
      return text === '' ? null : text;
    },
    unread: (text) => {
      rest = text + (rest ?? '');
    },
    write: (text) => files.write(path, (files.read(path) ?? '') + text),
    open: () => undefined,
    close: () => undefined,
  };
}
