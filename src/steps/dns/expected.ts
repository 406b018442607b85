/** The right answer for the name of a Service. */
import { backendsOf, clusterIPsOf } from '../../facts/backends.ts';
import type { Facts } from '../../facts/facts.ts';
import { valueOr } from '../../model/fact.ts';
import type { Service } from '../../model/kubernetes.ts';

/** undefined: not known. Empty: there is no address to answer with. */
export async function expectedAddresses(facts: Facts, service: Service): Promise<string[] | undefined> {
  const clusterIPs = clusterIPsOf(service.spec);
  if (clusterIPs.length > 0) return clusterIPs;
  const backends = valueOr(await facts.ask(backendsOf(facts.target)), undefined);
  return backends?.filter(({ ready }) => ready).map(({ address }) => address);
}

export const isHeadless = ({ spec }: Service): boolean => spec?.clusterIP === 'None';

/**
 * Whether an answer leads to the Service. Of a headless one a single right address is enough: the others may have
 * changed since it was cached.
 */
export function isRight(
  answered: readonly string[],
  expected: readonly string[] | undefined,
  headless: boolean,
): boolean {
  if (expected === undefined || answered.length === 0 || (headless && expected.length === 0)) return true;
  return headless ? answered.some((a) => expected.includes(a)) : answered.every((a) => expected.includes(a));
}
