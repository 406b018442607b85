import { setTimeout as pause } from 'node:timers/promises';
import type { Cluster, ObjectRef } from '../model/cluster.ts';
import { type Fact, known, type Obstacle, unknown } from '../model/fact.ts';
import type { Event, Pod } from '../model/kubernetes.ts';
import { clean } from '../parse/text.ts';
import { notInTime, type Progress, progressOf, unschedulable } from './probeTrouble.ts';

export interface Clock {
  /** Milliseconds from some moment on. */
  now(): number;
  /** Ends early, and does not fail, when the signal fires. */
  pause(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface WaitOptions {
  /** Ends the wait for the pod; removing it is still up to `stop()`. */
  signal?: AbortSignal;
  /** Default 30,000. */
  startWithinMs?: number;
  /** What it waits for, in the cluster's words; said when it changes. */
  progress?(why: string): void;
  clock?: Clock;
}

export const REAL_CLOCK: Clock = {
  now: () => performance.now(),
  pause: (ms, signal) => pause(ms, undefined, { ...(signal && { signal }) }).catch(() => undefined),
};

/** A cached image runs a second after its creation. */
const POLL = { firstMs: 120, firstForMs: 3000, thenMs: 500 };
/** A node may be freed in a moment; one that must be added takes minutes. */
const UNSCHEDULABLE_MS = 4000;
const SAY_AFTER_MS = 1500;
const whenOf = ({ lastTimestamp, eventTime, metadata }: Event): string =>
  lastTimestamp ?? eventTime ?? metadata?.creationTimestamp ?? '';

/** The last thing that the cluster said of the pod, such as that it pulls the image. Its absence is no obstacle. */
async function lastEvent(cluster: Cluster, { namespace, name }: ObjectRef): Promise<string | undefined> {
  const fieldSelector = `involvedObject.kind=Pod,involvedObject.name=${name}`;
  const events = await cluster.list<Event>({
    group: '',
    version: 'v1',
    plural: 'events',
    ...(namespace !== undefined && { namespace }),
    fieldSelector,
    limit: 20,
  });
  const items = events.known ? events.value.items : [];
  const event = items.toSorted((a, b) => whenOf(a).localeCompare(whenOf(b))).at(-1);
  return event && clean(`${event.reason ?? ''}: ${event.message ?? ''}`, 300);
}

/** What the pod has come to say while one waits for it. */
class Waiting {
  readonly #clock: Clock;
  readonly #startedAt: number;
  #unschedulableSince: number | undefined;
  #askedAt = 0;
  #status: string | undefined;
  #event: string | undefined;
  #said: string | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedAt = clock.now();
  }

  elapsedMs = () => this.#clock.now() - this.#startedAt;

  /** Set once no node was found for long enough. */
  note({ why, unschedulable: none }: Extract<Progress, { state: 'waiting' }>): string | undefined {
    this.#status = why ?? this.#status;
    this.#unschedulableSince = none === undefined ? undefined : (this.#unschedulableSince ?? this.elapsedMs());
    const since = this.#unschedulableSince;
    return since !== undefined && this.elapsedMs() - since >= UNSCHEDULABLE_MS ? none : undefined;
  }

  /** The events are looked at now and then, and only where the start takes long. */
  isEventDue(): boolean {
    if (this.elapsedMs() - this.#askedAt < SAY_AFTER_MS) return false;
    this.#askedAt = this.elapsedMs();
    return true;
  }

  heard(event: string | undefined) {
    this.#event = event ?? this.#event;
  }

  /** An event tells more than the state of the container. */
  why = () => this.#event ?? this.#status;

  /** Why it waits, where that has changed. */
  news(): string | undefined {
    const why = this.why();
    if (why === this.#said) return undefined;
    this.#said = why;
    return why;
  }

  pauseMs = () => (this.elapsedMs() < POLL.firstForMs ? POLL.firstMs : POLL.thenMs);
}

/** Trouble with looking that waiting does not mend. */
const isFinal = ({ kind }: Obstacle): boolean => ['forbidden', 'unauthorized', 'cancelled'].includes(kind);

/** The pod, once its container runs; an obstacle when it will not, or not in time. */
export async function waitUntilRunning(cluster: Cluster, pod: ObjectRef, options: WaitOptions): Promise<Fact<Pod>> {
  const { startWithinMs = 30_000, signal, progress, clock = REAL_CLOCK } = options;
  const waiting = new Waiting(clock);
  let trouble: Obstacle | undefined;
  while (waiting.elapsedMs() < startWithinMs) {
    await clock.pause(waiting.pauseMs(), signal);
    if (signal?.aborted) return unknown({ kind: 'cancelled' });
    const read = await cluster.get<Pod>(pod);
    trouble = read.known ? undefined : read.obstacle;
    if (!read.known && isFinal(read.obstacle)) return read;
    if (!read.known) continue;
    const now = progressOf(read.value);
    if (now.state === 'running' && read.value) return known(read.value);
    if (now.state === 'failed') return unknown(now.obstacle);
    const none = now.state === 'waiting' ? waiting.note(now) : undefined;
    if (none !== undefined) return unknown(unschedulable(none));
    if (waiting.isEventDue()) waiting.heard(await lastEvent(cluster, pod));
    const news = waiting.news();
    if (news !== undefined) progress?.(news);
  }
  return unknown(trouble ?? notInTime(startWithinMs, waiting.why()));
}
