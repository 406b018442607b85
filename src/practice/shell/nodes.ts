import type { Case, CommandNode, For, If, Statement } from 'unbash';
import { type Channel, pipe, SystemError } from '../machine/channel.ts';
import { runCommand } from './command.ts';
import { expandPattern, expandText, expandWords } from './expand.ts';
import { matches } from './pattern.ts';
import { redirected } from './redirect.ts';
import { type Body, Leave, type Shell } from './shell.ts';

type Node = Statement['command'];

/** Runs a command of any kind. `last`: its task has nothing to do but this, so that a program may take the task's place. */
export async function runNode(shell: Shell, node: Node | Body, last = false): Promise<number> {
  if (!('type' in node)) return shell.run(node.commands);
  switch (node.type) {
    case 'Command':
      return runCommand(shell, node, last);
    case 'Redirected':
      return redirected(shell, node.redirects, () => runNode(shell, node.command));
    case 'Pipeline': {
      const negated = node.prefixes.some(({ type }) => type === 'Negation');
      const status = await (negated
        ? condition(shell, () => pipeline(shell, node.commands))
        : pipeline(shell, node.commands));
      return negated ? Number(status === 0) : status;
    }
    case 'AndOr':
      return andOr(shell, node.commands, node.operators);
    case 'Subshell':
      return shell.task.wait(shell.fork((child) => child.run(node.body.commands)).ended);
    case 'BraceGroup':
      return shell.run(node.body.commands);
    case 'If':
      return choose(shell, node);
    case 'While':
      return loop(shell, async () => (await holds(shell, node.clause)) === (node.kind === 'while'), node.body);
    case 'For':
      return each(shell, node);
    case 'Case':
      return branch(shell, node);
    case 'Function':
      shell.functions.set(
        node.name.value,
        node.body.type === 'CompoundList' ? { commands: node.body.commands } : node.body,
      );
      return 0;
    default:
      throw new SystemError(`${node.type} is not simulated`);
  }
}

async function condition(shell: Shell, run: () => Promise<number>): Promise<number> {
  shell.guards += 1;
  try {
    return await run();
  } finally {
    shell.guards -= 1;
  }
}

const holds = async (shell: Shell, { commands }: Body): Promise<boolean> =>
  (await condition(shell, () => shell.run(commands))) === 0;

async function andOr(shell: Shell, nodes: readonly Node[], operators: readonly string[]): Promise<number> {
  for (const [i, node] of nodes.entries()) {
    const skipped = i > 0 && (operators[i - 1] === '&&') !== (shell.status === 0);
    if (skipped) continue;
    const run = () => runNode(shell, node);
    shell.status = await (i === nodes.length - 1 ? run() : condition(shell, run));
  }
  return shell.status;
}

function body(shell: Shell, { commands }: Body): Promise<number> {
  shell.status = 0;
  return shell.run(commands);
}

async function choose(shell: Shell, node: If): Promise<number> {
  for (const { clause, then } of [node, ...node.elif]) if (await holds(shell, clause)) return body(shell, then);
  return node.else ? body(shell, node.else) : 0;
}

async function branch(shell: Shell, { word, items }: Case): Promise<number> {
  const text = await expandText(shell, word);
  for (const item of items) {
    for (const pattern of item.pattern)
      if (matches(await expandPattern(shell, pattern), text)) return body(shell, item.body);
  }
  return 0;
}

async function each(shell: Shell, node: For): Promise<number> {
  const words = node.wordlist ? await expandWords(shell, node.wordlist) : [...shell.parameters];
  const next = async () => {
    const word = words.shift();
    if (word !== undefined) shell.set(node.name.value, word);
    return word !== undefined;
  };
  return loop(shell, next, node.body);
}

async function loop(shell: Shell, next: () => Promise<boolean>, { commands }: Body): Promise<number> {
  let status = 0;
  while (await next()) {
    try {
      status = await shell.run(commands);
    } catch (error) {
      if (!(error instanceof Leave) || error.kind === 'return') throw error;
      if (error.count > 1) throw new Leave(error.kind, error.count - 1);
      status = 0;
      if (error.kind === 'break') break;
    }
  }
  return status;
}

async function pipeline(shell: Shell, commands: readonly CommandNode[]): Promise<number> {
  const [only] = commands;
  if (only && commands.length === 1) return runNode(shell, only);
  let input: Channel | undefined;
  const ends: Promise<number>[] = [];
  for (const [i, command] of commands.entries()) {
    const { reader, writer } = pipe();
    const files: [number, Channel][] = [];
    if (input) files.push([0, input]);
    if (i < commands.length - 1) files.push([1, writer]);
    ends.push(shell.fork((child) => runNode(child, command, true), files).ended);
    input = reader;
  }
  return (await shell.task.wait(Promise.all(ends))).at(-1) ?? 0;
}
