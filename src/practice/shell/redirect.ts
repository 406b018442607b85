import type { Redirection } from 'unbash';
import { type Channel, SystemError, textChannel } from '../machine/channel.ts';
import { absolute } from '../machine/files.ts';
import type { Task } from '../machine/task.ts';
import { expandText, partsOf } from './expand.ts';
import type { Shell } from './shell.ts';

/** Exchanges files for good. @throws SystemError */
export async function redirect(shell: Shell, redirections: readonly Redirection[]): Promise<void> {
  for (const redirection of redirections) {
    const { descriptor } = redirection;
    const number = descriptor?.type === 'FileDescriptor' ? descriptor.value : undefined;
    for (const [to, file] of await opened(shell, redirection, number)) put(shell.task, to, file);
  }
}

/** Exchanges files while something runs; what cannot be opened is said, and nothing runs. */
export async function redirected(
  shell: Shell,
  redirections: readonly Redirection[],
  run: () => Promise<number>,
): Promise<number> {
  if (redirections.length === 0) return run();
  const { task } = shell;
  const before = new Map(task.files);
  for (const file of before.values()) file.open();
  try {
    await redirect(shell, redirections);
    return await run();
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    task.err(`${shell.name}: ${error.message}\n`);
    return 1;
  } finally {
    if (!task.ended) {
      for (const file of task.files.values()) file.close();
      task.files = before;
    }
  }
}

function put(task: Task, descriptor: number, file: Channel | undefined): void {
  file?.open();
  task.files.get(descriptor)?.close();
  if (file) task.files.set(descriptor, file);
  else task.files.delete(descriptor);
}

type Opened = [number, Channel | undefined][];

async function opened(shell: Shell, redirection: Redirection, descriptor: number | undefined): Promise<Opened> {
  if (redirection.type === 'HereDoc') {
    const { body, delimiter } = redirection;
    const fields = body.parts && !delimiter?.quoted ? await partsOf(shell, body.parts) : undefined;
    const text = fields
      ? fields
          .flat()
          .map((piece) => piece.text)
          .join('')
      : body.text;
    return [[descriptor ?? 0, textChannel(text)]];
  }
  const target = redirection.target ? await expandText(shell, redirection.target) : '';
  if (redirection.type === 'HereString') return [[descriptor ?? 0, textChannel(`${target}\n`)]];
  const { operator } = redirection;
  const { task } = shell;
  if (operator === '>&' || operator === '<&') {
    const to = descriptor ?? (operator === '<&' ? 0 : 1);
    if (target === '-') return [[to, undefined]];
    const file = task.files.get(Number(target));
    if (!file) throw new SystemError(`${target}: Bad file descriptor`);
    return [[to, file]];
  }
  const isInput = operator === '<' || operator === '<>';
  const mode = isInput ? 'read' : operator.endsWith('>>') ? 'append' : 'write';
  const file = task.container.open(absolute(target, task.directory), mode, task);
  if (!file)
    throw new SystemError(
      isInput ? `can't open ${target}: no such file` : `can't create ${target}: nonexistent directory`,
    );
  return operator.startsWith('&')
    ? [
        [1, file],
        [2, file],
      ]
    : [[descriptor ?? (isInput ? 0 : 1), file]];
}
