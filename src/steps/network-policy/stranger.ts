/** The probe is a stranger to the policies: they admit others. */
import type { Facts } from '../../facts/facts.ts';
import { type Judged, judge, policyScene } from '../../facts/policies.ts';
import { type Others, otherPods } from '../../facts/policyOthers.ts';
import type { ProbeReport } from '../../facts/probe.ts';
import type { Finding } from '../../model/finding.ts';
import type { ServicePort } from '../../model/kubernetes.ts';
import { admittedPeers } from '../../model/networkPolicy/admitted.ts';
import { portKey } from '../../model/ports.ts';
import { askFrom } from './remedy.ts';
import { homeOf, policySeen, printRef, reachSeen } from './seen.ts';
import { peerWords } from './words.ts';

interface Denied {
  facts: Facts;
  port: ServicePort;
  /** A backend that it may not reach. */
  first: Judged;
  report: ProbeReport;
  others: Others;
}

export function probeDenied({ facts, port, first, report, others }: Denied): Finding {
  const direction = first.verdict.ingress.allowed === false ? 'ingress' : 'egress';
  const { vantage, insteadOf } = report;
  const admits = admittedPeers(first.connection, direction) ?? [];
  const pods = others.admitted.map(({ party }) => `${party.namespace}/${party.name}`);
  const clients = insteadOf ? [] : others.admitted.filter(({ isBackend }) => !isBackend);
  return {
    code: 'network-policy/probe-denied',
    severity: 'info',
    breaks: 'policy',
    subject: { port: portKey(port), from: (insteadOf ?? vantage).id },
    params: {
      port: portKey(port),
      direction,
      policies: first.verdict[direction].isolatedBy.map(printRef(homeOf(first))),
      admits: admits.map((peer) => peerWords(peer)),
      pods,
      asked: insteadOf ? `${vantage.namespace}/${vantage.pod}` : '',
    },
    evidence: [...(insteadOf ? [] : reachSeen(report, port, first.backend)), ...policySeen(first, direction)],
    remedies: [{ id: 'ask-from', commands: clients.slice(0, 1).map(({ party }) => askFrom(facts.target, party)) }],
  };
}

/** A pod that is admitted was asked in its stead: what for. */
export async function inItsStead(facts: Facts, report: ProbeReport): Promise<Finding[]> {
  if (!report.insteadOf) return [];
  const scene = await policyScene(facts, report.insteadOf);
  if (!scene.known || !scene.value.client) return [];
  const { client, ports } = scene.value;
  const findings = ports.map(async (port) => {
    const first = judge(scene.value, client, port).find(({ verdict }) => verdict.allowed === false);
    return first
      ? [probeDenied({ facts, port, first, report, others: await otherPods(facts, scene.value, port) })]
      : [];
  });
  return (await Promise.all(findings)).flat();
}
