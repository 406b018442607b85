/** What stands around a Service that is not there: asked only then, all at once. */
import type { Fact, Obstacle } from '../model/fact.ts';
import { valueOr } from '../model/fact.ts';
import type { Ingress, Metadata, Namespace, Service } from '../model/kubernetes.ts';
import { type NearName, nearNames } from '../model/nearNames.ts';
import { serviceSelects } from '../model/selector.ts';
import type { Target } from '../model/target.ts';
import { ingressesIn, namespaceNamed, namespaces, serviceNamesIn, servicesIn, servicesNamed } from './api.ts';
import type { Facts } from './facts.ts';
import { ingressReferences, podReferences, type Reference } from './references.ts';
import { type HttpRoute, httpRoutesIn, routeReferences } from './routes.ts';
import { wentOn } from './wentOn.ts';
import { type ReadWorkload, workloadsIn } from './workloads.ts';

export interface Nearby {
  /** `null`: there is no such namespace; undefined: it could not be read. */
  namespace: Namespace | null | undefined;
  /** Names of the Services of the namespace. */
  services: string[];
  /** Names that may have been meant, in the Service's namespace. */
  near: NearName[];
  /** Other namespaces that have a Service of that name. */
  elsewhere: string[];
  /** The workload of that name. */
  workload: ReadWorkload | undefined;
  /** Names of Services that select the pods of that workload. */
  serving: string[];
  /** Who refers to the Service that is not there. */
  referrers: Reference[];
  obstacles: Obstacle[];
}

export async function nearby(facts: Facts): Promise<Nearby> {
  const { namespace, service } = facts.target;
  const [home, services, sameName, workloads, ingresses, routes] = await Promise.all([
    facts.ask(namespaceNamed(namespace)),
    facts.ask(serviceNamesIn(namespace)),
    facts.ask(servicesNamed(service)),
    facts.ask(workloadsIn(namespace)),
    facts.ask(ingressesIn(namespace)),
    facts.ask(httpRoutesIn(namespace)),
  ]);
  const names = namesOf(valueOr(services, { items: [] as Metadata[] }).items);
  const { items: makers, obstacles } = valueOr(workloads, { items: [], obstacles: [] });
  const workload = makers.find(({ name }) => name === service);
  const whole = workload && (await facts.ask(servicesIn(namespace)));
  return {
    namespace: home.known ? home.value : undefined,
    services: names,
    near: nearNames(service, names),
    elsewhere: valueOr(sameName, { items: [] as Service[] })
      .items.flatMap(({ metadata }) => metadata?.namespace ?? [])
      .filter((other) => other !== namespace)
      .sort(),
    workload,
    serving: workload ? servicesFor(workload, whole?.known ? whole.value.items : []) : [],
    referrers: referrersOf(
      facts.target,
      [
        ...valueOr(ingresses, { items: [] as Ingress[] }).items.flatMap(ingressReferences),
        ...valueOr(routes, { items: [] as HttpRoute[] }).items.flatMap(routeReferences),
      ],
      makers,
    ),
    obstacles: [
      ...obstaclesOf([home, services, sameName, ingresses, routes, ...(whole ? [whole] : [])]),
      ...wentOn(services, `Services of ${namespace}`),
      ...obstacles,
    ],
  };
}

const servicesFor = ({ templateLabels }: ReadWorkload, services: readonly Service[]): string[] =>
  namesOf(services.filter(({ spec }) => serviceSelects(spec?.selector, templateLabels)));

const obstaclesOf = (facts: readonly Fact<unknown>[]): Obstacle[] =>
  facts.flatMap((fact) => (fact.known ? [] : [fact.obstacle]));

const namesOf = (items: readonly { metadata?: { name?: string } }[]): string[] =>
  items.flatMap(({ metadata }) => metadata?.name ?? []);

/** The mentions of a Service by the Ingresses, routes and workloads of its namespace. */
const referrersOf = (
  { namespace, service }: Pick<Target, 'namespace' | 'service'>,
  routing: readonly Reference[],
  workloads: readonly ReadWorkload[],
): Reference[] =>
  [
    ...routing,
    ...workloads.flatMap(({ kind, name, podSpec }) => podReferences(`${kind}/${name}`, namespace, podSpec)),
  ].filter((reference) => reference.service === service && reference.namespace === namespace);

/** Namespaces whose name is close to one that does not exist. */
export async function nearNamespaces(facts: Facts): Promise<{ near: string[]; obstacles: Obstacle[] }> {
  const all = await facts.ask(namespaces);
  if (!all.known) return { near: [], obstacles: [all.obstacle] };
  return { near: nearNames(facts.target.namespace, namesOf(all.value.items)).map(({ name }) => name), obstacles: [] };
}
