declare module '../../model/finding.ts' {
  interface Findings {
    'ip/refused': { params: FailedAddress; remedies: never };
    'ip/silent': { params: FailedAddress; remedies: never };
    'ip/reset': { params: FailedAddress; remedies: never };
    'ip/hangs': { params: FailedAddress; remedies: never };
    'ip/no-route': { params: FailedAddress; remedies: never };
    /** Some requests answer, some do not. */
    'ip/intermittent': { params: FailedAddress; remedies: never };
    'ip/http-error': {
      params: { port: string; status: number; failures: number; asked: number };
      remedies: 'read-logs';
    };
    'ip/no-local-endpoint': {
      params: { port: string; node: string; nodes: readonly string[] };
      remedies: 'cluster-policy';
    };
    'ip/node-port-no-local-endpoint': { params: { nodes: readonly string[] }; remedies: 'cluster-policy' };
    /** `message`: what its controller last complained of; '' where it said nothing. */
    'ip/load-balancer-pending': { params: { type: string; message: string }; remedies: 'look-at-events' };
    /** The cluster IP answers, and the node port does on no node that was asked. */
    'ip/node-port-fails': {
      params: { port: string; nodePort: number; addresses: readonly string[]; failure: string };
      remedies: 'look-at-config';
    };
    'ip/slow': { params: { port: string; medianMs: number; slowestMs: number }; remedies: never };
  }
  interface Observations {
    'ip.no-service': Record<string, never>;
    'ip.answered': SampledAddress;
    'ip.opened': SampledAddress;
    'ip.failed': SampledAddress;
    /** What one of several vantage points met. */
    'ip.from': { from: string; port: string; answered: number; asked: number };
    'ip.headless': Record<string, never>;
    'ip.external-name': Record<string, never>;
    'ip.udp-not-asked': { port: string };
    'ip.redirects': { port: string; location: string };
    'ip.node-port': { address: string; nodePort: number; failures: number; asked: number; failure: string };
    'ip.event': { reason: string; message: string };
    'ip.local-endpoints': { node: string; nodes: readonly string[] };
  }
}

/** How a port of a cluster IP failed. */
export type FailedAddress = {
  port: string;
  address: string;
  asked: number;
  failures: number;
  /** How they failed most often, as in ConnectOutcome. */
  failure: string;
  from: string;
};

export type SampledAddress = {
  port: string;
  address: string;
  asked: number;
  answered: number;
  failures: number;
  failure: string;
  medianMs: number;
  slowestMs: number;
};
