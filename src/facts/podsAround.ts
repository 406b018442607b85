/** What a Service that selects nothing might have meant: asked only then, all at once. */
import { known, type Obstacle, valueOr } from '../model/fact.ts';
import type { Metadata, Service } from '../model/kubernetes.ts';
import type { Target } from '../model/target.ts';
import { type LabelledGroup, labelledGroups } from '../model/workload.ts';
import { podNamesIn, podNamesLabelled } from './api.ts';
import type { Question } from './facts.ts';
import { selectorQuery } from './pods.ts';
import { wentOn } from './wentOn.ts';
import { type ReadWorkload, workloadsIn } from './workloads.ts';

export interface PodsAround {
  /** Pods by workload: all of the namespace, and those of others that the selector would match. */
  groups: LabelledGroup[];
  /** The workloads of the namespace. */
  workloads: ReadWorkload[];
  obstacles: Obstacle[];
}

export const podsAround = (target: Target, service: Service): Question<PodsAround> => ({
  key: `pods around ${target.namespace}/${target.service}`,
  ask: async ({ facts }) => {
    const { namespace } = target;
    const [here, elsewhere, workloads] = await Promise.all([
      facts.ask(podNamesIn(namespace)),
      facts.ask(podNamesLabelled(selectorQuery(service) ?? '')),
      facts.ask(workloadsIn(namespace)),
    ]);
    const none = { items: [] as Metadata[] };
    const others = valueOr(elsewhere, none).items.filter(({ metadata }) => metadata?.namespace !== namespace);
    const { items, obstacles } = valueOr(workloads, { items: [], obstacles: [] });
    return known({
      groups: labelledGroups([...valueOr(here, none).items, ...others].filter(isServing), items),
      workloads: items,
      obstacles: [
        ...[here, elsewhere].flatMap((fact) => (fact.known ? [] : [fact.obstacle])),
        ...wentOn(here, `pods of ${namespace}`),
        ...obstacles,
      ],
    });
  },
});

/** Pods of Jobs come and go, and what svc-debug itself runs is nobody's backend. */
const isServing = ({ metadata }: Metadata): boolean =>
  !metadata?.ownerReferences?.some(({ kind }) => kind === 'Job') &&
  metadata?.labels?.['app.kubernetes.io/managed-by'] !== 'svc-debug';
