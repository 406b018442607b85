import type { Facts } from '../../facts/facts.ts';
import { staleFlowsOn } from '../../facts/flows.ts';
import type { Finding } from '../../model/finding.ts';
import { NODE_PROGRAMS } from '../../model/nodeShell.ts';
import { onNode } from './remedies.ts';
import { entryName } from './rulesPlace.ts';
import { type Seen, seen } from './seen.ts';

/** UDP has no connections that end: a client that goes on sending is held to its endpoint, also to one that is gone. */
export async function flowsOn(facts: Facts, node: string): Promise<Seen> {
  const stale = await facts.ask(staleFlowsOn(facts.target, node));
  // where neither tool nor file tells, the rules still say where new flows go
  if (!stale.known) return seen({ obstacles: stale.obstacle.kind === 'no-probe' ? [stale.obstacle] : [] });
  return seen({
    findings: stale.value.map(({ entry, flows, to, pod = '' }): Finding => {
      const params = { node, entry: entryName(entry), flows, to };
      const forget = [
        'conntrack',
        '-D',
        '-p',
        'udp',
        '--orig-dst',
        entry.address,
        '--orig-port-dst',
        String(entry.port),
      ];
      return {
        code: 'kube-proxy/conntrack-stale',
        severity: 'error',
        breaks: 'node-rules',
        subject: { node, port: entry.servicePort },
        params: { ...params, pod },
        evidence: [{ what: 'kube-proxy.flows', params, command: onNode(node, pod, ...NODE_PROGRAMS.conntrack) }],
        remedies: [{ id: 'forget', commands: [onNode(node, pod, ...forget)] }],
      };
    }),
  });
}
