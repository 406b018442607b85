import type { WebSocket } from 'ws';
import type { World } from '../cluster/world.ts';
import { channel, Queue } from '../machine/channel.ts';
import type { Pod } from '../objects.ts';
import { ApiError, statusOf } from './errors.ts';
import { type Executing, execute } from './exec.ts';
import { LineDiscipline } from './terminal.ts';
import { accept, type Sender, type StreamRequest, sender } from './upgrade.ts';

const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, status: 3, close: 255 } as const;
/** Enough for probes to look again at what may have been changed. */
const AFTER_EXEC_MS = 2000;
const PROMPT = '/ # ';

const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** `channel.k8s.io`, versions 4 and 5: k8s.io/apimachinery, pkg/util/remotecommand. @throws ApiError before the connection is open */
export async function serveExec(world: World, pod: Pod, stream: StreamRequest): Promise<void> {
  const socket = await accept(stream, ['v5.channel.k8s.io', 'v4.channel.k8s.io']);
  const send = sender(socket);
  const { stdout, stderr, status } = CHANNEL;
  for (const number of isTerminal(stream) ? [stdout, status] : [stdout, stderr, status]) send(number, '');
  try {
    const typed = new Queue();
    if (stream.query.get('stdin') !== 'true') typed.end();
    const executing = start(world, pod, stream, typed, send);
    listen(socket, typed, executing, isTerminal(stream) ? (text) => send(CHANNEL.stdout, text) : undefined);
    send(CHANNEL.status, JSON.stringify(exitStatus(await executing.ended)));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    send(CHANNEL.status, JSON.stringify(statusOf(error)));
  }
  socket.close(1000);
  await world.change(AFTER_EXEC_MS, () => undefined);
}

const isTerminal = ({ query }: StreamRequest): boolean => query.get('tty') === 'true';

function start(world: World, pod: Pod, stream: StreamRequest, typed: Queue, send: Sender): Executing {
  const { query, pause } = stream;
  const terminal = isTerminal(stream);
  const to = (number: number) =>
    channel({ write: (text) => send(number, terminal ? text.replace(/\r?\n/g, '\r\n') : text) });
  return execute(world, pod, {
    container: query.get('container') ?? undefined,
    argv: query.getAll('command'),
    input: channel({ read: () => typed.take() }),
    output: to(CHANNEL.stdout),
    errors: to(terminal ? CHANNEL.stdout : CHANNEL.stderr),
    ...(terminal && { env: { PS1: PROMPT, TERM: 'xterm' } }),
    // whoever sits in front of it expects it to take its time
    pause: pause ?? (terminal ? sleep : undefined),
  });
}

/** `echo`: where the keys of a terminal are shown. */
function listen(
  socket: WebSocket,
  typed: Queue,
  { kill, interrupt }: Executing,
  echo: ((text: string) => void) | undefined,
): void {
  const discipline = echo && new LineDiscipline(typed, echo, interrupt);
  socket.on('message', (data: Buffer) => {
    const text = data.subarray(1).toString('latin1');
    if (data[0] === CHANNEL.close && data[1] === CHANNEL.stdin) typed.end();
    if (data[0] !== CHANNEL.stdin) return;
    if (discipline) discipline.typed(text);
    else typed.put(text);
  });
  socket.on('close', kill);
}

const exitStatus = (code: number) =>
  code === 0
    ? { metadata: {}, status: 'Success' }
    : {
        metadata: {},
        status: 'Failure',
        message: `command terminated with non-zero exit code: exit status ${code}`,
        reason: 'NonZeroExitCode',
        details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
      };
