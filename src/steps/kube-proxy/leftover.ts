/** Rules that another mode left behind. */
import type { Finding } from '../../model/finding.ts';
import { differenceOf } from '../../model/proxyDifference.ts';
import { onNode } from './remedies.ts';
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
        remedies: [{ id: 'clean-up', commands: [onNode(node, pod, 'kube-proxy', '--cleanup')] }],
      };
    });
