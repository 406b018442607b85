/** The Service under suspicion, and how to talk to it. Settled before the first line of a walk. */
export interface Target {
  namespace: string;
  service: string;
  /** Only this port, by number or name; absent: every port. */
  port?: string;
  /** Path to ask for over HTTP; absent: none was asked for, and any HTTP status is an answer. */
  path?: string;
  scheme: 'auto' | 'http' | 'https' | 'tcp';
  /** Seconds over which samples are spread; 0: at once. */
  forSeconds: number;
}

/** What the user lets svc-debug do in the cluster. Reading the API needs no consent. */
export interface Consent {
  /** Probe pod, exec, port-forward. */
  probe: boolean;
  /** The flags that would consent to it; absent: `--yes`. */
  probeFlags?: string;
  /** Looking into kube-proxy pods, by exec. */
  nodeChecks: boolean;
  /** Privileged pods of our own on nodes, where exec does not suffice. */
  nodeShell?: boolean;
  /** An ephemeral container of ours in a backend: it cannot be removed again. */
  ephemeral?: boolean;
  /** Somebody ran our commands on nodes, and gave what they printed. */
  nodeOutput?: boolean;
  /** Every node, not only those of clients and backends. */
  everyNode?: boolean;
}
