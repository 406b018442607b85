import type { NoProbeReason, Obstacle } from '../model/fact.ts';
import type { ContainerStatus, Pod } from '../model/kubernetes.ts';
import { clean } from '../parse/text.ts';
import { isNoBinary } from './podTrouble.ts';
import { PROBE_CONTAINER } from './probeManifest.ts';

const noProbe = (reason: NoProbeReason, message: string): Obstacle => ({
  kind: 'no-probe',
  reason,
  message: clean(message, 500),
});

/** What refuses a pod, by its words: Pod Security, ResourceQuota, LimitRange, webhooks, policies, ServiceAccount, OpenShift. */
const REFUSALS: readonly (readonly [RegExp, NoProbeReason])[] = [
  [/exceeded quota|failed quota|(minimum|maximum) \S+ usage per|limit to request ratio/i, 'quota'],
  [
    /violates PodSecurity|security context constraint|admission webhook|failed calling webhook|ValidatingAdmissionPolicy|denied (the )?request|serviceaccount .* not found|is forbidden:/i,
    'admission',
  ],
];

/** Why the API server did not take the pod. A missing right stays what it is. */
export function refusalOf(obstacle: Obstacle): Obstacle {
  if (obstacle.kind !== 'api-error') return obstacle;
  const found = REFUSALS.find(([pattern]) => pattern.test(obstacle.message));
  return found ? noProbe(found[1], obstacle.message) : obstacle;
}

/** OpenShift gives every namespace a range of users and refuses one from outside it. */
export const refusesUser = (obstacle: Obstacle): boolean =>
  'message' in obstacle && /security context constraint/i.test(obstacle.message) && /runAsUser/.test(obstacle.message);

/** Of the kubelet: pkg/kubelet/images/types.go and container/sync_result.go. */
const IMAGE_REASONS = [
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
];
const START_REASONS = ['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError', 'CrashLoopBackOff'];

/** Where a probe pod is on its way. `waiting`: why, as far as it says. */
export type Progress =
  | { state: 'running' }
  | { state: 'waiting'; why?: string; unschedulable?: string }
  | { state: 'failed'; obstacle: Obstacle };

const failed = (reason: NoProbeReason, message: string): Progress => ({
  state: 'failed',
  obstacle: noProbe(reason, message),
});

const said = (...words: (string | undefined)[]): string => words.filter(Boolean).join(': ');

function ofContainer({ state }: ContainerStatus): Progress | undefined {
  if (state?.running) return { state: 'running' };
  const { reason, message } = state?.terminated ?? state?.waiting ?? {};
  const words = said(reason, message);
  if (state?.terminated) return failed(isNoBinary(words) ? 'no-shell' : 'not-running', words || 'it has ended');
  if (reason && IMAGE_REASONS.includes(reason)) return failed('image', words);
  if (reason && START_REASONS.includes(reason)) return failed(isNoBinary(words) ? 'no-shell' : 'other', words);
  return reason ? { state: 'waiting', why: words } : undefined;
}

/** How far a probe pod has come; `null`: it is not there any more. */
export function progressOf(pod: Pod | null): Progress {
  if (!pod) return failed('lost', 'the pod was deleted while it started');
  const { phase, reason, message, containerStatuses, conditions } = pod.status ?? {};
  if (phase === 'Failed' || phase === 'Succeeded')
    return failed('not-running', said(reason, message) || `it has ended (${phase})`);
  if (pod.metadata?.deletionTimestamp) return failed('lost', 'the pod is being deleted');
  const own = containerStatuses?.find(({ name }) => name === PROBE_CONTAINER);
  const scheduled = conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False') {
    const why = said(scheduled.reason, scheduled.message);
    return { state: 'waiting', why, unschedulable: why };
  }
  return (own && ofContainer(own)) ?? { state: 'waiting' };
}

export const unschedulable = (why: string): Obstacle => noProbe('unschedulable', why);

/** It was created, and did not run in time. */
export const notInTime = (withinMs: number, why: string | undefined): Obstacle =>
  noProbe('not-running', said(`not running after ${Math.round(withinMs / 1000)} s`, why));
