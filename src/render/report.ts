import type { Act } from '../model/acts.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import type { Leftover } from '../model/leftover.ts';
import type { Vantage } from '../model/probe.ts';
import type { Catalogue } from '../text/catalogue.ts';
import type { Theme } from './theme.ts';

/** A port of the Service, as the first line of a run shows it: `80 -> http (8080)`. */
export interface ReportPort {
  /** Number of the Service port. */
  port: number;
  protocol: string;
  /** As the Service writes it: a number, or the name of a container port. */
  targetPort: number | string;
  /** The numbers that a named targetPort stands for in the pods. */
  resolved?: readonly number[];
}

export interface ReportTarget {
  namespace: string;
  service: string;
  /** Cluster IP, `None` for a headless Service; absent when the Service was not read. */
  address?: string;
  /** In the scope asked for. Empty when the Service was not read. */
  ports: readonly ReportPort[];
}

/** What is known before the walk begins; the first line of a run. */
export interface Head {
  /** Name of the kubeconfig context. */
  context: string;
  /** Version of the API server, such as `v1.34.1`. */
  serverVersion?: string;
  target: ReportTarget;
}

/** What every report tells: the diagnosis, and the facts of the run that led to it. */
export interface Report extends Head {
  diagnosis: Diagnosis;
  /** Vantage points that were really asked. Empty: nothing was asked from inside the cluster. */
  from: readonly Vantage[];
  /** ISO 8601. */
  startedAt: string;
  durationMs: number;
  /** API requests sent. */
  requests: number;
  /** What was done in the cluster, beside reading. */
  acts: readonly Act[];
  /** Pods of ours that were not removed; none where that is not over yet. */
  leftovers: readonly Leftover[];
  /** Version of svc-debug. */
  version: string;
}

/** How to write it down. Everything that a renderer is given beside the report itself. */
export interface View {
  /** Columns; text is wrapped to it, commands never. */
  width: number;
  theme: Theme;
  catalogue: Catalogue;
  /** Flags that name the cluster in every printed kubectl command: `--context X`, and `--kubeconfig F` where it was given. */
  clusterFlags: readonly string[];
  /** Shows the command beside every verdict, all symptoms and notes. */
  verbose: boolean;
}

const [NARROWEST, WIDEST, USUAL] = [20, 110, 80];

/** Columns to write to. A pipe gets 80; lines beyond 110 are hard to read. */
export const widthOf = (stream: { isTTY?: boolean; columns?: number }): number =>
  stream.isTTY && stream.columns ? Math.min(Math.max(stream.columns, NARROWEST), WIDEST) : USUAL;
