import { parse } from 'unbash';
import { readLine } from '../machine/channel.ts';
import { Exit } from '../machine/container.ts';
import { absolute } from '../machine/files.ts';
import type { Task } from '../machine/task.ts';
import { Leave, Shell } from './shell.ts';

/** The program `sh`: `-c SCRIPT [NAME [ARG...]]`, `FILE [ARG...]`, `-s [ARG...]`; without any of these it reads commands. */
export async function sh(task: Task, [, ...words]: readonly string[]): Promise<number> {
  let options = '';
  while (/^-[a-z]+$/.test(words[0] ?? '')) options += words.shift();
  if (options.includes('c')) {
    const [script = '', name = 'sh', ...parameters] = words;
    return running(new Shell(task, name, parameters), options, (shell) => shell.source(script));
  }
  if (options.includes('s') || words.length === 0) return running(new Shell(task, 'sh', words), options, commands);
  const [file = '', ...parameters] = words;
  const script = task.container.files.read(absolute(file, task.directory));
  if (script !== undefined) return running(new Shell(task, file, parameters), options, (shell) => shell.source(script));
  task.err(`sh: can't open '${file}': No such file or directory\n`);
  return 2;
}

async function running(shell: Shell, options: string, run: (shell: Shell) => Promise<number>): Promise<number> {
  shell.exitsOnError = /e/.test(options);
  let status = 0;
  try {
    status = await run(shell);
  } catch (error) {
    if (error instanceof Leave) status = shell.status;
    else if (error instanceof Exit) status = error.status;
    else throw error;
  }
  const last = shell.task.traps.get('EXIT') ?? shell.task.traps.get('0');
  if (last) await shell.source(last);
  return status;
}

/** Reads a command after the other; one that is not whole yet waits for further lines. */
async function commands(shell: Shell): Promise<number> {
  const { task } = shell;
  const prompt = (text: string) => task.env.PS1 !== undefined && task.err(text);
  let script = '';
  prompt(task.env.PS1 ?? '');
  for (;;) {
    const read = await task.wait(readLine(task.channel(0)));
    script += read === null ? '' : `${read.line}\n`;
    const isWhole = read === null || !parse(script).errors;
    if (isWhole) {
      shell.status = script.trim() === '' ? shell.status : await shell.source(script);
      script = '';
    }
    if (read === null) return shell.status;
    prompt(isWhole ? (task.env.PS1 ?? '') : '> ');
  }
}
