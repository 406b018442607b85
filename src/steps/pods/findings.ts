type State = { pods: readonly string[]; container: string; workload: string };
type Listener = {
  port: string;
  number: number;
  pods: readonly string[];
  failures: number;
  asked: number;
  from: string;
};

declare module '../../model/finding.ts' {
  interface Findings {
    'pods/crash-loop': {
      params: State & { exitCode: number; reason: string; restarts: number; lastLine: string };
      remedies: 'read-logs' | 'undo-rollout' | 'raise-memory';
    };
    'pods/image-pull': {
      params: State & { image: string; reason: string; message: string };
      remedies: 'fix-image' | 'undo-rollout';
    };
    'pods/config-error': { params: State & { reason: string; message: string }; remedies: 'fix-config' };
    'pods/unschedulable': { params: State & { message: string }; remedies: 'describe' };
    'pods/init-blocked': { params: State & { reason: string; lastLine: string }; remedies: 'read-init-logs' };
    'pods/sandbox-failed': { params: State & { message: string }; remedies: 'describe' };
    'pods/evicted': { params: State & { message: string }; remedies: 'describe' };
    'pods/node-down': { params: State & { node: string; exists: boolean; message: string }; remedies: 'look-at-node' };
    'pods/create-failed': { params: State & { message: string }; remedies: 'describe' };
    /** `culprit`: the container that is not ready, where others of the pod are; '' otherwise. */
    'pods/not-ready': {
      params: State & { probe: string; message: string; culprit: string };
      remedies: 'fix-probe' | 'read-logs';
    };
    'pods/readiness-gate': { params: State & { gate: string }; remedies: 'describe' };
    'pods/starting': { params: State & { message: string }; remedies: 'wait' };
    'pods/loopback-only': { params: Listener; remedies: 'bind-all' };
    'pods/port-closed': { params: Listener; remedies: 'read-logs' };
    /** `opened`: connections were taken; else its queue of them is full, and only a port-forward gets in. */
    'pods/hangs': { params: Listener & { opened: boolean }; remedies: 'take-out' | 'restart' | 'try-beside' };
    'pods/silent': { params: Listener; remedies: 'try-beside' };
    'pods/no-route': { params: Listener; remedies: 'try-beside' };
    'pods/reset': { params: Listener; remedies: 'read-logs' };
    'pods/http-error': {
      params: { port: string; path: string; status: number; pods: readonly string[]; of: number };
      remedies: 'read-logs';
    };
    'pods/wrong-protocol': {
      params: {
        port: string;
        number: number;
        asked: string;
        speaks: 'TLS' | 'plain text' | 'no HTTP';
        pods: readonly string[];
      };
      remedies: 'use-other';
    };
    /** The mesh proxies of the pods refuse the request by themselves. */
    'pods/mesh-denied': { params: { port: string; pods: readonly string[]; from: string }; remedies: 'look-at-rules' };
    /** `medianMs`, `asked`: of the first pod. `othersMs`: the usual median of the others. */
    'pods/slow': {
      params: {
        port: string;
        number: number;
        pods: readonly string[];
        medianMs: number;
        slowestMs: number;
        asked: number;
        othersMs: number;
      };
      remedies: 'look-at-load';
    };
    'pods/intermittent': { params: Listener & { failure: string }; remedies: 'read-logs' };
  }
  interface Observations {
    'pods.no-service': Record<string, never>;
    'pods.state': { ready: number; selected: number; restarts: number };
    'pods.finished': { count: number };
    'pods.answered': { port: string; number: number; answered: number; asked: number; medianMs: number };
    'pods.backend': {
      pod: string;
      port: string;
      number: number;
      asked: number;
      answered: number;
      medianMs: number;
      slowestMs: number;
    };
    'pods.failed': { pod: string; port: string; number: number; failures: number; asked: number; failure: string };
    'pods.forwarded': { pod: string; number: number; outcome: string };
    'pods.log': { pod: string; line: string };
    'pods.event': { pod: string; message: string };
    /** `service`: as `shop/db`. `missing`: there is none for certain. */
    'pods.waits-for': { pod: string; container: string; service: string; missing: boolean };
    'pods.waiting': { pod: string; reason: string; message: string };
    'pods.terminated': { pod: string; container: string; exitCode: number; reason: string };
    /** `probe`: what its readiness probe asks; '' where it has none. */
    'pods.ready-because': { pod: string; number: number; probe: string };
    'pods.restarted': { pod: string; restarts: number; ago: string };
    /** What these pods share and no pod that serves has; '' and [] where nothing. `ages`: theirs, and of the others. */
    'pods.apart': {
      pods: readonly string[];
      node: string;
      zone: string;
      revision: string;
      family: string;
      images: readonly string[];
      labels: readonly string[];
      ages: readonly string[];
    };
    'pods.host-network': { count: number };
    'pods.sampled': { asked: number; of: number };
    'pods.none': Record<string, never>;
    'pods.external-name': Record<string, never>;
  }
}

export {};
