import type { Command } from './command.ts';

/** The ten links of the chain, in the order of the page. */
export const STEP_IDS = [
  'access',
  'exists',
  'network-policy',
  'dns',
  'ip',
  'spec',
  'endpoints',
  'pods',
  'kube-proxy',
  'hairpin',
] as const;
export type StepId = (typeof STEP_IDS)[number];

/**
 * Every finding there is, by code. A step declares its own beside its check:
 *
 *     declare module '../../model/finding.ts' {
 *       interface Findings { 'dns/no-answer': { params: { name: string }; remedies: 'restart' | 'scale' } }
 *     }
 *
 * The catalogue in text/ is typed by it, so that a code without a sentence does not compile.
 * Codes are for ever: never renamed, never reused.
 */
// biome-ignore lint/suspicious/noEmptyInterface: filled by the steps, by declaration merging
export interface Findings {}
/** Every observation there is, by key, with its parameters; declared like Findings. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by the steps, by declaration merging
export interface Observations {}

export type Code = keyof Findings & string;
export type ParamsOf<C extends Code> = Findings[C] extends { params: infer P } ? P : never;
export type RemedyOf<C extends Code> = Findings[C] extends { remedies: infer R extends string } ? R : never;
export type ObservationKey = keyof Observations & string;

export type Severity = 'error' | 'warning' | 'info';

/** What a finding is about. A dimension that is absent means all of it: a finding without `port` concerns every port. */
export interface Subject {
  /** Service port, as `80/TCP`. */
  port?: string;
  /** Pod name, or the address where no pod stands behind it. */
  backend?: string;
  /** Several of them, where it is neither one nor all. */
  backends?: readonly string[];
  node?: string;
  /** Vantage point, as its id has it. */
  from?: string;
  /** Another object that is at fault, as `networkpolicy/deny-all` or `configmap/coredns`. */
  object?: string;
}

/**
 * The links that carry a request, from cause to effect (walk/links.ts says which precedes which).
 * Unlike the steps they follow cause, not the page: a crashed process makes a pod not ready, and that empties the endpoints.
 */
export type Link =
  | 'access'
  /** What everything of the Service lives in. */
  | 'namespace'
  | 'service'
  /** Between client and backends. */
  | 'policy'
  /** Between client and DNS. */
  | 'dns-policy'
  | 'dns-server'
  /** What a vantage point met when it asked the DNS server: the way there may be at fault as well. */
  | 'dns-answer'
  /** How the client itself is set up to ask. */
  | 'client'
  | 'name'
  /** The name of a headless Service, which exists only as long as a pod is ready. */
  | 'headless-name'
  /** Pods that cannot be created. */
  | 'creation'
  | 'process'
  | 'readiness'
  | 'spec'
  /** The number or protocol on which the pods are asked. */
  | 'target-port'
  /** Fields of the Service that decide whether, and under which address, it is served at all. */
  | 'service-address'
  /** Nodes that are not to be served, by a traffic policy. */
  | 'traffic-policy'
  | 'selection'
  | 'endpoints'
  /** The process in the pod, seen for certain. */
  | 'listener'
  /** What a vantage point met on the pod's own address: the way there may be at fault as well as the process. */
  | 'pod-address'
  /** kube-proxy itself, on one node. */
  | 'node-proxy'
  /** What it wrote there. */
  | 'node-rules'
  /** Everything else on the way through a node: foreign rules, kernel settings, the network between nodes. */
  | 'node-network'
  /** From the cluster IP to the pods, on one node: what broken rules lead to. */
  | 'forwarding'
  | 'cluster-ip'
  | 'hairpin';

export type Params = Record<string, string | number | boolean | readonly string[] | undefined>;

/** Something that was seen, and the command that shows it again. */
export type Observation<K extends ObservationKey = ObservationKey> = {
  [P in K]: {
    what: P;
    params: Observations[P];
    command?: Command;
    /** Told with -v and in JSON only. */
    detail?: true;
  };
}[K];

export interface Remedy<R extends string = string> {
  /** Key of the sentence in the catalogue, under the finding's code. */
  id: R;
  commands: readonly Command[];
  /** A change that svc-debug can apply itself. */
  patch?: RemedyPatch;
  /** It mends the source for good; others stop the harm now. Without commands beside others that have some, it is taken for this. */
  later?: true;
}

export interface RemedyPatch {
  target: { group: string; version: string; plural: string; namespace: string; name: string };
  type: 'strategic-merge-patch+json' | 'merge-patch+json' | 'json-patch+json';
  body: unknown;
}

/** What is wrong, or worth knowing. Data only: the sentences are in text/. */
export type Finding<C extends Code = Code> = {
  [P in C]: {
    code: P;
    severity: Severity;
    /** The link it breaks. */
    breaks: Link;
    subject: Subject;
    params: ParamsOf<P>;
    evidence: readonly Observation[];
    remedies: readonly Remedy<RemedyOf<P>>[];
  };
}[C];
