import { keeping, nowhere } from '../machine/channel.ts';
import type { Container } from '../machine/container.ts';
import type { Task } from '../machine/task.ts';
import type { ContainerSpec, Probe } from '../objects.ts';
import { fetchHttp } from '../programs/http.ts';
import type { World } from './world.ts';

/** What a probe came to: undefined when it went well, else what the kubelet says of it. */
export type ProbeResult = string | undefined;

/** After so many results of the same kind nothing changes any more, unless somebody does something. */
const STABLE = 4;
const REST_MS = 600_000;

/** Asks once. */
async function ask(task: Task, container: Container, spec: ContainerSpec, probe: Probe): Promise<ProbeResult> {
  const { place } = container;
  const limitMs = (probe.timeoutSeconds ?? 1) * 1000;
  const portOf = (port: number | string) =>
    typeof port === 'number' ? port : (spec.ports?.find(({ name }) => name === port)?.containerPort ?? 0);
  if (probe.exec) return execute(task, container, probe.exec.command);
  if (probe.httpGet) {
    const { path = '/', port } = probe.httpGet;
    const at = `${place.address}:${portOf(port)}`;
    const fetched = await fetchHttp(task, {
      address: place.address,
      port: portOf(port),
      host: at,
      target: path,
      limitMs,
    });
    const url = `Get "http://${at}${path}"`;
    if (fetched.end === 'answer') {
      const isGood = fetched.status >= 200 && fetched.status < 400;
      return isGood ? undefined : `HTTP probe failed with statuscode: ${fetched.status}`;
    }
    if (fetched.end === 'refused') return `${url}: dial tcp ${at}: connect: connection refused`;
    if (fetched.end === 'reset') return `${url}: read tcp ${at}: read: connection reset by peer`;
    return fetched.end === 'closed'
      ? `${url}: EOF`
      : `${url}: context deadline exceeded (Client.Timeout exceeded while awaiting headers)`;
  }
  const port = portOf(probe.tcpSocket?.port ?? probe.grpc?.port ?? 0);
  const socket = await container.network.connect(task, place.address, port, limitMs);
  if (typeof socket !== 'string') {
    socket.finish();
    return undefined;
  }
  return `dial tcp ${place.address}:${port}: ${socket === 'refused' ? 'connect: connection refused' : 'i/o timeout'}`;
}

async function execute(task: Task, container: Container, command: readonly string[]): Promise<ProbeResult> {
  const program = container.program(command[0] ?? '');
  if (!program)
    return `OCI runtime exec failed: exec failed: exec: "${command[0]}": executable file not found in $PATH`;
  const said = keeping();
  const files = new Map([
    [0, nowhere()],
    [1, said.channel],
    [2, said.channel],
  ] as const);
  const { ended } = container.start({
    clock: task.clock,
    files,
    argv: command,
    run: (child) => program(child, command),
  });
  return (await ended) === 0 ? undefined : `${said.text()} `;
}

export interface ProbeLoop {
  world: World;
  container: Container;
  spec: ContainerSpec;
  probe: Probe;
  /** Called with every change of mind: so many results of the same kind that they count. */
  decided(result: ProbeResult): void;
  /** Called with every failure. */
  failed(message: string): void;
  isOver(): boolean;
}

/** Asks again and again while the container runs, from its node. */
export function probeLoop(loop: ProbeLoop): void {
  const { world, container } = loop;
  const run = async (task: Task): Promise<number> => {
    await asking(loop, task);
    return 0;
  };
  void world.agent(container.place.node).start({ clock: world.clock, run }).ended;
}

async function asking(
  { world, container, spec, probe, decided, failed, isOver }: ProbeLoop,
  task: Task,
): Promise<void> {
  const { initialDelaySeconds = 0, periodSeconds = 10, failureThreshold = 3, successThreshold = 1 } = probe;
  await task.sleep(initialDelaySeconds * 1000 + 500);
  for (let inRow = 0, before: boolean | undefined; !isOver(); ) {
    const result = await ask(task, container, spec, probe);
    if (isOver()) return;
    const isGood = result === undefined;
    inRow = isGood === before ? inRow + 1 : 1;
    before = isGood;
    if (!isGood) failed(result);
    if (inRow === (isGood ? successThreshold : failureThreshold)) decided(result);
    const isStable = inRow >= Math.max(STABLE, failureThreshold);
    await (isStable ? Promise.race([world.poked(), task.sleep(REST_MS)]) : task.sleep(periodSeconds * 1000));
  }
}
