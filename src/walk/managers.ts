import { serviceOf } from '../facts/api.ts';
import type { Facts } from '../facts/facts.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import type { Remedy } from '../model/finding.ts';
import { managersOf } from '../model/fix/managers.ts';

/** The diagnosis with who else writes the Service that its remedies would change: they may undo it. */
export async function withManagers(facts: Facts, diagnosis: Diagnosis): Promise<Diagnosis> {
  const remedies: readonly Remedy[] = diagnosis.rootCauses.flatMap((cause): readonly Remedy[] => cause.remedies);
  const target = remedies.find(({ patch }) => patch?.target.plural === 'services')?.patch?.target;
  if (!target) return diagnosis;
  const service = await facts.ask(serviceOf({ ...facts.target, namespace: target.namespace, service: target.name }));
  const managers = service.known && service.value ? managersOf(service.value) : [];
  return managers.length > 0 ? { ...diagnosis, managers } : diagnosis;
}
