import { type Channel, readAll, SystemError } from '../machine/channel.ts';
import type { Program } from '../machine/container.ts';
import { absolute } from '../machine/files.ts';
import type { Task } from '../machine/task.ts';
import { options } from './options.ts';

const pathOf = (task: Task, name: string): string => absolute(name, task.directory);

function opened(task: Task, name: string): Channel {
  if (name === '-') return task.channel(0);
  const file = task.container.open(pathOf(task, name), 'read', task);
  if (!file) throw new SystemError(`can't open '${name}': No such file or directory`);
  return file;
}

/** Reads every file named, or standard input. */
async function inputs(task: Task, names: readonly string[]): Promise<[string, string][]> {
  const read: [string, string][] = [];
  for (const name of names.length > 0 ? names : ['-']) read.push([name, await task.wait(readAll(opened(task, name)))]);
  return read;
}

const cat: Program = async (task, [, ...names]) => {
  for (const name of names.length > 0 ? names : ['-']) {
    const from = opened(task, name);
    for (let text = await task.wait(from.read()); text !== null; text = await task.wait(from.read())) task.out(text);
  }
  return 0;
};

const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

const head: Program = async (task, argv) => {
  const { flags, words } = options(
    argv.map((word) => word.replace(/^-(\d+)$/, '-n$1')),
    ['n', 'c'],
  );
  const bytes = flags.get('c');
  if (bytes === undefined) {
    for (const [, text] of await inputs(task, words))
      task.out(
        linesOf(text)
          .slice(0, Number(flags.get('n') ?? 10))
          .join(''),
      );
    return 0;
  }
  const from = opened(task, words[0] ?? '-');
  for (let left = Number(bytes); left > 0; ) {
    const text = await task.wait(from.read());
    if (text === null) break;
    task.out(text.slice(0, left));
    left -= text.length;
  }
  return 0;
};

const tail: Program = async (task, argv) => {
  const { flags, words } = options(
    argv.map((word) => word.replace(/^-(\d+)$/, '-n$1')),
    ['n'],
  );
  for (const [, text] of await inputs(task, words))
    task.out(
      linesOf(text)
        .slice(-Number(flags.get('n') ?? 10))
        .join(''),
    );
  return 0;
};

const wc: Program = async (task, argv) => {
  const { flags, words } = options(argv, []);
  for (const [name, text] of await inputs(task, words)) {
    const counts = { l: text.split('\n').length - 1, w: text.split(/\s+/).filter(Boolean).length, c: text.length };
    const wanted = (['l', 'w', 'c'] as const).filter((letter) => flags.size === 0 || flags.has(letter));
    task.out(`${wanted.map((letter) => counts[letter]).join(' ')}${name === '-' ? '' : ` ${name}`}\n`);
  }
  return 0;
};

/** A basic regular expression as JavaScript writes it: these mean something only with a backslash. */
const basic = (text: string): string =>
  text.replace(/\\?[+?|(){}]/g, (sign) => (sign.length > 1 ? sign.slice(1) : `\\${sign}`));

function compiled(pattern: string, flags: string): RegExp {
  try {
    return new RegExp(pattern, flags);
  } catch {
    throw new SystemError(`bad regex '${pattern}'`);
  }
}

const grep: Program = async (task, argv) => {
  const { flags, words } = options(argv, ['e', 'm', 'A', 'B']);
  const [pattern = '', ...names] = flags.has('e') ? [flags.get('e') ?? '', ...words] : words;
  const escaped = flags.has('F') ? pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : pattern;
  const expression = compiled(flags.has('E') ? escaped : basic(escaped), flags.has('i') ? 'i' : '');
  const found = (await inputs(task, names)).flatMap(([name, text]) =>
    linesOf(text)
      .filter((line) => expression.test(line.replace(/\n$/, '')) !== flags.has('v'))
      .map((line) => (names.length > 1 && !flags.has('h') ? `${name}:${line}` : line)),
  );
  if (flags.has('c')) task.out(`${found.length}\n`);
  else if (!flags.has('q')) task.out(found.map((line) => (line.endsWith('\n') ? line : `${line}\n`)).join(''));
  return found.length > 0 ? 0 : 1;
};

/** `dd bs=N count=N`: copies blocks as they come. */
const dd: Program = async (task, [, ...operands]) => {
  const given = Object.fromEntries(operands.map((operand) => operand.split('=')));
  const size = Number(given.bs ?? 512);
  const from = task.channel(0);
  for (let block = 0; block < Number(given.count ?? Number.POSITIVE_INFINITY); block += 1) {
    const text = await task.wait(from.read());
    if (text === null) break;
    if (text.length > size) from.unread(text.slice(size));
    task.out(text.slice(0, size));
  }
  return 0;
};

const mkdir: Program = async (task, argv) => {
  for (const name of options(argv, []).words) task.container.files.makeDirectory(pathOf(task, name));
  return 0;
};

const touch: Program = async (task, argv) => {
  const { files } = task.container;
  for (const name of options(argv, []).words) {
    const path = pathOf(task, name);
    if (!files.write(path, files.read(path) ?? '')) throw new SystemError(`${name}: No such file or directory`);
  }
  return 0;
};

const rm: Program = async (task, argv) => {
  const { flags, words } = options(argv, []);
  const missing = words.filter((name) => !task.container.files.remove(pathOf(task, name)) && !flags.has('f'));
  for (const name of missing) task.err(`rm: can't remove '${name}': No such file or directory\n`);
  return missing.length > 0 ? 1 : 0;
};

const ls: Program = async (task, argv) => {
  const { files } = task.container;
  const { words } = options(argv, []);
  for (const name of words.length > 0 ? words : [task.directory]) {
    const path = pathOf(task, name);
    if (!files.exists(path)) throw new SystemError(`${name}: No such file or directory`);
    const names = files.isDirectory(path) ? files.list(path) : [name];
    task.out(names.map((one) => `${one}\n`).join(''));
  }
  return 0;
};

export const FILE_PROGRAMS = { cat, head, tail, wc, grep, dd, mkdir, touch, rm, ls };
