import { setTimeout as pause } from 'node:timers/promises';
import type { Cluster, ObjectRef } from '../model/cluster.ts';
import { type Fact, known, type Obstacle, unknown } from '../model/fact.ts';
import type { Event, Pod } from '../model/kubernetes.ts';
import type { Vantage } from '../model/probe.ts';
import { clean } from '../parse/text.ts';
import {
  PROBE_CONTAINER,
  type ProbePodSettings,
  probePodManifest,
  probePodName,
  type WhichUser,
} from './probeManifest.ts';
import { notInTime, type Progress, progressOf, refusalOf, refusesUser, unschedulable } from './probeTrouble.ts';

export interface ProbePodOptions extends ProbePodSettings {
  /** Ends the wait for the pod; removing it is still up to `stop()`. */
  signal?: AbortSignal;
  /** Default 30,000. */
  startWithinMs?: number;
  /** What it waits for, in the cluster's words. */
  progress?(why: string): void;
}

/** A probe pod from the moment at which its creation was sent. */
export interface ProbePod {
  namespace: string;
  name: string;
  /** Settles when its container runs, or when it will not. */
  running: Promise<Fact<Vantage>>;
  /**
   * Removes it, also when its creation is still under way. True: it was there. Safe to call again; not bound by `signal`.
   * An obstacle: it may be there still, until `lifeSeconds` are over.
   */
  stop(): Promise<Fact<boolean>>;
}

const PODS = { group: '', version: 'v1', plural: 'pods' } as const;
/** A cached image runs a second after its creation. */
const POLL = { firstMs: 120, firstForMs: 3000, thenMs: 500 };
/** A node may be freed in a moment; one that must be added takes minutes. */
const UNSCHEDULABLE_MS = 4000;
const SAY_AFTER_MS = 1500;
/** A creation whose answer was lost may come to be a moment later. */
const LATE_MS = [500, 1000];

/** Trouble that leaves open whether the request was carried out. */
const leavesOpen = ({ kind, ...obstacle }: Obstacle): boolean =>
  kind === 'timeout' ||
  kind === 'unreachable' ||
  kind === 'cancelled' ||
  ('status' in obstacle && obstacle.status >= 500);

async function create(cluster: Cluster, name: string, settings: ProbePodSettings): Promise<Fact<Pod>> {
  const send = (user: WhichUser) =>
    cluster.create<Pod>({ ...PODS, namespace: settings.namespace }, probePodManifest(name, settings, user));
  const first = await send('nobody');
  return first.known || !refusesUser(first.obstacle) ? first : send('given');
}

async function remove(cluster: Cluster, pod: ObjectRef, created: Fact<Pod>): Promise<Fact<boolean>> {
  const uid = created.known ? created.value.metadata?.uid : undefined;
  const send = () => cluster.delete(pod, { gracePeriodSeconds: 0, ...(uid !== undefined && { uid }) });
  if (!created.known && !leavesOpen(created.obstacle)) return known(false);
  let removed = await send();
  for (const ms of LATE_MS) {
    const done = removed.known && (removed.value || created.known);
    if (done || (!removed.known && removed.obstacle.kind === 'forbidden')) break;
    await pause(ms);
    removed = await send();
  }
  return removed;
}

/** The last thing that the cluster said of the pod, such as that it pulls the image. Its absence is no obstacle. */
async function lastEvent(cluster: Cluster, { namespace, name }: ObjectRef): Promise<string | undefined> {
  const fieldSelector = `involvedObject.kind=Pod,involvedObject.name=${name}`;
  const events = await cluster.list<Event>({
    ...PODS,
    plural: 'events',
    ...(namespace !== undefined && { namespace }),
    fieldSelector,
    limit: 20,
  });
  const event = events.known ? events.value.items.at(-1) : undefined;
  return event && clean(`${event.reason ?? ''}: ${event.message ?? ''}`, 300);
}

/** What the pod has come to say while one waits for it. */
class Waiting {
  readonly #startedAt = performance.now();
  #unschedulableSince: number | undefined;
  #askedAt = 0;
  #status: string | undefined;
  #event: string | undefined;
  #said: string | undefined;

  elapsedMs = () => performance.now() - this.#startedAt;

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

async function waitUntilRunning(cluster: Cluster, pod: ObjectRef, options: ProbePodOptions): Promise<Fact<Pod>> {
  const { startWithinMs = 30_000, signal, progress } = options;
  const waiting = new Waiting();
  let trouble: Obstacle | undefined;
  while (waiting.elapsedMs() < startWithinMs) {
    await pause(waiting.pauseMs(), undefined, { ...(signal && { signal }) }).catch(() => undefined);
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

const vantageOf = ({ metadata, spec }: Pod, namespace: string, name: string): Vantage => ({
  id: `probe/${namespace}/${spec?.nodeName ?? ''}`,
  kind: 'probe',
  namespace,
  pod: name,
  container: PROBE_CONTAINER,
  ...(spec?.nodeName && { node: spec.nodeName }),
  labels: metadata?.labels ?? {},
});

async function start(cluster: Cluster, pod: ObjectRef, creation: Promise<Fact<Pod>>, options: ProbePodOptions) {
  const created = await creation;
  if (!created.known) return unknown(refusalOf(created.obstacle));
  const running = await waitUntilRunning(options.signal ? cluster.within(options.signal) : cluster, pod, options);
  return running.known ? known(vantageOf(running.value, options.namespace, pod.name)) : running;
}

/** Creates a probe pod. `cluster` is not to be bound by the signal that ends the run: removing the pod comes after that. */
export function startProbePod(cluster: Cluster, options: ProbePodOptions): ProbePod {
  const { namespace } = options;
  const name = probePodName();
  const pod: ObjectRef = { ...PODS, namespace, name };
  const creation = create(cluster, name, options);
  let removal: Promise<Fact<boolean>> | undefined;
  return {
    namespace,
    name,
    running: start(cluster, pod, creation, options),
    stop: () => {
      removal ??= creation.then((created) => remove(cluster, pod, created));
      return removal;
    },
  };
}
