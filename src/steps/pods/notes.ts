/** What was seen of the pods, whatever it amounts to. */
import type { Facts } from '../../facts/facts.ts';
import type { PodStates } from '../../facts/podStates.ts';
import { printAge } from '../../model/age.ts';
import { kubectl } from '../../model/command.ts';
import type { Observation } from '../../model/finding.ts';
import type { Pod } from '../../model/kubernetes.ts';
import type { PodState } from '../../model/podState.ts';

export function stateNotes({ target }: Facts, { states }: PodStates, pods: readonly Pod[]): Observation[] {
  const counted = states.filter(({ problem }) => problem?.kind !== 'finished');
  if (counted.length === 0) return [{ what: 'pods.none', params: {} }];
  const restarts = counted.reduce((sum, state) => sum + state.restarts, 0);
  const ready = counted.filter((state) => state.ready).length;
  const command = kubectl(target.namespace, 'get', 'pods', '-o', 'wide');
  const finished = states.length - counted.length;
  return [
    { what: 'pods.state', params: { ready, selected: counted.length, restarts }, command },
    ...(finished > 0 ? [{ what: 'pods.finished', params: { count: finished } } as const] : []),
    ...restarted(counted),
    ...onHostNetwork(pods),
  ];
}

/** So often and so lately that requests may have met a pod that was down, though it is up now. */
const [MANY_RESTARTS, LATELY_SECONDS] = [3, 3600];

function restarted(states: readonly PodState[]): Observation[] {
  return states
    .filter(
      ({ restarts, lastRestartSeconds = Infinity }) => restarts >= MANY_RESTARTS && lastRestartSeconds < LATELY_SECONDS,
    )
    .sort((a, b) => b.restarts - a.restarts)
    .slice(0, 1)
    .map(({ namespace, name, restarts, lastRestartSeconds = 0 }) => ({
      what: 'pods.restarted',
      params: { pod: name, restarts, ago: printAge(lastRestartSeconds) },
      command: kubectl(namespace, 'describe', 'pod', name),
    }));
}

function onHostNetwork(pods: readonly Pod[]): Observation[] {
  const count = pods.filter(({ spec }) => spec?.hostNetwork).length;
  return count > 0 ? [{ what: 'pods.host-network', params: { count } }] : [];
}
