/** The clients that suffer: what of them is not as the Service is. */
import { podNamed } from '../../facts/api.ts';
import type { Facts } from '../../facts/facts.ts';
import { printAge, secondsSince } from '../../model/age.ts';
import { valueOr } from '../../model/fact.ts';
import type { Observation } from '../../model/finding.ts';
import type { Pod, Service } from '../../model/kubernetes.ts';
import type { Prober } from '../../model/probe.ts';

export interface Client {
  /** Its vantage point. */
  from: string;
  namespace: string;
  name: string;
  pod: Pod & { spec: NonNullable<Pod['spec']> };
}

/** The pods of --from; those that are gone are left out. */
export async function clientsOf(facts: Facts): Promise<Client[]> {
  const clients = facts.probers.filter(({ kind }) => kind === 'pod').map((prober) => clientAt(facts, prober));
  return (await Promise.all(clients)).flat();
}

async function clientAt(facts: Facts, prober: Prober): Promise<Client[]> {
  const place = await podAt(prober);
  const pod = place && valueOr(await facts.ask(podNamed(place.namespace, place.name)), null);
  if (!place || !pod?.spec) return [];
  return [{ ...place, from: `pod/${place.namespace}/${place.name}`, pod: { ...pod, spec: pod.spec } }];
}

/** A pod is known by its name; which one of a Deployment it is, the vantage point tells. */
async function podAt({ id, vantage }: Prober): Promise<{ namespace: string; name: string } | undefined> {
  const [kind, namespace = '', name = ''] = id.split('/');
  if (kind === 'pod') return { namespace, name };
  const here = await vantage();
  return here.known ? { namespace, name: here.value.standsFor?.pod ?? here.value.pod } : undefined;
}

/**
 * A client older than the Service: variables such as WEB_SERVICE_HOST are written when a pod starts, so that it has none,
 * or those of an earlier Service. https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
export function olderThanService(
  { target, now }: Facts,
  service: Service,
  { namespace, name, pod }: Client,
): Observation[] {
  const [made, started] = [service.metadata?.creationTimestamp, pod.metadata?.creationTimestamp];
  const links = pod.spec.enableServiceLinks !== false && namespace === target.namespace;
  if (!links || !made || !started || started >= made) return [];
  return [{ what: 'exists.younger-than-client', params: { pod: name, age: printAge(secondsSince(made, now) ?? 0) } }];
}
