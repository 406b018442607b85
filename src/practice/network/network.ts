import type { Task } from '../machine/task.ts';
import { type NodeNetwork, resolveService } from './node.ts';
import { type Listener, NetworkPlace } from './place.ts';
import { admits, inBlock, type PolicyWorld } from './policy.ts';
import { connection, type Socket } from './socket.ts';

/** How a connection or packet ends: with someone who listens, `closed` (a reset at once), `rejected` (ICMP), or in silence. */
export type Route = { end: 'listener'; listener: Listener } | { end: 'closed' | 'rejected' | 'silent' };

/** How an attempt to connect ended. */
export type Connected = Socket | 'refused' | 'timeout';

/** On the way there and back. */
const ROUND_TRIP_MS = 1;
/** connect() misses the first ICMP answer and hears the one to the SYN that is sent again. */
const REJECTED_MS = 1000;
const SILENT: Route = { end: 'silent' };

export interface NetworkSettings {
  /** Whether a pod reaches itself through a Service. */
  hairpin: boolean;
  policies: () => PolicyWorld;
  /** From 0 to 1, without 1. */
  random: () => number;
}

/** Who reaches whom, and how it feels when not. */
export class Network {
  readonly places = new Map<string, NetworkPlace>();
  readonly nodes = new Map<string, NodeNetwork>();
  readonly #settings: NetworkSettings;

  constructor(settings: NetworkSettings) {
    this.#settings = settings;
  }

  add(place: NetworkPlace): void {
    this.places.set(place.address, place);
  }

  route(from: NetworkPlace, address: string, port: number, protocol: 'TCP' | 'UDP'): Route {
    if (address.startsWith('127.')) return at(from, address, port, protocol);
    const node = this.nodes.get(from.node);
    const lead = node
      ? resolveService(node, from, { address, port, protocol }, this.nodes.values(), this.#settings.random)
      : undefined;
    if (lead === 'drop') return SILENT;
    if (lead === 'reject') return { end: 'rejected' };
    const target = lead ?? { address, port };
    const place = this.places.get(target.address);
    if (lead && place === from && !this.#settings.hairpin) return SILENT;
    return this.#direct(from, place ?? new NetworkPlace(target.address, ''), target.port, protocol);
  }

  #direct(from: NetworkPlace, to: NetworkPlace, port: number, protocol: 'TCP' | 'UDP'): Route {
    const world = this.#settings.policies();
    const admitted = (['Egress', 'Ingress'] as const).every((side) => admits(world, side, from, to, port, protocol));
    const isLost = (node: string, address: string) =>
      [...(this.nodes.get(node)?.lostRoutes ?? [])].some((cidr) => inBlock(address, cidr));
    if (!admitted || to.node === '' || isLost(from.node, to.address) || isLost(to.node, from.address)) return SILENT;
    return at(to, to.address, port, protocol);
  }

  /** Opens a TCP connection, as long as it takes on the task's clock. */
  async connect(task: Task, address: string, port: number, timeoutMs: number): Promise<Connected> {
    const from = task.container.place;
    const route = this.route(from, address, port, 'TCP');
    const needs = { listener: ROUND_TRIP_MS, closed: ROUND_TRIP_MS, rejected: REJECTED_MS, silent: timeoutMs }[
      route.end
    ];
    await task.sleep(Math.min(needs, timeoutMs));
    if (route.end === 'silent' || needs > timeoutMs) return 'timeout';
    if (route.end !== 'listener') return 'refused';
    const [near, far] = connection(from.address, address);
    const { listener } = route;
    // a process that is stopped still has its connections opened, by the kernel
    if (!listener.task.stopped) listener.accept?.(far, task.clock).catch(() => far.reset());
    return near;
  }

  /** Sends a packet and waits for an answer. */
  async ask(
    task: Task,
    address: string,
    port: number,
    packet: string,
    timeoutMs: number,
  ): Promise<string | 'refused' | undefined> {
    const route = this.route(task.container.place, address, port, 'UDP');
    if (route.end === 'closed' || route.end === 'rejected') {
      await task.sleep(ROUND_TRIP_MS);
      return 'refused';
    }
    const answer =
      route.end === 'listener' && !route.listener.task.stopped
        ? route.listener.answer?.(packet, task.clock)
        : undefined;
    const heard = await task.within(timeoutMs, answer ?? new Promise<undefined>(() => undefined));
    if (heard !== undefined) await task.sleep(ROUND_TRIP_MS);
    return heard;
  }
}

function at(place: NetworkPlace, address: string, port: number, protocol: 'TCP' | 'UDP'): Route {
  const listener = place.listener(address, port, protocol);
  return listener ? { end: 'listener', listener } : { end: 'closed' };
}
