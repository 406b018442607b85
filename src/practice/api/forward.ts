import type { WebSocket } from 'ws';
import type { World } from '../cluster/world.ts';
import { Clock } from '../machine/clock.ts';
import type { Task } from '../machine/task.ts';
import type { Pod } from '../objects.ts';
import { ApiError } from './errors.ts';
import { accept, type StreamRequest, sender } from './upgrade.ts';

const CHANNEL = { data: 0, error: 1 } as const;
const LIMIT_MS = 1000;

/** One connection to the pod's loopback interface: k8s.io/kubelet, pkg/cri/streaming/portforward. @throws ApiError */
export async function serveForward(world: World, pod: Pod, stream: StreamRequest): Promise<void> {
  const { uid } = pod.metadata;
  const running = world.runtimes.get(uid)?.containers.find(({ container }) => container)?.container;
  if (!running) {
    const why = `unable to forward port because pod is not running. Current status=${pod.status.phase}`;
    throw new ApiError(500, 'InternalError', why);
  }
  const port = Number(stream.query.get('ports'));
  const socket = await accept(stream, ['v4.channel.k8s.io']);
  // every channel begins with the port, two bytes
  for (const number of [CHANNEL.data, CHANNEL.error]) {
    sender(socket)(number, String.fromCharCode(port & 0xff, port >> 8));
  }
  const clock = new Clock(world.clock.now);
  const { task, ended } = running.start({ clock, run: (child) => forward(child, socket, port, uid) });
  // a process that never answers never ends the connection either
  socket.on('close', () => task.signal('KILL'));
  await clock.until(ended);
  socket.close(1000);
}

async function forward(task: Task, socket: WebSocket, port: number, uid: string): Promise<number> {
  const send = sender(socket);
  const connected = await task.container.network.connect(task, '127.0.0.1', port, LIMIT_MS);
  if (typeof connected === 'string') {
    const why = `failed to connect to localhost:${port} inside namespace: dial tcp4 127.0.0.1:${port}: connect: connection refused`;
    const runtime = `failed to execute portforward in network namespace: ${why}`;
    send(CHANNEL.error, `error forwarding port ${port} to pod ${uid}, uid : ${runtime}`);
    return 1;
  }
  socket.on('message', (data: Buffer) => {
    if (data[0] === CHANNEL.data) connected.write(data.subarray(1).toString('latin1'));
  });
  socket.on('close', () => connected.finish());
  const read = () => task.wait(connected.read());
  for (let text = await read(); text !== null; text = await read()) send(CHANNEL.data, text);
  return 0;
}
