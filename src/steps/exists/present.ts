import { behindAlias } from '../../facts/alias.ts';
import { ingressesIn, namespaceNamed } from '../../facts/api.ts';
import { backendsOf, portsInScope } from '../../facts/backends.ts';
import type { Facts } from '../../facts/facts.ts';
import { served } from '../../facts/heard.ts';
import { selectedPods } from '../../facts/pods.ts';
import { ingressReferences } from '../../facts/references.ts';
import { mainReport } from '../../facts/reports.ts';
import { type HttpRoute, httpRoutesIn, routeReferences } from '../../facts/routes.ts';
import { printAge, secondsSince } from '../../model/age.ts';
import { kubectl } from '../../model/command.ts';
import { valueOr } from '../../model/fact.ts';
import type { Finding, Observation } from '../../model/finding.ts';
import type { Ingress, Pod, Service } from '../../model/kubernetes.ts';
import { outcome } from '../../model/outcome.ts';
import type { Outcome } from '../../model/step.ts';
import { behindProxy } from './clientProxy.ts';
import { clientsOf, olderThanService } from './clients.ts';
import { memberNames } from './members.ts';
import { clientReferences, referencesAstray } from './references.ts';
import { unresolvedRoutes } from './routes.ts';
import { terminatingNamespace } from './terminating.ts';

/** Until then a Service counts as new: its clients may still hold what they knew before. */
const YOUNG_SECONDS = 600;

/** The Service is there: what kind it is, whether it is about to go, and who asks for something it is not. */
export async function present(facts: Facts, service: Service): Promise<Outcome> {
  const { namespace } = facts.target;
  const [pods, ingresses, routes, clients] = await Promise.all([
    facts.ask(selectedPods(facts.target)),
    facts.ask(ingressesIn(namespace)),
    facts.ask(httpRoutesIn(namespace)),
    clientsOf(facts),
  ]);
  const list = valueOr(pods, { items: [] as Pod[] }).items;
  const leaving = isGoing(service) || (list.length > 0 && list.every(isGoing));
  const home = leaving ? await facts.ask(namespaceNamed(namespace)) : undefined;
  const leading = valueOr(routes, { items: [] as HttpRoute[] }).items;
  const astray = await referencesAstray(facts, service, [
    ...valueOr(ingresses, { items: [] as Ingress[] }).items.flatMap(ingressReferences),
    ...leading.flatMap(routeReferences),
  ]);
  return outcome({
    findings: [
      ...(await beingDeleted(facts, service)),
      ...(home?.known ? terminatingNamespace(facts, home.value, 'warning') : []),
      ...astray,
      ...unresolvedRoutes(
        facts.target,
        leading,
        astray.map(({ params }) => params.by),
      ),
      ...(await clientReferences(facts, service, clients)),
      ...(await memberNames(facts, service, clients)),
      ...(await Promise.all(clients.map((client) => behindProxy(facts, service, client)))).flat(),
    ],
    observations: [
      ...notes(facts, service, list, await nameBehind(facts)),
      ...clients.flatMap((client) => olderThanService(facts, service, client)),
    ],
    obstacles: [home, ingresses, routes].flatMap((fact) => (fact && !fact.known ? [fact.obstacle] : [])),
  });
}

/** The Service that an alias leads to, where the rest of the checklist looks at that one. */
async function nameBehind(facts: Facts): Promise<string | undefined> {
  const { target } = await behindAlias(facts);
  return target === facts.target ? undefined : `${target.namespace}/${target.service}`;
}

const isGoing = ({ metadata }: Service | Pod): boolean => metadata?.deletionTimestamp !== undefined;

function notes(
  { target, now }: Facts,
  { metadata, spec }: Service,
  pods: readonly Pod[],
  behind: string | undefined,
): Observation[] {
  const seconds = secondsSince(metadata?.creationTimestamp, now) ?? 0;
  const age = printAge(seconds);
  const command = kubectl(target.namespace, 'get', 'service', target.service, '-o', 'wide');
  const found: Observation = { what: 'exists.found', params: { type: spec?.type ?? 'ClusterIP', age }, command };
  const isYounger =
    seconds < YOUNG_SECONDS && pods.length > 0 && pods.every((pod) => olderThan(pod, metadata?.creationTimestamp));
  return [
    found,
    ...(spec?.type === 'ExternalName'
      ? [
          {
            what: 'exists.external-name',
            params: { externalName: spec.externalName ?? '', ...(behind && { walked: behind }) },
          } as const,
        ]
      : []),
    ...(spec?.clusterIP === 'None' ? [{ what: 'exists.headless', params: {} } as const] : []),
    ...(isYounger ? [{ what: 'exists.younger-than-pods', params: { age } } as const] : []),
  ];
}

const olderThan = ({ metadata }: Pod, timestamp: string | undefined): boolean =>
  (metadata?.creationTimestamp ?? '') < (timestamp ?? '');

/** A Service that waits for its finalizers still serves; it is broken once it does not. */
async function beingDeleted(facts: Facts, service: Service): Promise<Finding[]> {
  const { deletionTimestamp, finalizers = [] } = service.metadata ?? {};
  if (!deletionTimestamp) return [];
  const { namespace, service: name } = facts.target;
  const [backends, report] = await Promise.all([facts.ask(backendsOf(facts.target)), mainReport(facts)]);
  const list = valueOr(backends, []);
  const heard = report.known
    ? portsInScope(service.spec?.ports, facts.target).map((port) => served(report.value, service, port, list))
    : [];
  const works = heard.some((one) => one !== undefined) ? heard.includes(true) : list.some(({ ready }) => ready);
  return [
    {
      code: 'exists/being-deleted',
      severity: works ? 'warning' : 'error',
      breaks: 'service',
      subject: {},
      params: {
        service: name,
        namespace,
        since: printAge(secondsSince(deletionTimestamp, facts.now) ?? 0),
        finalizers,
      },
      evidence: [],
      remedies:
        finalizers.length > 0
          ? [{ id: 'look-at-finalizers', commands: [kubectl(namespace, 'describe', 'service', name)] }]
          : [{ id: 'wait', commands: [kubectl(namespace, 'get', 'service', name, '--watch')] }],
    },
  ];
}
