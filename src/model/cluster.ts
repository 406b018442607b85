import type { SentRequest } from './acts.ts';
import type { Fact } from './fact.ts';
import type { Page } from './kubernetes.ts';

/** A kind of object, as its URL names it. `group` is '' for the core API. */
export interface Resource {
  group: string;
  version: string;
  plural: string;
}

export interface ObjectRef extends Resource {
  namespace?: string;
  name: string;
  /** Such as `ephemeralcontainers` or `status`. */
  subresource?: string;
}

export interface ListQuery extends Resource {
  /** Absent: all namespaces, or a cluster-scoped kind. */
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  /** Objects per page; one page is read, never more. Default 500. */
  limit?: number;
  /** Ask only for metadata: a tenth of the bytes. */
  metadataOnly?: boolean;
}

export interface PodRef {
  namespace: string;
  name: string;
}

export interface LogQuery {
  container?: string;
  tailLines?: number;
  previous?: boolean;
  /** Each line begins with the moment at which it was written, RFC 3339. */
  timestamps?: boolean;
}

export interface ExecQuery {
  container?: string;
  /** Never a shell line with text from the cluster in it. */
  argv: readonly string[];
  stdin?: string;
  timeoutMs: number;
  /** Output beyond this is dropped and `truncated` set. Default 1 MiB. */
  maxBytes?: number;
  /** What was written before the connection was lost, or the time was up, is a result, too: one with `lost`. */
  partial?: true;
}

export interface ExecResult {
  /** -1 where it is not known, since the result is `lost`. */
  exitCode: number;
  stdout: string;
  stderr: string;
  truncated: boolean;
  durationMs: number;
  /** Why the output is not whole. */
  lost?: string;
}

export interface ForwardQuery {
  port: number;
  /** Sent once the stream is open; nothing is sent when absent. */
  send?: string;
  timeoutMs: number;
}

/** What a port-forward into a pod met on the pod's own loopback interface. */
export interface ForwardResult {
  /** `silent`: opened, and nothing came within the limit. */
  outcome: 'answered' | 'closed' | 'silent' | 'refused' | 'failed';
  /** First bytes received, at most 4 KiB, as text. */
  received: string;
  /** The server's own words when refused or failed. */
  message?: string;
}

export interface PatchQuery {
  body: unknown;
  /** Content type without the `application/` prefix. */
  type: 'strategic-merge-patch+json' | 'merge-patch+json' | 'json-patch+json';
  dryRun?: boolean;
}

/**
 * The cluster, as the facts see it. Nothing here throws for what an outage brings: expected trouble is an obstacle.
 * Reads retry by themselves; whatever changes the cluster is sent once.
 */
export interface Cluster {
  /** Name of the kubeconfig context. */
  readonly context: string;
  readonly server: string;
  /** The namespace of the context, `default` when it names none. */
  readonly namespace: string;

  /** GET of an absolute path, such as `/version`. */
  raw<T>(path: string): Promise<Fact<T>>;
  /** `null` when there is no such object (404 with a Status). */
  get<T>(ref: ObjectRef): Promise<Fact<T | null>>;
  /** One page. A kind that the server does not serve (404) is an empty page. */
  list<T>(query: ListQuery): Promise<Fact<Page<T>>>;
  /** `null` when the pod or the previous container does not exist. */
  log(pod: PodRef, query: LogQuery): Promise<Fact<string | null>>;

  exec(pod: PodRef, query: ExecQuery): Promise<Fact<ExecResult>>;
  forward(pod: PodRef, query: ForwardQuery): Promise<Fact<ForwardResult>>;

  create<T>(
    resource: Resource & { namespace?: string },
    body: unknown,
    options?: { dryRun?: boolean },
  ): Promise<Fact<T>>;
  patch<T>(ref: ObjectRef, patch: PatchQuery): Promise<Fact<T>>;
  /** True when the object was there. With `uid`, only that very object is deleted. */
  delete(ref: ObjectRef, options?: { uid?: string; gracePeriodSeconds?: number }): Promise<Fact<boolean>>;

  /** The same cluster, bounded by a further signal. */
  within(signal: AbortSignal): Cluster;
  /** Requests sent so far, by verb and path without query: what a run cost, and what it wrote. */
  readonly requests: readonly SentRequest[];
  close(): void;
}
