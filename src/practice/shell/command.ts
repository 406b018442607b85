import type { Assignment, Command, Redirection } from 'unbash';
import { SystemError } from '../machine/channel.ts';
import { Exit } from '../machine/container.ts';
import { BUILTINS } from './builtins.ts';
import { expandText, expandWords } from './expand.ts';
import { runNode } from './nodes.ts';
import { redirect, redirected } from './redirect.ts';
import { Leave, type Shell } from './shell.ts';

/** After so many commands a moment has passed: a loop that never waits does not stop the clock, and time soon flies. */
const COMMANDS_IN_A_MOMENT = 500;
const MOMENT_MS = 20;
const MOST_DOUBLED = 12;

/** Assignments that keep their value after the command: XCU 2.14. */
const SPECIAL = new Set([':', 'eval', 'export', 'readonly', 'set', 'shift', 'unset', 'return', 'trap', 'exit']);

/** A simple command: XCU 2.9.1. @throws Exit, Leave */
export async function runCommand(shell: Shell, command: Command, last: boolean): Promise<number> {
  const status = await simple(shell, command, last);
  if (status !== 0 && shell.exitsOnError && shell.guards === 0) throw new Exit(status);
  return status;
}

async function simple(shell: Shell, { name, args, prefix, redirects }: Command, last: boolean): Promise<number> {
  shell.counts.commands += 1;
  const moments = shell.counts.commands / COMMANDS_IN_A_MOMENT;
  if (Number.isInteger(moments)) await shell.task.sleep(MOMENT_MS * 2 ** Math.min(moments, MOST_DOUBLED));
  else shell.task.check();
  const { substitutions } = shell.counts;
  const argv = name ? await expandWords(shell, [name]) : [];
  for (const argument of args) {
    if (argument.type === 'Word') argv.push(...(await expandWords(shell, [argument])));
    else argv.push(`${argument.name}=${await assignedValue(shell, argument)}`);
  }
  const assigned: [string, string][] = [];
  for (const item of prefix)
    if (item.type === 'Assignment') assigned.push([item.name, await assignedValue(shell, item)]);
  if (argv.length === 0) {
    for (const [key, value] of assigned) shell.set(key, value);
    await redirected(shell, redirects, async () => 0);
    return shell.counts.substitutions > substitutions ? shell.status : 0;
  }
  if (argv[0] === 'exec') return takeOver(shell, argv.slice(1), redirects);
  return redirected(shell, redirects, () => assigning(shell, argv, assigned, last));
}

async function assignedValue(shell: Shell, { name, value, append }: Assignment): Promise<string> {
  const text = value.type === 'Word' ? await expandText(shell, value) : '';
  return append ? `${shell.get(name) ?? ''}${text}` : text;
}

/** `exec`: the program takes the place of the shell; without one, the redirections stay. */
async function takeOver(shell: Shell, argv: readonly string[], redirects: readonly Redirection[]): Promise<number> {
  await redirect(shell, redirects);
  if (argv.length === 0) return 0;
  throw new Exit(await program(shell, argv, shell.environment(), true));
}

async function assigning(
  shell: Shell,
  argv: readonly string[],
  assigned: readonly [string, string][],
  last: boolean,
): Promise<number> {
  const [name = ''] = argv;
  const run = shell.functions.get(name);
  const builtin = BUILTINS[name];
  if (!run && !builtin) return program(shell, argv, { ...shell.environment(), ...Object.fromEntries(assigned) }, last);
  const before = new Map(assigned.map(([key]) => [key, shell.variables.get(key)]));
  for (const [key, value] of assigned) shell.set(key, value);
  try {
    return await (run ? called(shell, argv, () => runNode(shell, run)) : builtin!(shell, argv));
  } finally {
    if (!SPECIAL.has(name)) restore(shell, before);
  }
}

function restore({ variables }: Shell, before: ReadonlyMap<string, string | undefined>): void {
  for (const [name, value] of before) {
    if (value === undefined) variables.delete(name);
    else variables.set(name, value);
  }
}

async function called(shell: Shell, [, ...parameters]: readonly string[], run: () => Promise<number>): Promise<number> {
  const before = shell.parameters;
  shell.parameters = parameters;
  shell.scopes.push(new Map());
  try {
    return await run();
  } catch (error) {
    if (error instanceof Leave && error.kind === 'return') return error.count;
    throw error;
  } finally {
    shell.parameters = before;
    restore(shell, shell.scopes.pop() ?? new Map());
  }
}

async function program(
  shell: Shell,
  argv: readonly string[],
  env: Record<string, string>,
  here: boolean,
): Promise<number> {
  const { task } = shell;
  const [name = ''] = argv;
  const found = task.container.program(name);
  if (!found) {
    task.err(`${shell.name}: ${name}: not found\n`);
    return 127;
  }
  if (!here) {
    const { ended } = task.container.start({
      clock: task.clock,
      parent: task,
      argv,
      env,
      run: (child) => found(child, argv),
    });
    return task.wait(ended);
  }
  task.argv = argv;
  task.env = env;
  task.traps.clear();
  try {
    return await found(task, argv);
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    task.err(`${name}: ${error.message}\n`);
    return 1;
  }
}
