import type { Clock } from '../machine/clock.ts';
import type { Task } from '../machine/task.ts';
import type { Labels } from '../objects.ts';
import type { Socket } from './socket.ts';

/** A process that waits for connections or packets. */
export interface Listener {
  protocol: 'TCP' | 'UDP';
  /** `0.0.0.0`: every address of the place; `127.0.0.1`: only itself. */
  address: string;
  port: number;
  task: Task;
  /** Works by the clock of whoever asks, so that nobody waits for a clock that stands still. */
  accept?(socket: Socket, clock: Clock): Promise<void>;
  /** The answer to a packet; undefined: none. A promise may take its time. */
  answer?(packet: string, clock: Clock): Promise<string | undefined>;
}

/** The pod that a network belongs to, as policies know it. */
export interface PlaceOwner {
  namespace: string;
  name: string;
  labels: Labels;
  /** Container ports by name. */
  ports: { name?: string; port: number; protocol: string }[];
}

/** A network of its own: a pod's, or a node's with all that runs on the host network. */
export class NetworkPlace {
  readonly address: string;
  readonly node: string;
  /** Undefined: a node. */
  readonly owner: PlaceOwner | undefined;
  listeners: Listener[] = [];

  constructor(address: string, node: string, owner?: PlaceOwner) {
    this.address = address;
    this.node = node;
    this.owner = owner;
  }

  /** False when the address is in use. It ends with its task. */
  listen(listener: Listener): boolean {
    if (this.#at(listener.address, listener.port, listener.protocol)) return false;
    this.listeners.push(listener);
    listener.task.atEnd(() => {
      this.listeners = this.listeners.filter((other) => other !== listener);
    });
    return true;
  }

  #at(address: string, port: number, protocol: string): Listener | undefined {
    const fits = (own: string) => own === '0.0.0.0' || own === address || address === '0.0.0.0';
    return this.listeners.find((one) => one.protocol === protocol && one.port === port && fits(one.address));
  }

  /** Who listens there, for a packet to that address. */
  listener(address: string, port: number, protocol: string): Listener | undefined {
    return this.#at(address, port, protocol);
  }
}
