import { SystemError } from '../machine/channel.ts';
import type { Program } from '../machine/container.ts';
import { signalOf, type Task } from '../machine/task.ts';
import { printf } from '../shell/printf.ts';
import { holds } from '../shell/test.ts';
import { options } from './options.ts';

const named = ({ container }: Task, name: string): Task[] =>
  [...container.tasks.values()].filter(({ argv }) => argv[0]?.replace(/^.*\//, '') === name);

const sleep: Program = async (task, [, text = '']) => {
  const [, amount, unit = 's'] = /^(\d*\.?\d+)([smhd]?)$/.exec(text) ?? [];
  if (text === 'infinity') await task.wait(new Promise(() => undefined));
  if (amount === undefined) throw new SystemError(`invalid number '${text}'`);
  await task.sleep(Number(amount) * 1000 * ({ m: 60, h: 3600, d: 86_400 }[unit] ?? 1));
  return 0;
};

/** Of busybox since 1.30: `timeout [-s SIG] SECONDS PROGRAM ARG...`. */
const timeout: Program = async (task, argv) => {
  const rest = argv.slice(1);
  const signal = rest[0] === '-s' ? (signalOf(rest.splice(0, 2)[1] ?? '') ?? 'TERM') : 'TERM';
  const [seconds = '', ...command] = rest;
  const program = task.container.program(command[0] ?? '');
  if (!program) throw new SystemError(`can't execute '${command[0]}': No such file or directory`);
  const { clock, container } = task;
  const child = container.start({
    clock,
    parent: task,
    argv: command,
    env: task.env,
    run: (inner) => program(inner, command),
  });
  const stop = clock.after(Number.parseFloat(seconds) * 1000, () => child.task.signal(signal));
  try {
    const status = await task.wait(child.ended);
    if (status === 143) task.err('Terminated\n');
    return status;
  } finally {
    stop();
  }
};

const ps: Program = async (task) => {
  const lines = [...task.container.tasks.values()].map(
    ({ pid, argv, stopped }) => `${String(pid).padStart(5)} root      0:00 ${stopped ? 'T ' : ''}${argv.join(' ')}\n`,
  );
  task.out(`PID   USER     TIME  COMMAND\n${lines.join('')}`);
  return 0;
};

const pidof: Program = async (task, [, ...names]) => {
  const pids = names.flatMap((name) => named(task, name)).map(({ pid }) => pid);
  if (pids.length > 0) task.out(`${pids.join(' ')}\n`);
  return pids.length > 0 ? 0 : 1;
};

const killall: Program = async (task, [, ...words]) => {
  const first = words[0]?.startsWith('-') ? (words.shift() ?? '').slice(1) : 'TERM';
  const signal = signalOf(first === 's' ? (words.shift() ?? '') : first);
  const tasks = words.flatMap((name) => named(task, name));
  if (signal === undefined || tasks.length === 0) throw new SystemError(`${words.join(' ')}: no process killed`);
  for (const one of tasks) one.signal(signal);
  return 0;
};

const kill: Program = async (task, [, ...words]) => {
  const signal = signalOf(words[0]?.startsWith('-') ? (words.shift() ?? '').slice(1) : 'TERM');
  for (const word of words) {
    const one = task.container.tasks.get(Number(word));
    if (!one || signal === undefined) throw new SystemError(`can't kill pid ${word}: No such process`);
    one.signal(signal);
  }
  return 0;
};

const hostname: Program = async (task, argv) => {
  const { place, files } = task.container;
  task.out(options(argv, []).flags.has('i') ? `${place.address}\n` : (files.read('/etc/hostname') ?? '\n'));
  return 0;
};

const says =
  (text: (task: Task, argv: readonly string[]) => string): Program =>
  async (task, argv) => {
    task.out(text(task, argv));
    return 0;
  };

/** As asctime(3) has it, with the zone. */
function dated(moment: Date): string {
  const [weekday, day, month, year, time] = moment.toUTCString().split(/,? /);
  return `${weekday} ${month} ${day?.replace(/^0/, ' ')} ${time} UTC ${year}\n`;
}

export const PROCESS_PROGRAMS = {
  sleep,
  timeout,
  ps,
  pidof,
  killall,
  kill,
  hostname,
  env: says(({ env }) =>
    Object.entries(env)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  ),
  date: says(({ clock }, argv) => {
    if (argv.length > 1) throw new SystemError('options are not simulated');
    return dated(new Date(clock.now));
  }),
  uname: says((_, argv) => (argv[1] === '-a' ? 'Linux practice 6.12.0 #1 SMP x86_64 GNU/Linux\n' : 'Linux\n')),
  id: says(() => 'uid=0(root) gid=0(root) groups=0(root)\n'),
  whoami: says(() => 'root\n'),
  echo: says((_, [, ...words]) => `${words.join(' ')}\n`),
  printf: says((_, [, format = '', ...args]) => printf(format, args)),
  true: says(() => ''),
  false: (async () => 1) satisfies Program,
  test: (async (task, [, ...words]) => (holds(words, task) ? 0 : 1)) satisfies Program,
};
