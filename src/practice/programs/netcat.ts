import { SystemError } from '../machine/channel.ts';
import type { Clock } from '../machine/clock.ts';
import type { Program } from '../machine/container.ts';
import type { Task } from '../machine/task.ts';
import { lookup } from '../network/resolver.ts';
import type { Socket } from '../network/socket.ts';
import { options } from './options.ts';

const USAGE = `BusyBox v1.37.0 (2025-01-17 18:12:01 UTC) multi-call binary.

Usage: nc [OPTIONS] HOST PORT  - connect
nc [OPTIONS] -l -p PORT [HOST] [PORT]  - listen

	-e PROG	Run PROG after connect (must be last)
	-l	Listen mode, for inbound connects
	-lk	With -e, provides persistent server
	-p PORT	Local port
	-w SEC	Timeout for connects and final net reads
	-n	Don't do DNS resolution
	-u	UDP mode
	-v	Verbose
	-z	Zero-I/O mode (scanning)
`;

/** The kernel's: six SYNs. */
const CONNECT_MS = 127_000;

interface Call {
  task: Task;
  host: string;
  address: string;
  port: number;
  limitMs: number;
  flags: Map<string, string>;
  command: readonly string[];
  /** By the number of `v`. */
  loud: number;
}

/** netcat of busybox, the desktop variant. */
export const nc: Program = async (task, argv) => {
  if (argv.includes('--help') || argv.length < 2) {
    task.err(USAGE);
    return 0;
  }
  const { flags, all, words } = options(argv, ['w', 'p', 'e', 's', 'i', 'q'], 'e');
  const command = flags.has('e') ? [flags.get('e') ?? '', ...words.splice(flags.has('l') ? 0 : 2)] : [];
  if (flags.has('l')) return listen(task, Number(flags.get('p') ?? words[1] ?? words[0]), flags, command);
  const [host = '', port = ''] = words;
  const addresses = await lookup(task, host);
  if (!addresses?.[0]) throw new SystemError(`bad address '${host}'`);
  const limitMs = flags.has('w') ? Number(flags.get('w')) * 1000 : CONNECT_MS;
  const loud = all.filter(([name]) => name === 'v').length;
  const call = { task, host, address: addresses[0], port: Number(port), limitMs, flags, command, loud };
  return flags.has('u') ? datagram(call) : connect(call);
};

const opened = ({ task, host, address, port, loud }: Call) =>
  loud > 0 && task.err(`${host} (${address}:${port}) open\n`);

async function connect(call: Call): Promise<number> {
  const { task, host, address, port, limitMs, flags, command, loud } = call;
  const socket = await task.container.network.connect(task, address, port, limitMs);
  const statistics = () => loud > 1 && task.err('sent 0, rcvd 0\n');
  if (typeof socket === 'string') {
    const said = socket === 'timeout' ? 'Connection timed out' : 'Connection refused';
    // it keeps a refusal to itself unless it is asked twice
    if (loud > (socket === 'timeout' ? 0 : 1)) task.err(`nc: ${host} (${address}:${port}): ${said}\n`);
    statistics();
    return 1;
  }
  opened(call);
  if (flags.has('z')) {
    socket.finish();
    statistics();
    return 0;
  }
  return command.length > 0 ? run(task, socket, command) : talk(task, socket, limitMs);
}

/** The program speaks over the connection; its messages stay those of nc. */
function run(task: Task, socket: Socket, command: readonly string[]): Promise<number> {
  const program = task.container.program(command[0] ?? '');
  if (!program) throw new SystemError(`can't execute '${command[0]}': No such file or directory`);
  for (const descriptor of [0, 1]) {
    socket.open();
    task.channel(descriptor).close();
    task.files.set(descriptor, socket);
  }
  task.argv = command;
  return program(task, command);
}

async function talk(task: Task, socket: Socket, limitMs: number): Promise<number> {
  const sending = (async () => {
    for (let text = await task.read(); text !== null; text = await task.read()) socket.write(text);
    return true;
  })();
  sending.catch(() => undefined);
  for (;;) {
    const text = await task.within(limitMs, socket.read());
    if (text === null || text === undefined) return 0;
    task.out(text);
  }
}

async function datagram(call: Call): Promise<number> {
  const { task, address, port, limitMs, command } = call;
  opened(call);
  if (command.length > 0) return 0;
  const packet = (await task.read()) ?? '';
  const answer = await task.container.network.ask(task, address, port, packet, limitMs);
  if (answer !== undefined && answer !== 'refused') task.out(answer);
  await task.sleep(limitMs);
  return answer === 'refused' ? 1 : 0;
}

async function listen(
  task: Task,
  port: number,
  flags: Map<string, string>,
  command: readonly string[],
): Promise<number> {
  const { place } = task.container;
  const program = task.container.program(command[0] ?? '');
  const serve = async (socket: Socket, clock: Clock) => {
    if (!program) return;
    const files = new Map([...task.files, [0, socket], [1, socket]] as const);
    const run = (child: Task) => program(child, command);
    await task.container.start({ clock, parent: task, files, argv: command, run }).ended;
  };
  const protocol = flags.has('u') ? 'UDP' : 'TCP';
  if (!place.listen({ protocol, address: '0.0.0.0', port, task, accept: serve }))
    throw new SystemError('bind: Address already in use');
  return task.wait(new Promise<number>(() => undefined));
}
