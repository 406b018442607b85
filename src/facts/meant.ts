/**
 * Whom the Service means: what it selects, and where that is nothing, what its selector nearly selects. There a second
 * fault may wait behind the first.
 */
import { type Backend, backends } from '../model/backends.ts';
import { known, valueOr } from '../model/fact.ts';
import type { Page, Pod, Service } from '../model/kubernetes.ts';
import { type NearMiss, nearMisses } from '../model/nearMiss.ts';
import { isReady } from '../model/ready.ts';
import { serviceSelects } from '../model/selector.ts';
import type { Target } from '../model/target.ts';
import { workloadOf } from '../model/workload.ts';
import { podsLabelled } from './api.ts';
import { backendsOf } from './backends.ts';
import type { Facts, Question } from './facts.ts';
import { selectedPods, selectorQuery, theService } from './pods.ts';
import { type PodsAround, podsAround } from './podsAround.ts';
import { type ReadWorkload, workloadsIn } from './workloads.ts';

/** What the selector nearly selects, nearest first. Nothing where the template of a workload fits: that one is meant. */
export function nearby({ namespace, service: name }: Target, service: Service, around: PodsAround): NearMiss[] {
  const selector = service.spec?.selector ?? {};
  if (around.workloads.some(({ templateLabels }) => serviceSelects(selector, templateLabels))) return [];
  return nearMisses({ selector, namespace, service: name, groups: around.groups });
}

/** As `selectedPods`; where nothing is selected, and nothing stands in the slices, the pods of the near miss. */
export const meantPods = (target: Target): Question<Page<Pod>> => ({
  key: `pods meant by ${target.namespace}/${target.service}`,
  ask: async ({ facts }) => {
    const [selected, near] = await Promise.all([facts.ask(selectedPods(target)), nearMissOf(facts, target)]);
    if (!near?.change) return selected;
    const found = await facts.ask(
      podsLabelled(target.namespace, selectorQuery({ spec: { selector: near.change.selector } }) ?? ''),
    );
    const { kind, name } = near.group.workload;
    const items = valueOr(found, { items: [] as Pod[] }).items.filter((pod) => {
      const workload = workloadOf(pod);
      return workload.kind === kind && workload.name === name;
    });
    return known({ items, more: false });
  },
});

async function nearMissOf(facts: Facts, target: Target): Promise<NearMiss | undefined> {
  const [service, selected, behind] = await Promise.all([
    theService(facts, target),
    facts.ask(selectedPods(target)),
    facts.ask(backendsOf(target)),
  ]);
  const isEmpty = selected.known && selected.value.items.length === 0 && valueOr(behind, []).length === 0;
  if (!isEmpty || !service.known || selectorQuery(service.value) === undefined) return undefined;
  if (service.value.spec?.type === 'ExternalName') return undefined;
  const around = await facts.ask(podsAround(target, service.value));
  return around.known ? nearby(target, service.value, around.value)[0] : undefined;
}

/** As `backendsOf`; those of a near miss are ready where their pods are. */
export const meantBackends = (target: Target): Question<Backend[]> => ({
  key: `backends meant by ${target.namespace}/${target.service}`,
  ask: async ({ facts }) => {
    const [own, service, pods] = await Promise.all([
      facts.ask(backendsOf(target)),
      theService(facts, target),
      facts.ask(meantPods(target)),
    ]);
    if (!own.known || own.value.length > 0 || !service.known || !pods.known) return own;
    const ready = new Set(pods.value.items.filter(isReady).map(({ metadata }) => metadata?.name));
    const meant = backends(service.value.spec?.ports ?? [], [], pods.value.items);
    return known(meant.map((backend) => ({ ...backend, ready: ready.has(backend.name) })));
  },
});

/** Pods as the templates of fitting workloads will make them, where there are none yet: enough to read what they declare. */
export const plannedPods = (target: Target): Question<Pod[]> => ({
  key: `pods planned for ${target.namespace}/${target.service}`,
  ask: async ({ facts }) => {
    const [service, pods] = await Promise.all([theService(facts, target), facts.ask(meantPods(target))]);
    if (!service.known) return service;
    const selector = service.value.spec?.selector;
    if (!pods.known || pods.value.items.length > 0 || selectorQuery(service.value) === undefined) return known([]);
    const workloads = await facts.ask(workloadsIn(target.namespace));
    const fitting = valueOr(workloads, { items: [] as ReadWorkload[] }).items.filter(({ templateLabels }) =>
      serviceSelects(selector, templateLabels),
    );
    return known(fitting.map(planned));
  },
});

const planned = ({ kind, name, metadata, templateLabels, podSpec }: ReadWorkload): Pod => ({
  metadata: {
    name,
    namespace: metadata?.namespace ?? 'default',
    labels: templateLabels,
    ownerReferences: [{ apiVersion: 'apps/v1', kind, name, uid: metadata?.uid ?? '', controller: true }],
  },
  spec: podSpec,
});
