import type { World } from '../cluster/world.ts';
import type { Pod } from '../objects.ts';
import { ApiError, notSimulated } from './errors.ts';
import { containerIn } from './exec.ts';

/** What a container wrote. @throws ApiError */
export function podLog(world: World, pod: Pod, query: URLSearchParams): string {
  const { metadata, spec } = pod;
  const names = spec.containers.map(({ name }) => name);
  const name = query.get('container') ?? undefined;
  const usual = metadata.annotations?.['kubectl.kubernetes.io/default-container'];
  if (name === undefined && usual === undefined && names.length > 1) {
    throw new ApiError(
      400,
      'BadRequest',
      `a container name must be specified for pod ${metadata.name}, choose one of: [${names.join(' ')}]`,
    );
  }
  const run = containerIn(world, pod, name);
  const { waiting } = run.status.state;
  const isPrevious = query.get('previous') === 'true';
  const hasRun =
    run.container !== undefined ||
    run.status.state.terminated !== undefined ||
    run.status.lastState.terminated !== undefined;
  const of = `container "${run.spec.name}" in pod "${metadata.name}"`;
  if (isPrevious && run.status.lastState.terminated === undefined) {
    throw new ApiError(400, 'BadRequest', `previous terminated ${of} not found`);
  }
  if (!isPrevious && !hasRun) {
    const why = /ImagePull/.test(waiting?.reason ?? '')
      ? 'trying and failing to pull image'
      : (waiting?.reason ?? 'ContainerCreating');
    throw new ApiError(400, 'BadRequest', `${of} is waiting to start: ${why}`);
  }
  // while it waits to be started again, the last run is the current one, as for the kubelet
  const isOver = run.container === undefined;
  if (query.get('follow') === 'true' && !isOver && !isPrevious) throw notSimulated('logs that are followed');
  if (query.has('sinceSeconds') || query.has('sinceTime')) throw notSimulated('logs since a time');
  const text = isPrevious && !isOver ? (run.logs.previous ?? '') : run.logs.current;
  return tail(Buffer.from(text, 'latin1').toString(), query.get('tailLines'));
}

function tail(text: string, lines: string | null): string {
  const all = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  return (lines === null ? all : Number(lines) === 0 ? [] : all.slice(-Number(lines))).join('');
}
