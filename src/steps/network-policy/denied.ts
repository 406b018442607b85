/** The policies keep a client, or everybody, from the backends. */
import type { Facts } from '../../facts/facts.ts';
import type { Judged, PolicyScene } from '../../facts/policies.ts';
import type { Others } from '../../facts/policyOthers.ts';
import type { ProbeReport } from '../../facts/probe.ts';
import type { Finding } from '../../model/finding.ts';
import type { ServicePort } from '../../model/kubernetes.ts';
import { stableLabels } from '../../model/labels.ts';
import { hints } from '../../model/networkPolicy/hints.ts';
import type { Direction, PodParty } from '../../model/networkPolicy/party.ts';
import { portKey } from '../../model/ports.ts';
import { printLabels } from '../../model/selector.ts';
import { hintParams } from './hint.ts';
import { admitRemedies } from './remedy.ts';
import { homeOf, labelsSeen, policySeen, printRef, reachSeen } from './seen.ts';

interface Denial {
  facts: Facts;
  scene: PolicyScene;
  port: ServicePort;
  report: ProbeReport | undefined;
  /** Backends that share the finding. */
  group: readonly Judged[];
  direction: Direction;
  /** All backends are concerned. */
  whole: boolean;
  /** Undefined: the client itself was asked. */
  others: Others | undefined;
}

export function deniedFinding(denial: Denial): Finding {
  const { facts, port, report, group, direction, whole, others } = denial;
  const first = group[0] as Judged;
  const { target } = facts;
  const client = likelyClient(denial);
  const connection = { ...first.connection, client };
  const [name = ''] = group.map(({ backend }) => backend.name);
  return {
    code: direction === 'ingress' ? 'network-policy/ingress-denied' : 'network-policy/egress-denied',
    severity: 'error',
    breaks: 'policy',
    subject: {
      port: portKey(port),
      ...(!whole && { backend: name }),
      ...(report && !others && { from: report.vantage.id }),
    },
    params: {
      service: `${target.namespace}/${target.service}`,
      port: portKey(port),
      podPort: first.connection.port,
      policies: first.verdict[direction].isolatedBy.map(printRef(homeOf(first))),
      client: others ? '' : `${client.namespace}/${client.name}`,
      meant: printLabels(stableLabels(client.labels)),
      backends: group.map(({ backend }) => backend.name),
      of: denial.scene.backends.length,
      ...hintParams(
        hints(connection).filter((hint) => hint.direction === direction),
        target.namespace,
      ),
    },
    evidence: [
      ...(report ? reachSeen(report, port, first.backend) : []),
      ...policySeen(first, direction),
      ...(others ? [] : labelsSeen(client)),
    ],
    remedies: admitRemedies(connection, direction, {
      client,
      clientName: client.labels['app.kubernetes.io/name'] ?? client.labels.app ?? client.name ?? 'client',
      serviceName: target.service,
      selector: denial.scene.service.spec?.selector ?? {},
    }),
  };
}

/**
 * Whom to let in. Where nobody is admitted the client is not known: a pod of the namespace that is no backend,
 * else labels to be filled in.
 */
function likelyClient({ others, group, facts }: Denial): PodParty {
  const asked = group[0]?.connection.client;
  if (!others && asked?.kind === 'pod') return asked;
  const [other] = others?.refused ?? [];
  return (
    other ?? {
      kind: 'pod',
      namespace: facts.target.namespace,
      labels: { app: 'CLIENT' },
      addresses: [],
      hostNetwork: false,
    }
  );
}
