/** One Service port: what the policies say about the way to its backends, weighed against what the probe met. */
import type { Facts } from '../../facts/facts.ts';
import { viaBackend } from '../../facts/heard.ts';
import { isClient, type Judged, judge, type PolicyScene } from '../../facts/policies.ts';
import { type Others, otherPods } from '../../facts/policyOthers.ts';
import type { ProbeReport } from '../../facts/probe.ts';
import type { Obstacle } from '../../model/fact.ts';
import type { Finding, Observation } from '../../model/finding.ts';
import type { ServicePort } from '../../model/kubernetes.ts';
import type { Doubt } from '../../model/networkPolicy/mayConnect.ts';
import type { PodParty } from '../../model/networkPolicy/party.ts';
import type { DoubtReason } from '../../model/networkPolicy/peer.ts';
import { portKey } from '../../model/ports.ts';
import type { Reach } from '../../model/reach.ts';
import { deniedFinding } from './denied.ts';
import { DIRECTIONS, homeOf, printRef, reachSeen, standing } from './seen.ts';
import { probeDenied } from './stranger.ts';

export interface PortResult {
  findings: Finding[];
  observations: Observation[];
  /** Why it cannot be told whether a policy stands in the way. */
  obstacles: Obstacle[];
}

export const FINE: PortResult = { findings: [], observations: [], obstacles: [] };

const unclear = (reason: string): Obstacle => ({ kind: 'not-applicable', reason });
export const ONLY_OTHERS = unclear('policies let others through, but not the probe: its silence proves nothing');

/** Why the policies alone do not decide. */
export const inDoubt = (doubts: readonly Doubt[]): Obstacle =>
  unclear(`policies alone do not tell: ${[...new Set(doubts.map(({ reason }) => DOUBTS[reason]))].join('; ')}`);

const DOUBTS: Record<DoubtReason, string> = {
  'namespace-labels': 'the labels of a namespace could not be read',
  'host-network': 'a pod is on the network of its node, which CNI plugins treat differently',
  'own-node': 'the pod talks to its own node, which CNI plugins treat differently',
  'no-address': 'a pod has no address yet',
  cidr: 'an ipBlock cannot be read',
  'named-port': 'the number behind a port name is not known',
};

/** The packets went through: the far end did something with the connection. A refusal may be the policy's own. */
export const through = (reach: Reach | undefined): boolean =>
  reach !== undefined && (reach.answered > 0 || reach.failure === 'hangs' || reach.failure === 'reset');

/** From a vantage point that was asked. */
export async function heardPort(
  facts: Facts,
  scene: PolicyScene,
  report: ProbeReport,
  client: PodParty,
  port: ServicePort,
): Promise<PortResult> {
  const judged = judge(scene, client, port);
  const { standIn } = scene;
  const gotThrough = (each: Judged) => through(viaBackend(report, each.backend, port));
  // What a pod in the client's place meets does not speak for the client.
  const reached = (each: Judged) => !standIn && gotThrough(each);
  const denied = judged.filter(({ verdict }) => verdict.allowed === false);
  const blocked = denied.filter((each) => !reached(each));
  const [free] = denied.filter(reached);
  const observations = standing(scene, judged, port, client);
  const findings = free ? notEnforced(free, port, report) : [];
  const asking: Asking = { facts, scene, port, judged, blocked, report };
  if (blocked.length === 0) {
    const shut = standIn
      ? judge(scene, standIn, port).filter((each) => each.verdict.allowed === false && !gotThrough(each))
      : [];
    if (shut.length > 0) {
      const nobody = { admitted: [], refused: [], unsure: false };
      const note = probeDenied({ facts, port, first: shut[0]!, report, others: nobody });
      return { findings: [note], observations, obstacles: [ONLY_OTHERS] };
    }
    const doubts = judged
      .filter((each) => each.verdict.allowed === 'unknown' && !reached(each))
      .flatMap(({ verdict }) => [...verdict.ingress.doubts, ...verdict.egress.doubts]);
    return { findings, observations, obstacles: doubts.length > 0 ? [inDoubt(doubts)] : [] };
  }
  const others = isClient(report) ? undefined : await otherPods(facts, scene, port);
  if (others && (others.unsure || others.admitted.length > 0)) {
    const note = probeDenied({ facts, port, first: blocked[0]!, report, others });
    return { findings: [...findings, note], observations, obstacles: [ONLY_OTHERS] };
  }
  return { findings: [...findings, ...errors(asking, others)], observations, obstacles: [] };
}

interface Asking {
  facts: Facts;
  scene: PolicyScene;
  port: ServicePort;
  judged: Judged[];
  blocked: Judged[];
  report: ProbeReport | undefined;
}

/** Nobody was asked: the policies alone, for all pods that exist. */
export async function unaskedPort(
  facts: Facts,
  scene: PolicyScene,
  port: ServicePort,
  obstacle: Obstacle,
): Promise<PortResult> {
  const stranger: PodParty = {
    kind: 'pod',
    namespace: facts.target.namespace,
    labels: {},
    addresses: [],
    hostNetwork: false,
  };
  const judged = judge(scene, stranger, port);
  const isolated = judged.filter(({ verdict }) => verdict.ingress.isolatedBy.length > 0);
  if (isolated.length === 0) return FINE;
  const observations = standing(scene, judged, port, stranger);
  const others = await otherPods(facts, scene, port);
  if (others.unsure || others.admitted.length > 0) return { findings: [], observations, obstacles: [obstacle] };
  const blocked = judged.filter(({ verdict }) => verdict.ingress.allowed === false);
  const asking: Asking = { facts, scene, port, judged, blocked, report: undefined };
  return blocked.length > 0
    ? { findings: errors(asking, others), observations, obstacles: [] }
    : { findings: [], observations, obstacles: [obstacle] };
}

/** One finding for all backends where they share their fate, else one for each. */
function errors(asking: Asking, others: Others | undefined): Finding[] {
  const { judged, blocked } = asking;
  const directions = DIRECTIONS.filter((d) => blocked.some(({ verdict }) => verdict[d].allowed === false));
  return directions.flatMap((direction) => {
    const hit = blocked.filter(({ verdict }) => verdict[direction].allowed === false);
    const groups = hit.length === judged.length ? [hit] : hit.map((each) => [each]);
    return groups.map((group) =>
      deniedFinding({ ...asking, group, direction, whole: hit.length === judged.length, others }),
    );
  });
}

function notEnforced(free: Judged, port: ServicePort, report: ProbeReport): Finding[] {
  const { verdict, backend } = free;
  const direction = verdict.ingress.allowed === false ? 'ingress' : 'egress';
  return [
    {
      code: 'network-policy/not-enforced',
      severity: 'info',
      breaks: 'policy',
      subject: { port: portKey(port), from: report.vantage.id },
      params: {
        port: portKey(port),
        direction,
        policies: verdict[direction].isolatedBy.map(printRef(homeOf(free))),
        client: `${report.vantage.namespace}/${report.vantage.pod}`,
      },
      evidence: reachSeen(report, port, backend),
      remedies: [],
    },
  ];
}
