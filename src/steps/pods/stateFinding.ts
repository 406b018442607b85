import { kubectl } from '../../model/command.ts';
import type { Finding, Observation, Severity, Subject } from '../../model/finding.ts';
import type { HealthProbe } from '../../model/healthProbe.ts';
import type { PodProblem } from '../../model/podProblem.ts';

/** The pods that a problem holds back; the first of them stands for the others. */
export interface Affected {
  namespace: string;
  pod: string;
  pods: readonly string[];
  container: string;
  /** As kubectl names it: `deployment/web`. */
  workload: string;
  node: string;
  lastLine: string;
  subject: Subject;
  evidence: readonly Observation[];
}

type Owned = Exclude<PodProblem, { kind: 'finished' | 'terminating' }>;

/** The finding for pods that do not serve. */
export function stateFinding(problem: Owned, severity: Severity, affected: Affected): Finding {
  const { namespace, pod, pods, container, workload, lastLine, subject, evidence } = affected;
  const k = (...args: string[]) => kubectl(namespace, ...args);
  const state = { pods, container, workload };
  const process = { severity, breaks: 'process', subject, evidence } as const;
  const readiness = { severity, breaks: 'readiness', subject, evidence } as const;
  const describe = { id: 'describe', commands: [k('describe', 'pod', pod)] } as const;
  const logs = k('logs', pod, ...(container ? ['-c', container] : []), '--tail=20');
  const undo = workload.startsWith('deployment/')
    ? [{ id: 'undo-rollout' as const, commands: [k('rollout', 'undo', workload)] }]
    : [];
  switch (problem.kind) {
    case 'crash-loop': {
      const { restarts, last } = problem;
      const memory = k('set', 'resources', workload, '-c', container, '--limits=memory=512Mi');
      const params = { ...state, exitCode: last?.exitCode ?? 0, reason: last?.reason || 'Error', restarts, lastLine };
      const remedies = [
        ...(last?.outOfMemory ? [{ id: 'raise-memory' as const, commands: [memory] }] : []),
        { id: 'read-logs' as const, commands: [k('logs', pod, '-c', container, '--previous', '--tail=50')] },
        ...undo,
      ];
      return { ...process, code: 'pods/crash-loop', params, remedies };
    }
    case 'image-pull': {
      const { image, reason, message } = problem;
      const set = k('set', 'image', workload, `${container}=IMAGE:TAG`);
      const fix = { id: 'fix-image', commands: [set] } as const;
      return {
        ...process,
        code: 'pods/image-pull',
        params: { ...state, image, reason, message },
        remedies: [fix, ...undo],
      };
    }
    case 'config-error': {
      const { reason, message } = problem;
      const remedies = [{ id: 'fix-config' as const, commands: describe.commands }];
      return { ...process, code: 'pods/config-error', params: { ...state, reason, message }, remedies };
    }
    case 'unschedulable':
      return {
        ...process,
        code: 'pods/unschedulable',
        params: { ...state, message: problem.decisive },
        remedies: [describe],
      };
    case 'init-blocked':
      return {
        ...process,
        code: 'pods/init-blocked',
        params: { ...state, reason: problem.state === 'running' ? 'still running' : 'failing', lastLine },
        remedies: [{ id: 'read-init-logs', commands: [logs] }],
      };
    case 'sandbox-failed':
      return {
        ...process,
        code: 'pods/sandbox-failed',
        params: { ...state, message: problem.message },
        remedies: [describe],
      };
    case 'evicted':
      return { ...process, code: 'pods/evicted', params: { ...state, message: problem.message }, remedies: [describe] };
    case 'node-down': {
      const { node, message, exists } = problem;
      const params = { ...state, node, message, exists };
      const look = exists ? kubectl(undefined, 'describe', 'node', node) : kubectl(undefined, 'get', 'nodes');
      return { ...process, code: 'pods/node-down', params, remedies: [{ id: 'look-at-node', commands: [look] }] };
    }
    case 'readiness-gate':
      return {
        ...readiness,
        code: 'pods/readiness-gate',
        params: { ...state, gate: problem.gates.join(', ') },
        remedies: [describe],
      };
    case 'starting': {
      const watch = k('get', 'pods', '-w');
      const message = problem.message || problem.reason;
      return {
        ...readiness,
        code: 'pods/starting',
        params: { ...state, message },
        remedies: [{ id: 'wait', commands: [watch] }],
      };
    }
    case 'not-ready':
      return {
        ...readiness,
        code: 'pods/not-ready',
        params: {
          ...state,
          probe: printProbe(problem.probe),
          message: problem.message,
          culprit: problem.sidecarOnly ? container : '',
        },
        remedies: [
          ...(problem.probe ? [{ id: 'fix-probe' as const, commands: [k('edit', workload)] }] : []),
          { id: 'read-logs', commands: [logs] },
        ],
      };
  }
}

/** A readiness probe in words: `its readiness probe (GET :8080/healthz) fails`. */
const printProbe = (probe: HealthProbe | undefined): string =>
  probe ? `its readiness probe (${printAction(probe)}) fails` : 'its Ready condition is not True';

/** What a health probe asks: `GET :8080/healthz`. */
export function printAction(probe: HealthProbe): string {
  const port = probe.port ?? probe.portName ?? '?';
  const asks = {
    http: `GET ${probe.scheme === 'https' ? 'https ' : ''}:${port}${probe.path ?? '/'}`,
    tcp: `TCP connect to :${port}`,
    grpc: `gRPC health check on :${port}`,
    exec: (probe.command ?? []).join(' ').slice(0, 60),
  };
  return asks[probe.type];
}
