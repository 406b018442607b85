import { type Fact, known, unknown } from '../model/fact.ts';
import type { Page, Pod, Service } from '../model/kubernetes.ts';
import type { Target } from '../model/target.ts';
import { podsLabelled, serviceOf } from './api.ts';
import type { Facts, Question } from './facts.ts';

/** The Service itself, where only a Service that is there helps: a missing one is `not-applicable`. */
export async function theService(facts: Facts, target: Target = facts.target): Promise<Fact<Service>> {
  const service = await facts.ask(serviceOf(target));
  if (!service.known) return service;
  return service.value === null
    ? unknown({ kind: 'not-applicable', reason: `there is no Service ${target.namespace}/${target.service}` })
    : known(service.value);
}

/** The selector of a Service as a label query, undefined when it selects nothing by itself. */
export function selectorQuery(service: Service): string | undefined {
  const selector = Object.entries(service.spec?.selector ?? {});
  return selector.length === 0 ? undefined : selector.map(([key, value]) => `${key}=${value}`).join(',');
}

/** The pods that the Service's selector matches, whatever their state; one page of 500. Empty without a selector. */
export const selectedPods = (target: Target): Question<Page<Pod>> => ({
  key: `pods of ${target.namespace}/${target.service}`,
  ask: async ({ facts }) => {
    const service = await theService(facts, target);
    if (!service.known) return service;
    const query = service.value.spec?.type === 'ExternalName' ? undefined : selectorQuery(service.value);
    return query === undefined ? known({ items: [], more: false }) : facts.ask(podsLabelled(target.namespace, query));
  },
});
