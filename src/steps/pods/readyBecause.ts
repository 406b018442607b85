import type { Facts } from '../../facts/facts.ts';
import { meantPods } from '../../facts/meant.ts';
import { kubectl } from '../../model/command.ts';
import { valueOr } from '../../model/fact.ts';
import type { Observation } from '../../model/finding.ts';
import { type HealthProbe, healthProbe } from '../../model/healthProbe.ts';
import type { Pod } from '../../model/kubernetes.ts';
import { isReady } from '../../model/ready.ts';
import type { Asked } from './listeners.ts';
import { printAction } from './stateFinding.ts';

/**
 * Why a pod counts as ready though it does not answer on a port: nothing asks it, or what asks it asks elsewhere.
 * Nothing where a readiness probe asks that very port, and so finds it well.
 */
export async function readyBecause(facts: Facts, { backend, number }: Asked): Promise<Observation[]> {
  const pods = valueOr(await facts.ask(meantPods(facts.target)), { items: [] as Pod[] }).items;
  const pod = pods.find(({ metadata }) => metadata?.name === backend.name);
  if (!pod || !isReady(pod)) return [];
  const probes = probesOf(pod);
  if (probes.some(({ port }) => port === number)) return [];
  const [first] = probes;
  const params = { pod: backend.name, number, probe: first ? printAction(first) : '' };
  const fields = 'jsonpath={.spec.containers[*].readinessProbe}';
  const command = kubectl(facts.target.namespace, 'get', 'pod', backend.name, '-o', fields);
  return [{ what: 'pods.ready-because', params, command }];
}

const probesOf = ({ spec }: Pod): HealthProbe[] =>
  (spec?.containers ?? []).flatMap((container) => healthProbe(container, container.readinessProbe) ?? []);
