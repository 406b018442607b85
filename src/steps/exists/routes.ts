import { type HttpRoute, routeReferences, unresolvedBecause } from '../../facts/routes.ts';
import { kubectl } from '../../model/command.ts';
import type { Finding } from '../../model/finding.ts';
import type { Target } from '../../model/target.ts';

/**
 * Routes to this Service whose backends the gateway does not take, as their status says. Those in `known` are left out:
 * what is wrong with them is said already.
 */
export function unresolvedRoutes(
  { namespace, service }: Target,
  routes: readonly HttpRoute[],
  known: readonly string[],
): Finding[] {
  return routes.flatMap((route): Finding[] => {
    const by = `HTTPRoute/${route.metadata?.name ?? ''}`;
    const leadsHere = routeReferences(route).some((one) => one.service === service && one.namespace === namespace);
    const because = unresolvedBecause(route);
    if (!leadsHere || !because || known.includes(by)) return [];
    const look = kubectl(route.metadata?.namespace, 'describe', by.toLowerCase());
    return [
      {
        code: 'exists/route-unresolved',
        severity: 'warning',
        breaks: 'name',
        subject: { object: by.toLowerCase() },
        params: { by, ...because },
        evidence: [{ what: 'exists.route-status', params: { by, ...because }, command: look }],
        remedies: [{ id: 'look-at-route', commands: [look] }],
      },
    ];
  });
}
