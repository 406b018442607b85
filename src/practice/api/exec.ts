import type { ContainerRun } from '../cluster/containerRun.ts';
import type { World } from '../cluster/world.ts';
import { type Channel, standardFiles } from '../machine/channel.ts';
import { Clock } from '../machine/clock.ts';
import type { Pod } from '../objects.ts';
import { ApiError } from './errors.ts';

export interface ExecRequest {
  container?: string | undefined;
  argv: readonly string[];
  input: Channel;
  output: Channel;
  errors: Channel;
  env?: Record<string, string>;
  /** Waits as long as the clock says, instead of at once. */
  pause?: ((milliseconds: number) => Promise<void>) | undefined;
}

export interface Executing {
  /** The exit code. */
  ended: Promise<number>;
  kill(): void;
  /** As Ctrl-C does: ends what the shell has started, and not the shell. */
  interrupt(): void;
}

/** The container that is meant, and runs. @throws ApiError */
export function containerIn(world: World, pod: Pod, name: string | undefined): ContainerRun {
  const { metadata, spec } = pod;
  const runtime = world.runtimes.get(metadata.uid);
  const wanted =
    name ?? metadata.annotations?.['kubectl.kubernetes.io/default-container'] ?? spec.containers[0]?.name ?? '';
  const all = [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])];
  if (!all.some((one) => one.name === wanted)) {
    throw new ApiError(400, 'BadRequest', `container ${wanted} is not valid for pod ${metadata.name}`);
  }
  if (!spec.nodeName) throw new ApiError(400, 'BadRequest', `pod ${metadata.name} does not have a host assigned`);
  const runs = [...(runtime?.init ?? []), ...(runtime?.containers ?? []), ...(runtime?.ephemeral ?? [])];
  const run = runs.find((one) => one.spec.name === wanted);
  if (!run) throw new ApiError(500, 'InternalError', `container not found ("${wanted}")`);
  return run;
}

/** Runs a program in a container, on a clock of its own that does not wait. @throws ApiError */
export function execute(
  world: World,
  pod: Pod,
  { container: name, argv, input, output, errors, env = {}, pause }: ExecRequest,
): Executing {
  const { container, spec } = containerIn(world, pod, name);
  if (!container) throw new ApiError(500, 'InternalError', `container not found ("${spec.name}")`);
  const bytes = argv.map((word) => Buffer.from(word).toString('latin1'));
  const [command = ''] = bytes;
  const program = container.program(command);
  if (!program) throw noProgram(command);
  const clock = new Clock(world.clock.now);
  const files = standardFiles(input, output, errors);
  const main = container.tasks.get(1)?.env ?? {};
  const { task, ended } = container.start({
    clock,
    files,
    argv: bytes,
    env: { ...main, ...env },
    run: (child) => program(child, bytes),
  });
  const over = clock.until(ended, pause).finally(() => world.poke());
  const interrupt = () => {
    for (const one of container.tasks.values()) if (one !== task && one.group === task.group) one.signal('INT');
  };
  return { ended: over, kill: () => container.signal('KILL', task.group), interrupt };
}

/** In the words of kubelet and runc. */
function noProgram(name: string): ApiError {
  const what = `exec: "${name}": executable file not found in $PATH: unknown`;
  const runtime = `OCI runtime exec failed: exec failed: unable to start container process: ${what}`;
  const kubelet = `error executing command in container: failed to exec in container: failed to start exec: ${runtime}`;
  return new ApiError(500, 'InternalError', `Internal error occurred: Internal error occurred: ${kubelet}`);
}
