import type { Container, ContainerStatus, Event, Pod } from '../../src/model/kubernetes.ts';
import { type PodSurroundings, podState } from '../../src/model/podState.ts';

export const NOW = Date.parse('2026-11-23T10:00:00Z');
/** A timestamp so many seconds ago. */
export const ago = (seconds: number): string => new Date(NOW - seconds * 1000).toISOString().replace('.000', '');

type Spec = NonNullable<Pod['spec']>;
type Status = NonNullable<Pod['status']>;
export type State = NonNullable<ContainerStatus['state']>;
export type Ended = NonNullable<State['terminated']>;

export const app = (more: Partial<Container> = {}): Container => ({ name: 'app', image: 'web:1', ...more });
export const status = (state: State, more: Partial<ContainerStatus> = {}): ContainerStatus => ({
  name: 'app',
  image: 'web:1',
  imageID: '',
  ready: false,
  started: false,
  restartCount: 0,
  state,
  ...more,
});
export const waiting = (reason: string, message?: string): State => ({
  waiting: { reason, ...(message && { message }) },
});
export const running = (seconds: number): State => ({ running: { startedAt: ago(seconds) } });
export const ended = (exitCode: number, more: Partial<Ended> = {}): State => ({
  terminated: {
    exitCode,
    reason: exitCode === 0 ? 'Completed' : 'Error',
    startedAt: ago(15),
    finishedAt: ago(10),
    ...more,
  },
});
export const condition = (type: string, value: string, more: { reason?: string; message?: string } = {}) => ({
  type,
  status: value,
  lastTransitionTime: ago(30),
  ...more,
});
const scheduled = condition('PodScheduled', 'True');

export interface Built {
  spec?: Partial<Spec>;
  status?: Partial<Status>;
  metadata?: Pod['metadata'];
}

export const pod = (one: ContainerStatus | undefined, more: Built = {}): Pod => ({
  metadata: { name: 'web-1', namespace: 'shop', creationTimestamp: ago(3600), ...more.metadata },
  spec: { nodeName: 'n1', restartPolicy: 'Always', containers: [app()], ...more.spec },
  status: {
    phase: 'Running',
    conditions: [scheduled, condition('Ready', 'False')],
    ...(one && { containerStatuses: [one] }),
    ...more.status,
  },
});

export const problem = (one: Pod, around: PodSurroundings = {}) => podState(one, NOW, around).problem;
export const event = (reason: string, message: string, seconds = 5): Event =>
  ({ reason, message, lastTimestamp: ago(seconds), involvedObject: {}, metadata: {} }) as Event;
