import { known, type Obstacle } from '../model/fact.ts';
import type { Event, Node, Pod } from '../model/kubernetes.ts';
import { type PodState, podState } from '../model/podState.ts';
import { isReady } from '../model/ready.ts';
import type { Target } from '../model/target.ts';
import { eventsIn, nodeNamed } from './api.ts';
import type { Facts, Question } from './facts.ts';
import { meantPods } from './meant.ts';

export interface PodStates {
  states: PodState[];
  /** The selector matches more pods than were read. */
  more: boolean;
  /** What could not be read beside the pods; their state is known all the same. */
  obstacles: Obstacle[];
}

/** Why the pods that a Service selects, or means to, serve or not. Events and nodes are read only where a pod is not ready. */
export const podStatesOf = (target: Target): Question<PodStates> => ({
  key: `states of the pods of ${target.namespace}/${target.service}`,
  ask: async ({ facts }) => {
    const pods = await facts.ask(meantPods(target));
    if (!pods.known) return pods;
    const { items, more } = pods.value;
    if (items.every(isReady)) {
      return known({ states: items.map((pod) => podState(pod, facts.now)), more, obstacles: [] });
    }
    const [events, nodes] = await Promise.all([facts.ask(eventsIn(target.namespace)), suspectNodes(facts, items)]);
    const about = (pod: Pod) => (events.known ? events.value.items : []).filter((event) => isAbout(event, pod));
    const states = items.map((pod) => {
      const node = nodes.get(pod.spec?.nodeName ?? '');
      return podState(pod, facts.now, { events: about(pod), ...(node !== undefined && { node }) });
    });
    return known({ states, more, obstacles: events.known ? [] : [events.obstacle] });
  },
});

/** By uid where the event has one: a name may have been used before. */
const isAbout = ({ involvedObject }: Event, { metadata }: Pod): boolean =>
  involvedObject.kind === 'Pod' &&
  (involvedObject.uid ? involvedObject.uid === metadata?.uid : involvedObject.name === metadata?.name);

/** No kubelet said a word of it. */
const isUnseen = ({ status }: Pod): boolean => !status?.startTime && !status?.hostIP && !status?.containerStatuses;
const isForgotten = ({ status }: Pod): boolean => status?.containerStatuses?.every(({ ready }) => ready) ?? false;

/**
 * Nodes of pods that are not ready though their containers say so, or of which no kubelet ever said a word. `null`: there
 * is no such node.
 */
async function suspectNodes(facts: Facts, pods: readonly Pod[]): Promise<Map<string, Node | null>> {
  const suspect = pods.filter((pod) => !isReady(pod) && (isUnseen(pod) || isForgotten(pod)));
  const names = [...new Set(suspect.flatMap(({ spec }) => spec?.nodeName ?? []))].slice(0, 3);
  const read = await Promise.all(names.map((name) => facts.ask(nodeNamed(name))));
  const unseen = new Set(suspect.filter(isUnseen).flatMap(({ spec }) => spec?.nodeName ?? []));
  return new Map(
    names.flatMap((name, i) => {
      const node = read[i]?.known ? read[i].value : undefined;
      return node || (node === null && unseen.has(name)) ? [[name, node] as const] : [];
    }),
  );
}
