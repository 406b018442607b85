import { type CommandNode, type ParsedScript, parse, type Statement } from 'unbash';
import { type Channel, nowhere, pipe, readAll } from '../machine/channel.ts';
import type { Started } from '../machine/container.ts';
import type { Task } from '../machine/task.ts';
import type { Scope } from './expand.ts';
import { runNode } from './nodes.ts';

/** Leaves loops (`break`, `continue`) or a function (`return`). No error: nobody wants a stack trace of each `return`. */
export class Leave {
  readonly kind: 'break' | 'continue' | 'return';
  /** Loops to leave; the status of a return. */
  readonly count: number;
  constructor(kind: Leave['kind'], count: number) {
    this.kind = kind;
    this.count = count;
  }
}

export interface Body {
  commands: readonly Statement[];
}

/** POSIX sh, as far as scripts in containers use it. The parser is unbash's; this is what the commands do. */
export class Shell implements Scope {
  readonly task: Task;
  readonly name: string;
  parameters: readonly string[];
  variables: Map<string, string>;
  exported: Set<string>;
  functions = new Map<string, CommandNode | Body>();
  readonly jobs = new Map<number, Promise<number>>();
  status = 0;
  /** `$$`: of the first shell, in subshells as well. */
  leader: number;
  lastJob = '';
  exitsOnError = false;
  /** Depth of conditions, where a failure does not end a shell with `set -e`. */
  guards = 0;
  /** Of the functions that run: the values that local variables hide. */
  readonly scopes: Map<string, string | undefined>[] = [];
  /** Commands and substitutions so far. */
  readonly counts = { commands: 0, substitutions: 0 };

  constructor(task: Task, name: string, parameters: readonly string[]) {
    this.task = task;
    this.name = name;
    this.parameters = parameters;
    this.leader = task.pid;
    this.variables = new Map(Object.entries(task.env));
    this.exported = new Set(Object.keys(task.env));
  }

  get(name: string): string | undefined {
    if (/^[1-9]\d*$/.test(name)) return this.parameters[Number(name) - 1];
    switch (name) {
      case '?':
        return String(this.status);
      case '$':
        return String(this.leader);
      case '!':
        return this.lastJob;
      case '#':
        return String(this.parameters.length);
      case '0':
        return this.name;
      default:
        return this.variables.get(name);
    }
  }

  set(name: string, value: string): void {
    if (value.length > this.task.container.memory) this.task.container.exhaust();
    this.variables.set(name, value);
  }

  /** What programs get to see. */
  environment(): Record<string, string> {
    return Object.fromEntries([...this.exported].map((name) => [name, this.variables.get(name) ?? '']));
  }

  async output(script: ParsedScript): Promise<string> {
    const { reader, writer } = pipe();
    reader.open();
    const { ended } = this.fork((shell) => shell.run(script.commands), [[1, writer]]);
    const text = await this.task.wait(readAll(reader));
    reader.close();
    this.status = await this.task.wait(ended);
    this.counts.substitutions += 1;
    return text.replace(/\n+$/, '');
  }

  /** Runs a script. @throws Exit */
  async source(text: string): Promise<number> {
    const script: ParsedScript = parse(text);
    const [error] = script.errors ?? [];
    if (!error) return this.run(script.commands);
    this.task.err(`${this.name}: syntax error: ${error.message}\n`);
    return 2;
  }

  async run(commands: readonly Statement[]): Promise<number> {
    for (const { command, background } of commands) {
      if (background) this.#background(command);
      else this.status = await runNode(this, command);
      await this.#handleTraps();
    }
    return this.status;
  }

  async #handleTraps(): Promise<void> {
    for (let trap = this.task.trapped.shift(); trap !== undefined; trap = this.task.trapped.shift()) {
      const { status } = this;
      await this.source(trap);
      this.status = status;
    }
  }

  #background(command: Statement['command']): void {
    const { task, ended } = this.fork((shell) => runNode(shell, command, true), [[0, nowhere()]]);
    this.jobs.set(task.pid, ended);
    this.lastJob = String(task.pid);
    this.status = 0;
  }

  /** A subshell: a process with a copy of everything, some files exchanged. */
  fork(run: (shell: Shell) => Promise<number>, files: Iterable<readonly [number, Channel]> = []): Started {
    const { task } = this;
    return task.container.start({
      clock: task.clock,
      parent: task,
      files: new Map([...task.files, ...files]),
      run: (child) => run(this.#copy(child)),
    });
  }

  #copy(task: Task): Shell {
    const shell = new Shell(task, this.name, this.parameters);
    const { leader, status, lastJob, exitsOnError, guards } = this;
    Object.assign(shell, { leader, status, lastJob, exitsOnError, guards });
    shell.variables = new Map(this.variables);
    shell.exported = new Set(this.exported);
    shell.functions = new Map(this.functions);
    return shell;
  }
}
