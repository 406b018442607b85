import { keeping, nowhere, standardFiles } from '../machine/channel.ts';
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
function ask(task: Task, container: Container, spec: ContainerSpec, probe: Probe): Promise<ProbeResult> {
  if (probe.exec) return execute(task, container, probe.exec.command);
  const port = probe.httpGet?.port ?? probe.tcpSocket?.port ?? probe.grpc?.port ?? 0;
  const number = typeof port === 'number' ? port : spec.ports?.find(({ name }) => name === port)?.containerPort;
  const limitMs = (probe.timeoutSeconds ?? 1) * 1000;
  const at: At = { address: container.place.address, port: number ?? 0, limitMs };
  return probe.httpGet ? get(task, at, probe.httpGet.path ?? '/') : connect(task, container, at);
}

interface At {
  address: string;
  port: number;
  limitMs: number;
}

/** In the words of Go's HTTP client. */
const TROUBLE: Record<string, string> = {
  reset: 'read: connection reset by peer',
  closed: 'EOF',
};

async function get(task: Task, at: At, target: string): Promise<ProbeResult> {
  const host = `${at.address}:${at.port}`;
  const fetched = await fetchHttp(task, { ...at, host, target });
  if (fetched.end === 'answer') {
    const isGood = fetched.status >= 200 && fetched.status < 400;
    return isGood ? undefined : `HTTP probe failed with statuscode: ${fetched.status}`;
  }
  const late = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
  const refused = `dial tcp ${host}: connect: connection refused`;
  return `Get "http://${host}${target}": ${fetched.end === 'refused' ? refused : (TROUBLE[fetched.end] ?? late)}`;
}

async function connect(task: Task, { network }: Container, { address, port, limitMs }: At): Promise<ProbeResult> {
  const socket = await network.connect(task, address, port, limitMs);
  if (typeof socket === 'string') {
    return `dial tcp ${address}:${port}: ${socket === 'refused' ? 'connect: connection refused' : 'i/o timeout'}`;
  }
  socket.finish();
  return undefined;
}

async function execute(task: Task, container: Container, argv: readonly string[]): Promise<ProbeResult> {
  const program = container.program(argv[0] ?? '');
  if (!program) return `OCI runtime exec failed: exec failed: exec: "${argv[0]}": executable file not found in $PATH`;
  const said = keeping();
  const files = standardFiles(nowhere(), said.channel);
  const { ended } = container.start({ clock: task.clock, files, argv, run: (child) => program(child, argv) });
  return (await ended) === 0 ? undefined : said.text();
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
