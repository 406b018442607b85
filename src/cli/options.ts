import type { ProbePodSettings } from '../cluster/probeManifest.ts';
import type { Labels } from '../model/kubernetes.ts';
import type { Target } from '../model/target.ts';
import type { ClientRef } from './clients.ts';

export const OUTPUTS = ['text', 'json', 'markdown'] as const;
export const SCHEMES = ['auto', 'http', 'https', 'tcp'] as const satisfies readonly Target['scheme'][];
export const PROBES = ['auto', 'none'] as const;
export const NODE_CHECKS = ['ask', 'yes', 'no', 'all'] as const;

/** `ask`: shows the change and asks; `print`: only shows it. */
export const FIXES = ['ask', 'print'] as const;

export type OutputFormat = (typeof OUTPUTS)[number];

/** Which cluster to talk to, as kubectl's flags of that name say it. */
export interface ClusterOptions {
  namespace?: string;
  context?: string;
  kubeconfig?: string;
}

export interface LookOptions {
  /** False with `--no-color`; whether there is colour at all is decided by the streams. */
  color: boolean;
  verbose: boolean;
}

/** What `svc-debug [NAME]` was told. */
export interface InvestigateOptions extends ClusterOptions, LookOptions {
  service?: string;
  port?: string;
  /** Clients that suffer, in the order given; empty: a probe pod. */
  from: readonly ClientRef[];
  path?: string;
  scheme: (typeof SCHEMES)[number];
  image?: string;
  imagePullSecret?: string;
  /** Of the settings file, as labels are. */
  tolerations?: ProbePodSettings['tolerations'];
  labels?: Labels;
  probe: (typeof PROBES)[number];
  /** `all`: yes, and every node. */
  nodeChecks: (typeof NODE_CHECKS)[number];
  /** Files with what our commands printed on nodes. */
  nodeOutput: readonly string[];
  forSeconds: number;
  /** Bounds the whole run. */
  timeoutSeconds?: number;
  /** Absent: offered in the last menu. */
  fix?: (typeof FIXES)[number];
  /** Repeats what fails until it passes. */
  watch: boolean;
  /** Consents to probe pod, exec and port-forward. */
  yes: boolean;
  /** False with `--no-input`. */
  input: boolean;
  output: OutputFormat;
}

/** What `svc-debug practice [SCENARIO]` was told. */
export interface PracticeOptions extends LookOptions {
  scenario?: string;
  list: boolean;
  serve: boolean;
  hint: boolean;
  /** Of the embedded API server; 0: any that is free. */
  port: number;
  realTime: boolean;
  /** False with `--no-input`. */
  input: boolean;
  output: OutputFormat;
}

export type CleanupOptions = ClusterOptions & LookOptions;

/** What the command line asks for. */
export type Request =
  | { command: 'investigate'; options: InvestigateOptions }
  | { command: 'explain'; code: string; options: LookOptions }
  | { command: 'cleanup'; options: CleanupOptions }
  | { command: 'practice'; options: PracticeOptions }
  /** Help or version: to be printed, and nothing else. */
  | { command: 'print'; text: string };
