import type { ContainerState } from './containerState.ts';
import type { PodProblem } from './podProblem.ts';

/** Source: pkg/kubelet/images/types.go */
const IMAGE_REASONS = [
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
];

/** Source: pkg/kubelet/kuberuntime; the last two are those of a process that could not be started at all. */
const CONFIG_REASONS = [
  'CreateContainerConfigError',
  'CreateContainerError',
  'PreCreateHookError',
  'PreStartHookError',
  'RunContainerError',
  'StartError',
  'ContainerCannotRun',
];

/** What the containers themselves tell, the first in the order in which they start. */
export function containerProblem(containers: readonly ContainerState[]): PodProblem | undefined {
  for (const container of containers) {
    const problem = cannotStart(container) ?? initBlocked(container, containers) ?? crashLoop(container);
    if (problem) return problem;
  }
  return undefined;
}

function cannotStart(container: ContainerState): PodProblem | undefined {
  const { name, image, reason = '', message = '', lastTermination } = container;
  if (container.state === 'waiting' && IMAGE_REASONS.includes(reason)) {
    return { kind: 'image-pull', container: name, image, reason, message };
  }
  if (CONFIG_REASONS.includes(reason)) return { kind: 'config-error', container: name, reason, message };
  // Between two attempts the reason is CrashLoopBackOff.
  if (container.crashLooping && lastTermination && CONFIG_REASONS.includes(lastTermination.reason)) {
    return { kind: 'config-error', container: name, reason: lastTermination.reason, message: lastTermination.message };
  }
  return undefined;
}

function initBlocked(container: ContainerState, all: readonly ContainerState[]): PodProblem | undefined {
  const { name, kind, state, crashLooping, runningSeconds, restarts, lastTermination } = container;
  if (kind !== 'init' || !(crashLooping || state === 'running')) return undefined;
  const inits = all.filter((other) => other.kind !== 'app');
  return {
    kind: 'init-blocked',
    container: name,
    state: crashLooping ? 'crashing' : 'running',
    number: inits.indexOf(container) + 1,
    total: inits.length,
    ...(runningSeconds !== undefined && { sinceSeconds: runningSeconds }),
    restarts,
    ...(lastTermination && { last: lastTermination }),
  };
}

function crashLoop({ name, crashLooping, restarts, lastTermination }: ContainerState): PodProblem | undefined {
  if (!crashLooping) return undefined;
  return { kind: 'crash-loop', container: name, restarts, ...(lastTermination && { last: lastTermination }) };
}
