import { serviceOf } from '../../facts/api.ts';
import type { Facts } from '../../facts/facts.ts';
import { podReferences } from '../../facts/references.ts';
import { kubectl } from '../../model/command.ts';
import type { Observation } from '../../model/finding.ts';
import type { Pod } from '../../model/kubernetes.ts';

/** Of so many Services is asked whether they are there. */
const MOST = 2;

/** The Services that an init container names, and whether they are there: it most often waits for one of them. */
export async function waitsFor(facts: Facts, { metadata, spec }: Pod, container: string): Promise<Observation[]> {
  const { name: pod = '', namespace = facts.target.namespace } = metadata ?? {};
  const blocked = (spec?.initContainers ?? []).filter(({ name }) => name === container);
  const named = podReferences(pod, namespace, { containers: [], initContainers: blocked });
  const wanted = new Map(named.map((reference) => [`${reference.namespace}/${reference.service}`, reference]));
  return Promise.all(
    [...wanted].slice(0, MOST).map(async ([name, reference]): Promise<Observation> => {
      const found = await facts.ask(serviceOf({ ...facts.target, ...reference }));
      const missing = found.known && found.value === null;
      const command = kubectl(reference.namespace, 'get', 'service', reference.service);
      return { what: 'pods.waits-for', params: { pod, container, service: name, missing }, command };
    }),
  );
}
