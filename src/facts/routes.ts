/** Routes of the Gateway API: who sends requests to a Service from outside, beside Ingresses. */
import { known, valueOr } from '../model/fact.ts';
import type { Metadata, Page } from '../model/kubernetes.ts';
import { apiGroups, page } from './api.ts';
import type { Question } from './facts.ts';
import type { Reference } from './references.ts';

const GROUP = 'gateway.networking.k8s.io';
const HTTP_ROUTES = { group: GROUP, version: 'v1', plural: 'httproutes' } as const;

/** https://gateway-api.sigs.k8s.io/reference/spec/#httproute, as far as it names Services. */
export interface HttpRoute extends Metadata {
  spec?: { rules?: { backendRefs?: BackendRef[] }[] };
  status?: { parents?: { conditions?: Condition[] }[] };
}

interface BackendRef {
  group?: string;
  kind?: string;
  name: string;
  /** Default: that of the route. */
  namespace?: string;
  port?: number;
}

interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
}

/** The HTTPRoutes of a namespace; asked for only where the cluster has the Gateway API. */
export const httpRoutesIn = (namespace: string): Question<Page<HttpRoute>> => ({
  key: `HTTPRoutes of ${namespace}`,
  ask: async ({ facts }) => {
    const served = valueOr(await facts.ask(apiGroups), undefined)?.groups ?? [];
    return served.some(({ name }) => name === GROUP)
      ? facts.ask(page<HttpRoute>(HTTP_ROUTES, { namespace }))
      : known({ items: [], more: false });
  },
});

/** The Services that a route sends requests to. */
export function routeReferences({ metadata, spec }: HttpRoute): Reference[] {
  const home = metadata?.namespace ?? '';
  return (spec?.rules ?? []).flatMap(({ backendRefs }, i) =>
    (backendRefs ?? [])
      .filter(({ group = '', kind = 'Service' }) => group === '' && kind === 'Service')
      .map(({ name, namespace = home, port }) => ({
        by: `HTTPRoute/${metadata?.name ?? ''}`,
        home,
        where: `rule ${i + 1}`,
        service: name,
        namespace,
        ...(port !== undefined && { port: String(port) }),
      })),
  );
}

/** Why the controller of a gateway does not take the backends of a route, in its words. */
export const unresolvedBecause = ({ status }: HttpRoute): { reason: string; message: string } | undefined => {
  const conditions = (status?.parents ?? []).flatMap((parent) => parent.conditions ?? []);
  const refused = conditions.find(({ type, status: is }) => type === 'ResolvedRefs' && is === 'False');
  return refused && { reason: refused.reason ?? '', message: refused.message ?? '' };
};
