/** A node whose rules are looked at, and how it is spoken of. */
import type { RulesReport } from '../../facts/nodeRules.ts';
import type { Command } from '../../model/command.ts';
import type { Service } from '../../model/kubernetes.ts';
import { NODE_PROGRAMS } from '../../model/nodeShell.ts';
import type { Difference } from '../../model/proxyDifference.ts';
import type { EntryWay, ProxyEntry } from '../../model/proxyRules.ts';
import type { Louder } from './louder.ts';
import { onNode } from './remedies.ts';

/** What probes from a node say: whether the cluster IP answers there. Undefined: nothing was asked from it. */
export type Heard = 'answers' | 'fails' | undefined;

/** The node that is looked at, and what its rules were found to do. */
export interface RulesPlace {
  node: string;
  pod: string;
  service: Service;
  report: RulesReport;
  heard: Heard;
  louder: readonly Louder[];
}

export interface Compared {
  way: EntryWay;
  difference: Difference | undefined;
}

/** An entry in a few words: `80/TCP`, `node port 30080/TCP`, `80/TCP of 203.0.113.5`. */
export function entryName({ kind, servicePort, port, protocol, address }: ProxyEntry): string {
  if (kind === 'node-port') return `node port ${port}/${protocol.toUpperCase()}`;
  return kind === 'cluster-ip' ? servicePort : `${servicePort} of ${address}`;
}

/** The command that shows the rules again. */
export function look({ node, pod, report }: Pick<RulesPlace, 'node' | 'pod' | 'report'>): Command {
  const program = report.mode === 'nftables' ? 'nft-text' : report.mode === 'ipvs' ? 'ipvs' : 'iptables';
  return onNode(node, pod, ...NODE_PROGRAMS[program]);
}
