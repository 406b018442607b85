/** Rules that another mode left behind. */
import type { Finding } from '../../model/finding.ts';
import { differenceOf } from '../../model/proxyDifference.ts';
import type { ProxyMode } from '../../model/proxyRules.ts';
import type { RulesOf } from '../../model/proxyWays.ts';
import { onNode, restart } from './remedies.ts';
import { look, type RulesPlace } from './rulesPlace.ts';

/** Both write at the same priority, and the first that rewrites a packet wins: an error where that leads astray. */
export const leftoverFindings = (place: RulesPlace): Finding[] =>
  place.report.leftovers
    .filter(({ ways }) => ways.length > 0)
    .map(({ of, ways }): Finding => {
      const { node, pod, report } = place;
      const endpoints = [...new Set(ways.flatMap(({ way }) => way.fates.flatMap(({ to }) => to ?? [])))];
      const surplus = [...new Set(ways.flatMap((way) => differenceOf(way)?.surplus ?? []))];
      return {
        code: 'kube-proxy/mode-leftover',
        severity: surplus.length > 0 && place.heard !== 'answers' ? 'error' : 'warning',
        breaks: 'node-rules',
        subject: { node },
        params: { node, pod, mode: report.mode, left: of, surplus },
        evidence: [{ what: 'kube-proxy.left-over', params: { node, left: of, endpoints }, command: look(place) }],
        remedies: [
          ...(goAtStart(of, report.mode) ? restart(pod) : []),
          { id: 'clean-up', commands: [onNode(node, pod, 'kube-proxy', '--cleanup')] },
        ],
      };
    });

/**
 * A kube-proxy that starts removes what nftables mode left where it runs in another one, and the other way round; not what
 * the legacy back end has, nor what ipvs and iptables left of each other. Source: cmd/kube-proxy/app/server_linux.go,
 * platformCleanup.
 */
const goAtStart = (of: RulesOf, mode: ProxyMode): boolean =>
  (of === 'iptables' || of === 'ipvs' || of === 'nftables') && (of === 'nftables') !== (mode === 'nftables');
