import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { World } from '../cluster/world.ts';
import { channel, Queue } from '../machine/channel.ts';
import { Clock } from '../machine/clock.ts';
import type { Pod } from '../objects.ts';
import { ApiError, statusOf } from './errors.ts';
import { execute } from './exec.ts';
import { LineDiscipline } from './terminal.ts';

const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, status: 3, close: 255 } as const;
const AFTER_EXEC_MS = 15_000;
const PROMPT = '/ # ';

export interface StreamRequest {
  request: IncomingMessage;
  socket: Duplex;
  head: Buffer;
  query: URLSearchParams;
  /** Waits as long as a clock says. */
  pause?: ((milliseconds: number) => Promise<void>) | undefined;
}

type Sender = (number: number, text: string) => boolean;

const sender =
  (socket: WebSocket): Sender =>
  (number, text) => {
    if (socket.readyState === socket.OPEN) socket.send(Buffer.concat([Buffer.of(number), Buffer.from(text, 'latin1')]));
    return true;
  };

function accept({ request, socket, head }: StreamRequest, protocols: readonly string[]): Promise<WebSocket> {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(/,\s*/);
  const chosen = protocols.find((protocol) => offered.includes(protocol));
  if (!chosen)
    throw new ApiError(
      400,
      'BadRequest',
      `unable to upgrade: none of the protocols ${offered.join(', ')} is known, but ${protocols.join(', ')}`,
    );
  const server = new WebSocketServer({ noServer: true, handleProtocols: () => chosen, perMessageDeflate: false });
  return new Promise((resolve) => server.handleUpgrade(request, socket, head, resolve));
}

const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** `channel.k8s.io`, versions 4 and 5: k8s.io/apimachinery, pkg/util/remotecommand. @throws ApiError before the connection is open */
export async function serveExec(world: World, pod: Pod, stream: StreamRequest): Promise<void> {
  const { query } = stream;
  const isTerminal = query.get('tty') === 'true';
  const typed = new Queue();
  const input = channel({ read: () => typed.take() });
  if (query.get('stdin') !== 'true') typed.end();
  let send: Sender = () => true;
  const [output, errors] = [CHANNEL.stdout, isTerminal ? CHANNEL.stdout : CHANNEL.stderr].map((number) =>
    channel({ write: (text) => send(number, isTerminal ? text.replace(/\r?\n/g, '\r\n') : text) }),
  );
  const socket = await accept(stream, ['v5.channel.k8s.io', 'v4.channel.k8s.io']);
  send = sender(socket);
  for (const number of [CHANNEL.stdout, CHANNEL.stderr, CHANNEL.status]) send(number, '');
  try {
    const executing = execute(world, pod, {
      container: query.get('container') ?? undefined,
      argv: query.getAll('command'),
      input,
      output: output!,
      errors: errors!,
      ...(isTerminal && { env: { PS1: PROMPT, TERM: 'xterm' } }),
      pause: stream.pause ?? (isTerminal ? sleep : undefined),
    });
    const discipline = new LineDiscipline(typed, (text) => send(CHANNEL.stdout, text), executing.kill);
    socket.on('message', (data: Buffer) => {
      const text = data.subarray(1).toString('latin1');
      if (data[0] === CHANNEL.close && data[1] === CHANNEL.stdin) typed.end();
      else if (data[0] === CHANNEL.stdin) isTerminal ? discipline.typed(text) : typed.put(text);
    });
    socket.on('close', executing.kill);
    send(CHANNEL.status, JSON.stringify(exitStatus(await executing.ended)));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    send(CHANNEL.status, JSON.stringify(statusOf(error)));
  }
  socket.close(1000);
  await world.change(AFTER_EXEC_MS, () => undefined);
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

/** One connection to the pod's loopback interface: k8s.io/kubelet, pkg/cri/streaming/portforward. @throws ApiError */
export async function serveForward(world: World, pod: Pod, stream: StreamRequest): Promise<void> {
  const port = Number(stream.query.get('ports'));
  const runtime = world.runtimes.get(pod.metadata.uid);
  const running = runtime?.containers.find(({ container }) => container)?.container;
  if (!running)
    throw new ApiError(
      500,
      'InternalError',
      `unable to forward port because pod is not running. Current status=${pod.status.phase}`,
    );
  const socket = await accept(stream, ['v4.channel.k8s.io']);
  const send = sender(socket);
  const introduction = String.fromCharCode(port & 0xff, port >> 8);
  for (const number of [0, 1]) send(number, introduction);
  const clock = new Clock(world.clock.now);
  const { ended } = running.start({
    clock,
    run: async (task) => {
      const connected = await running.network.connect(task, '127.0.0.1', port, 1000);
      if (typeof connected === 'string') {
        send(
          1,
          `error forwarding port ${port} to pod ${pod.metadata.uid}, uid : failed to execute portforward in network namespace: failed to connect to localhost:${port} inside namespace: dial tcp4 127.0.0.1:${port}: connect: connection refused`,
        );
        return 1;
      }
      socket.on('message', (data: Buffer) => data[0] === 0 && connected.write(data.subarray(1).toString('latin1')));
      socket.on('close', () => connected.finish());
      for (let text = await connected.read(); text !== null; text = await connected.read()) send(0, text);
      return 0;
    },
  });
  await clock.until(ended);
  socket.close(1000);
}
