import type { Obstacle } from '../model/fact.ts';
import { NOT_KUBERNETES } from './obstacles.ts';

const NOT_RUNNING = [
  /container not found/i,
  /pod does not exist/i,
  /does not have a host assigned/i,
  /\bnot running\b/i,
  /is not created or running/i,
  /stopped (container|state)/i,
  /CONTAINER_EXITED/,
  /(task|container|sandbox) \S* ?not found/i,
  /no such (container|process)/i,
  /failed to find sandbox/i,
  /pods "[^"]*" not found/i,
];

/** What container runtimes say when there is no such program: runc, crun, gVisor, Kata. */
const NO_BINARY = [
  /executable file [^ ]* ?not found/i,
  /no such file or directory/i,
  /not found in \$PATH/i,
  /error finding executable/i,
  /permission denied: unknown/i,
  /fork\/exec .*permission denied/i,
];

const SHELL = /(^|\/)(ba|da|a|z|k)?sh$/;

export const isNoBinary = (message: string): boolean => NO_BINARY.some((pattern) => pattern.test(message));

export const noBinary = (program: string, message: string): Obstacle => ({
  kind: 'no-probe',
  reason: SHELL.test(program) ? 'no-shell' : 'no-tool',
  message,
});

/** Words of kubelet or runtime that mean: there is nothing to talk to. */
export const isNotRunning = (message: string): boolean => NOT_RUNNING.some((pattern) => pattern.test(message));

/** An obstacle met on the way into a pod, told more exactly where its words allow it. */
export function podObstacle(obstacle: Obstacle): Obstacle {
  if (obstacle.kind !== 'api-error' || obstacle.reason === NOT_KUBERNETES) return obstacle;
  const { status, message } = obstacle;
  if (isNotRunning(message) || status === 404) return { kind: 'no-probe', reason: 'not-running', message };
  // The API server cannot reach the kubelet: node down, or its tunnel broken.
  if (/error dialing backend|no preferred addresses|No agent available/i.test(message)) {
    return { kind: 'no-probe', reason: 'other', message };
  }
  return obstacle;
}
