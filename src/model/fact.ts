import type { Command } from './command.ts';

/** What is known, or why it could not be known. Plain JSON, so that a walk can be recorded and replayed. */
export type Fact<T> = Known<T> | Unknown;

export interface Known<T> {
  known: true;
  value: T;
}

export interface Unknown {
  known: false;
  obstacle: Obstacle;
}

/** Why something could not be known. A value, never an exception. */
export type Obstacle =
  /** The API server answered 403: verb and resource (with subresource, as in `pods/exec`) are what a Role lacks. */
  | { kind: 'forbidden'; verb: string; resource: string; group?: string; namespace?: string; message: string }
  /** 401, or no usable credentials. `plugin`: the login plugin of the kubeconfig that failed. */
  | { kind: 'unauthorized'; message: string; plugin?: string }
  | { kind: 'timeout'; what: string; afterMs: number }
  /** No connection to the API server, or it broke. `code` is Node's, such as ECONNREFUSED. */
  | { kind: 'unreachable'; message: string; code?: string }
  /** The API server (or a proxy before it) answered with an error that is none of the above. */
  | { kind: 'api-error'; status: number; reason?: string; message: string }
  /** The question makes no sense here, such as the cluster IP of a headless Service. */
  | { kind: 'not-applicable'; reason: string }
  /** The user did not consent; `flag` would. */
  | { kind: 'not-consented'; flag: string }
  /** A probe could not run: pod rejected, image not pulled, no shell, no tool. */
  | { kind: 'no-probe'; reason: NoProbeReason; message: string }
  /** Only somebody on the node itself can tell; `command` is for them. */
  | { kind: 'needs-node'; node: string; because: Obstacle; command: Command }
  /** Only an ephemeral container in that pod could ask from there. */
  | { kind: 'needs-ephemeral'; pod: string; because: Obstacle }
  /** The server gave no more than the first page of a list: `read` of them, and what is looked for may be among the others. */
  | { kind: 'partial-list'; what: string; read: number }
  | { kind: 'cancelled' };

export type NoProbeReason =
  | 'admission'
  | 'quota'
  | 'image'
  | 'unschedulable'
  | 'no-shell'
  | 'no-tool'
  | 'not-running'
  | 'lost'
  | 'other';

export const known = <T>(value: T): Known<T> => ({ known: true, value });
export const unknown = (obstacle: Obstacle): Unknown => ({ known: false, obstacle });

/** The value, or `otherwise` where it is not known. */
export const valueOr = <T, D>(fact: Fact<T>, otherwise: D): T | D => (fact.known ? fact.value : otherwise);

export const mapFact = <T, U>(fact: Fact<T>, change: (value: T) => U): Fact<U> =>
  fact.known ? known(change(fact.value)) : fact;
