/** The same cluster IP from more than one vantage point: told apart, and each of them judged. */
import { isTcp, portsInScope } from '../../facts/backends.ts';
import type { Facts } from '../../facts/facts.ts';
import { viaClusterIP } from '../../facts/heard.ts';
import type { ProbeReport } from '../../facts/probe.ts';
import type { Observation } from '../../model/finding.ts';
import type { Service } from '../../model/kubernetes.ts';
import { portKey } from '../../model/ports.ts';

/** "20 of 20 from node1", for each vantage point and port. */
export const tallies = (facts: Facts, service: Service, reports: readonly ProbeReport[]): Observation[] =>
  reports.flatMap((report) =>
    portsInScope(service.spec?.ports, facts.target)
      .filter(isTcp)
      .flatMap((port): Observation[] => {
        const reach = viaClusterIP(report, service, port);
        const { id, kind, node, pod } = report.vantage;
        const from = kind === 'pod' ? `pod ${pod}` : node ? `node ${node}` : id;
        return reach
          ? [{ what: 'ip.from', params: { from, port: portKey(port), answered: reach.answered, asked: reach.asked } }]
          : [];
      }),
  );
