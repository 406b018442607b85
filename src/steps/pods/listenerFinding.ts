import type { Facts } from '../../facts/facts.ts';
import { type Command, kubectl } from '../../model/command.ts';
import { aboutBackends } from '../../model/diagnosis.ts';
import type { Finding, Observation } from '../../model/finding.ts';
import type { Failure } from '../../model/reach.ts';
import type { Asked } from './listeners.ts';

interface Group {
  kind: Failure | 'intermittent';
  port: string;
  group: readonly Asked[];
  /** Every ready backend fails in this way. */
  everyone: boolean;
  from: string;
  evidence: readonly Observation[];
  opensOnLoopback: boolean;
  /** A label without which a pod is no longer selected. */
  selectedBy: string | undefined;
  /** Connections were taken, and then nothing came. */
  opened: boolean;
  /** Repeats it from the pod's own node, so that no network lies between. */
  besideCommand: Command | undefined;
}

/** Commands for so many pods; the others are mended in the same way. */
const MOST_COMMANDS = 5;

/** What backends that fail alike amount to. */
export function listenerFinding(
  { target }: Facts,
  { kind, port, group, everyone, from, evidence, opensOnLoopback, selectedBy, opened, besideCommand }: Group,
): Finding {
  const [first] = group as [Asked, ...Asked[]];
  const pods = group.map(({ backend }) => backend.name);
  const sum = (count: (one: Asked) => number) => group.reduce((total, one) => total + count(one), 0);
  const params = {
    port,
    number: first.number,
    pods,
    failures: sum(({ reach }) => reach.failures),
    asked: sum(({ reach }) => reach.asked),
    from,
  };
  const subject = { port, ...aboutBackends(pods, everyone) };
  const breaks = isCertain(kind, first, evidence) ? 'listener' : 'pod-address';
  const tryBeside = besideCommand ? [{ id: 'try-beside' as const, commands: [besideCommand] }] : [];
  const common = { severity: 'error', breaks, subject, evidence } as const;
  const { namespace } = target;
  const logs = kubectl(namespace, 'logs', first.backend.name, '--tail=20');
  switch (kind) {
    case 'refused':
      return opensOnLoopback
        ? { ...common, code: 'pods/loopback-only', params, remedies: [{ id: 'bind-all', commands: [logs] }] }
        : { ...common, code: 'pods/port-closed', params, remedies: [{ id: 'read-logs', commands: [logs] }] };
    case 'hangs': {
      // large answers may be lost on the way: a restart would mend nothing
      if (forwardedTo(evidence) === 'answered')
        return {
          ...common,
          breaks: 'pod-address',
          code: 'pods/hangs',
          params: { ...params, opened },
          remedies: tryBeside,
        };
      const some = pods.slice(0, MOST_COMMANDS);
      const takeOut = some.map((pod) => kubectl(namespace, 'label', 'pod', pod, `${selectedBy}-`));
      return {
        ...common,
        code: 'pods/hangs',
        params: { ...params, opened },
        remedies: [
          ...(selectedBy === undefined ? [] : [{ id: 'take-out' as const, commands: takeOut }]),
          { id: 'restart', commands: some.map((pod) => kubectl(namespace, 'delete', 'pod', pod)) },
        ],
      };
    }
    case 'intermittent': {
      const failure = first.reach.failure ?? '';
      return {
        ...common,
        code: 'pods/intermittent',
        params: { ...params, failure },
        remedies: [{ id: 'read-logs', commands: [logs] }],
      };
    }
    case 'reset':
      return { ...common, code: 'pods/reset', params, remedies: [{ id: 'read-logs', commands: [logs] }] };
    case 'no-route':
      return { ...common, code: 'pods/no-route', params, remedies: tryBeside };
    case 'silent':
      return { ...common, code: 'pods/silent', params, remedies: tryBeside };
  }
}

/** What a port-forward into the pod met, where one was made. */
const forwardedTo = (evidence: readonly Observation[]): string | undefined =>
  evidence.flatMap(({ what, params }) => (what === 'pods.forwarded' ? [String(params.outcome)] : []))[0];

/** How connections fail only where the process, or what speaks for it in the pod, took them. */
const OPENED: readonly (Failure | undefined)[] = ['hangs', 'reset'];

/** Whether the process is at fault for certain. What was dropped or refused may have been so on the way. */
function isCertain(kind: Group['kind'], { reach }: Asked, evidence: readonly Observation[]): boolean {
  if (kind === 'intermittent') return OPENED.includes(reach.failure);
  return OPENED.includes(kind) || forwardedTo(evidence) === 'refused';
}
