import { readLine } from '../machine/channel.ts';
import { Exit } from '../machine/container.ts';
import { absolute } from '../machine/files.ts';
import { kill, trap, wait } from './jobs.ts';
import { printf, unescaped } from './printf.ts';
import { Leave, type Shell } from './shell.ts';
import { holds } from './test.ts';

type Builtin = (shell: Shell, argv: readonly string[]) => number | Promise<number>;

const number = (text: string | undefined, otherwise: number): number =>
  text === undefined ? otherwise : Number(text) || 0;

const echo: Builtin = ({ task }, [, ...words]) => {
  const options = words[0] !== undefined && /^-[ne]+$/.test(words[0]) ? (words.shift() ?? '') : '';
  const text = words.join(' ');
  task.out(`${options.includes('e') ? unescaped(text) : text}${options.includes('n') ? '' : '\n'}`);
  return 0;
};

const test: Builtin = ({ task }, argv) => {
  const words = argv[0] === '[' ? argv.slice(1, -1) : argv.slice(1);
  return holds(words, task) ? 0 : 1;
};

/** XCU read: the last name gets what is left. */
async function read(shell: Shell, argv: readonly string[]): Promise<number> {
  const raw = argv.includes('-r');
  const names = argv.slice(1).filter((word) => !word.startsWith('-'));
  const found = await shell.task.wait(readLine(shell.task.channel(0)));
  const text = raw ? (found?.line ?? '') : (found?.line ?? '').replace(/\\(.)/g, '$1');
  const separators = shell.get('IFS') ?? ' \t\n';
  assign(shell, names.length > 0 ? names : ['REPLY'], text, separators);
  return found?.ended ? 0 : 1;
}

function assign(shell: Shell, names: readonly string[], text: string, separators: string): void {
  const isSeparator = (letter: string) => separators.includes(letter) && letter !== '';
  let rest = text;
  const trim = () => {
    while (isSeparator(rest.charAt(0)) && /\s/.test(rest.charAt(0))) rest = rest.slice(1);
  };
  trim();
  for (const [i, name] of names.entries()) {
    const end = [...rest].findIndex(isSeparator);
    const isLast = i === names.length - 1;
    const value = isLast || end < 0 ? rest : rest.slice(0, end);
    shell.set(name, isLast && separators !== '' ? value.replace(/[ \t]+$/, '') : value);
    rest = rest.slice(value.length + (isLast ? 0 : 1));
    trim();
  }
}

const exportNames: Builtin = (shell, [, ...words]) => {
  for (const word of words) {
    const [, name = word, value] = /^(\w+)=(.*)$/s.exec(word) ?? [];
    if (value !== undefined) shell.set(name, value);
    shell.exported.add(name);
  }
  return 0;
};

const local: Builtin = (shell, [, ...words]) => {
  for (const word of words) {
    const [name = '', ...value] = word.split('=');
    shell.scopes.at(-1)?.set(name, shell.variables.get(name));
    shell.set(name, value.join('='));
  }
  return 0;
};

const set: Builtin = (shell, [, ...words]) => {
  while (/^[-+][a-z]+$/.test(words[0] ?? '')) {
    const option = words.shift() ?? '';
    if (option.includes('e')) shell.exitsOnError = option.startsWith('-');
    if (option.endsWith('o')) words.shift();
  }
  if (words.length === 0) return 0;
  shell.parameters = words[0] === '--' ? words.slice(1) : words;
  return 0;
};

/** `command -v NAME`, `type NAME`: what would run. */
function which(shell: Shell, name: string): number {
  const isOurs = shell.functions.has(name) || name in BUILTINS || name === 'exec';
  if (!isOurs && !shell.task.container.program(name)) return 127;
  shell.task.out(`${isOurs ? name : `/bin/${name.replace(/^.*\//, '')}`}\n`);
  return 0;
}

async function command(shell: Shell, [, ...words]: readonly string[]): Promise<number> {
  if (words[0] === '-v') return which(shell, words[1] ?? '');
  const [name = ''] = words;
  const builtin = BUILTINS[name];
  if (builtin) return builtin(shell, words);
  const program = shell.task.container.program(name);
  if (!program) return 127;
  const { clock, container } = shell.task;
  return shell.task.wait(
    container.start({ clock, parent: shell.task, argv: words, run: (child) => program(child, words) }).ended,
  );
}

const leave =
  (kind: Leave['kind']): Builtin =>
  (shell, [, count]) => {
    throw new Leave(kind, number(count, kind === 'return' ? shell.status : 1));
  };

function changeDirectory({ task }: Shell, [, to = '/root']: readonly string[]): number {
  const path = absolute(to, task.directory);
  if (!task.container.files.isDirectory(path)) {
    task.err(`sh: cd: can't cd to ${to}: No such file or directory\n`);
    return 2;
  }
  task.directory = path;
  return 0;
}

export const BUILTINS: Readonly<Record<string, Builtin>> = {
  ':': () => 0,
  true: () => 0,
  false: () => 1,
  echo,
  printf: ({ task }, [, format = '', ...args]) => {
    task.out(printf(format, args));
    return 0;
  },
  test,
  '[': test,
  read,
  wait,
  kill,
  trap,
  export: exportNames,
  readonly: exportNames,
  local,
  set,
  unset: (shell, [, ...names]) => {
    for (const name of names) {
      shell.variables.delete(name);
      shell.functions.delete(name);
    }
    return 0;
  },
  shift: (shell, [, count]) => {
    shell.parameters = shell.parameters.slice(number(count, 1));
    return 0;
  },
  eval: (shell, [, ...words]) => shell.source(words.join(' ')),
  '.': async (shell, [, file = '']) =>
    shell.source(shell.task.container.files.read(absolute(file, shell.task.directory)) ?? ''),
  exit: (shell, [, status]) => {
    throw new Exit(number(status, shell.status) & 0xff);
  },
  return: leave('return'),
  break: leave('break'),
  continue: leave('continue'),
  cd: changeDirectory,
  pwd: ({ task }) => {
    task.out(`${task.directory}\n`);
    return 0;
  },
  command,
  type: (shell, [, name = '']) => which(shell, name),
  umask: () => 0,
};
