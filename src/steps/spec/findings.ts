type Aimed = {
  /** Service port, as `80/TCP`. */
  port: string;
  /** The targetPort as it is written. */
  targetPort: string;
};

declare module '../../model/finding.ts' {
  interface Findings {
    'spec/no-such-port': {
      /** `has`: the ports there are, as `80 (http)`. `meant`: the Service port behind the number asked for, where that is a pod's or a node's. `onPods`: for a headless Service, whether its pods answer there all the same. */
      params: {
        asked: string;
        has: readonly string[];
        meant?: string;
        askedIs?: 'targetPort' | 'nodePort';
        onPods?: 'answered' | 'not-asked';
      };
      remedies: 'use-port' | 'add-port';
    };
    'spec/target-port-closed': {
      /** `opens`: numbers on which the same pods answer. `declared`: some container declares the targetPort all the same. */
      params: Aimed & {
        number: number;
        pods: readonly string[];
        opens: readonly string[];
        defaulted: boolean;
        declared: boolean;
      };
      remedies: 'set-target-port';
    };
    /** A suspicion: no container declares the number, which need not mean anything. */
    'spec/target-port-undeclared': {
      params: Aimed & { declared: readonly string[] };
      remedies: 'set-target-port' | 'compare';
    };
    'spec/target-port-name-missing': {
      params: Aimed & { declared: readonly string[]; pods: number; digits: boolean };
      remedies: 'set-target-port' | 'name-port';
    };
    'spec/target-port-name-partly-missing': {
      params: Aimed & { without: readonly string[]; with: readonly string[] };
      remedies: 'name-port';
    };
    'spec/protocol-mismatch': {
      params: Aimed & { protocol: string; declared: string };
      remedies: 'set-protocol';
    };
    'spec/family-mismatch': {
      params: { families: readonly string[]; podFamilies: readonly string[] };
      remedies: 'set-families';
    };
    'spec/address-out-of-range': { params: { address: string; ranges: readonly string[] }; remedies: 'recreate' };
    /** `others`: the Services that have it as well, as `shop/web`; empty where they could not be found. */
    'spec/address-shared': { params: { address: string; others: readonly string[] }; remedies: 'recreate' };
    'spec/other-proxy': { params: { label: string; value: string }; remedies: 'remove-label' };
    'spec/headless-port-remap': {
      params: Aimed & { number: number; refused: boolean };
      remedies: 'dial-pod-port' | 'set-port';
    };
  }
  interface Observations {
    'spec.port': { port: string; name: string; target: string; numbers: readonly string[]; pods: number; of: number };
    'spec.ports': { ports: readonly string[] };
    'spec.declared': { pods: number; ports: readonly string[] };
    'spec.undeclared': { port: string; number: number };
    'spec.refused': { pod: string; number: number };
    'spec.opens': { pod: string; numbers: readonly string[] };
    'spec.node-port': { ports: readonly string[] };
    'spec.external-ips': { addresses: readonly string[] };
    'spec.source-ranges': { ranges: readonly string[] };
    'spec.no-node-ports': Record<string, never>;
    'spec.publish-not-ready': Record<string, never>;
    'spec.session-affinity': { seconds: number };
    /** `nodes`: those that have a ready endpoint. */
    'spec.local-only': { nodes: readonly string[] };
    'spec.topology': { preference: string };
    /** As `80 kubernetes.io/h2c`. */
    'spec.app-protocol': { ports: readonly string[] };
    'spec.sctp': { ports: readonly string[] };
    'spec.families': { families: readonly string[]; podFamilies: readonly string[] };
    'spec.label': { label: string; value: string };
    'spec.address-of': { address: string; services: readonly string[] };
    'spec.ranges': { ranges: readonly string[] };
    'spec.external-name': Record<string, never>;
    'spec.no-service': Record<string, never>;
  }
}
