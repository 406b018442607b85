/** The pods refuse the targetPort: is it the wrong one, or does nothing listen at all? */
import { forwardedTo } from '../../facts/forward.ts';
import { isAsk, type ProbeReport } from '../../facts/probe.ts';
import type { Finding, Observation } from '../../model/finding.ts';
import type { Pod, Protocol, ServicePort } from '../../model/kubernetes.ts';
import { type DeclaredPort, declaredPorts, portKey, protocolOf, targetPortOf } from '../../model/ports.ts';
import { repeat } from '../repeat.ts';
import { type HeardBackend, heardBackends, type Inspection, isServed, nameOf, printDeclared } from './inspection.ts';
import { isCompanions, type OpenPort, openPorts } from './open.ts';
import { portRemedy } from './remedies.ts';

export async function checkClosed(inspection: Inspection, port: ServicePort): Promise<Finding[]> {
  if (protocolOf(port.protocol) !== 'TCP') return undeclared(inspection, port, []);
  const heard = heardBackends(inspection, port);
  const refused = heard.length > 0 && heard.every(({ reach }) => reach.answered === 0 && reach.failure === 'refused');
  const closed = refused ? await closedElsewhereOpen(inspection, port, heard) : undefined;
  return closed ? [closed] : undeclared(inspection, port, heard);
}

async function closedElsewhereOpen(
  inspection: Inspection,
  port: ServicePort,
  heard: readonly HeardBackend[],
): Promise<Finding | undefined> {
  const { report } = inspection;
  const [first] = heard;
  const number = first?.backend.ports[portKey(port)];
  if (!report || !first || number === undefined) return undefined;
  const opens = telling(inspection, port, number);
  if (opens.length === 0 || (await opensOnLoopback(inspection, report, first, number))) return undefined;
  return closedFinding(inspection, report, port, { number, heard, opens });
}

/**
 * Answering ports from which it follows that the targetPort is wrong. Not: ports that another Service port means, or
 * that only a companion container serves. And where the targetPort is declared, an answering port that is declared as
 * well says that its listener is missing, not that it was the wrong one.
 */
function telling(inspection: Inspection, port: ServicePort, number: number): OpenPort[] {
  const { pods } = inspection;
  const isDeclared = pods.some((pod) => declaresNumber(pod, number));
  return openPorts(inspection).filter(({ number: open, backend, declared }) => {
    const meant = Object.entries(backend.ports).some(([key, value]) => key !== portKey(port) && value === open);
    const pod = pods.find((one) => nameOf(one) === backend.name);
    const accompanies = isCompanions(pod, declared) && (declared?.name === undefined || declared.name !== port.name);
    // of two ports with one name only the first counts, and the other may be the one that was meant
    const namesake = declared?.name !== undefined && declared.name === targetPortOf(port);
    return open !== number && !meant && !accompanies && (namesake || !(isDeclared && declared !== undefined));
  });
}

const declaresNumber = (pod: Pod, number: number): boolean =>
  declaredPorts(pod).some(({ containerPort, protocol }) => containerPort === number && protocol === 'TCP');

/** A process that listens on 127.0.0.1 alone refuses on the pod's address, and answers what comes through the kubelet. */
async function opensOnLoopback(
  { facts }: Inspection,
  report: ProbeReport,
  { backend }: HeardBackend,
  number: number,
): Promise<boolean> {
  if (!facts.consent.probe || backend.name === backend.address) return false;
  const spoken = report.questions
    .filter(isAsk('connect'))
    .find((question) => question.address === backend.address && question.port === number)?.speak;
  const result = await facts.ask(forwardedTo(facts.target.namespace, backend.name, number, spoken?.path));
  return result.known && ['answered', 'closed', 'silent'].includes(result.value.outcome);
}

interface Closed {
  number: number;
  heard: readonly HeardBackend[];
  opens: readonly OpenPort[];
}

function closedFinding(
  inspection: Inspection,
  report: ProbeReport,
  port: ServicePort,
  { number, heard, opens }: Closed,
): Finding {
  const { facts, service, pods } = inspection;
  const ranked = [...opens].sort((a, b) => rank(a, port) - rank(b, port));
  const [best] = ranked as [OpenPort, ...OpenPort[]];
  const same = ranked.filter(({ backend }) => backend === best.backend);
  return {
    code: 'spec/target-port-closed',
    severity: 'error',
    breaks: 'target-port',
    subject: { port: portKey(port) },
    params: {
      port: portKey(port),
      targetPort: String(targetPortOf(port)),
      number,
      pods: heard.map(({ backend }) => backend.name),
      opens: [
        ...new Set(ranked.map(({ number: open, declared }) => (declared ? printDeclared(declared) : `${open}/TCP`))),
      ],
      defaulted: targetPortOf(port) === port.port,
      declared: pods.some((pod) => declaresNumber(pod, number)),
    },
    evidence: [
      ...heard.slice(0, 3).map(
        ({ backend }): Observation => ({
          what: 'spec.refused',
          params: { pod: backend.name, number },
          command: repeat(report, { address: backend.address, port: number }),
        }),
      ),
      {
        what: 'spec.opens',
        params: { pod: best.backend.name, numbers: same.map(({ number: open }) => String(open)) },
        command: repeat(report, { address: best.backend.address, port: best.number }),
      },
    ],
    remedies: [portRemedy('set-target-port', facts.target, service, port, 'targetPort', best.number)],
  };
}

/** The answering port that was most likely meant comes first. */
function rank({ number, declared }: OpenPort, port: ServicePort): number {
  if (declared?.name !== undefined && declared.name === port.name) return 0;
  if (number === port.port) return 1;
  if (/^(http|web)/.test(declared?.name ?? '')) return 2;
  return declared ? 3 : 4;
}

/** Declaring a port is optional: a number that nobody declares is only suspicious, and no more once it was heard to answer. */
function undeclared(inspection: Inspection, port: ServicePort, heard: readonly HeardBackend[]): Finding[] {
  const { facts, service, pods } = inspection;
  const number = targetPortOf(port);
  const protocol = protocolOf(port.protocol);
  const declared = declaredByApps(pods, protocol);
  if (typeof number !== 'number' || declared.length === 0) return [];
  if (pods.some((pod) => declaredPorts(pod).some(({ containerPort }) => containerPort === number))) return [];
  if (isServed(inspection, port) || heard.some(({ reach }) => reach.answered > 0)) return [];
  const [only, ...others] = declared;
  return [
    {
      code: 'spec/target-port-undeclared',
      severity: 'warning',
      breaks: 'spec',
      subject: { port: portKey(port) },
      params: { port: portKey(port), targetPort: String(number), declared: declared.map(printDeclared) },
      evidence: [],
      remedies:
        only && others.length === 0
          ? [portRemedy('set-target-port', facts.target, service, port, 'targetPort', only.containerPort)]
          : [{ id: 'compare', commands: [] }],
    },
  ];
}

/** Ports of a protocol that the applications in the pods declare, each once. */
function declaredByApps(pods: readonly Pod[], protocol: Protocol): DeclaredPort[] {
  const all = pods.flatMap((pod) =>
    declaredPorts(pod).filter((declared) => declared.protocol === protocol && !isCompanions(pod, declared)),
  );
  return [...new Map(all.map((declared) => [printDeclared(declared), declared])).values()];
}
