import { deniedToProbe } from '../../facts/admission.ts';
import { clusterIPsOf, isTcp, portsInScope } from '../../facts/backends.ts';
import type { Facts } from '../../facts/facts.ts';
import { acceptedByMesh, meshRefuses, outsideMesh } from '../../facts/mesh.ts';
import { theService } from '../../facts/pods.ts';
import { attemptsTo, batchesTo, notHeard, type ProbeReport, passedBy } from '../../facts/probe.ts';
import { furtherReports, mainReport } from '../../facts/reports.ts';
import type { Obstacle } from '../../model/fact.ts';
import type { Finding, Observation } from '../../model/finding.ts';
import type { Service, ServicePort } from '../../model/kubernetes.ts';
import { isProxyFailure } from '../../model/mesh.ts';
import { outcome, skipped, withoutService } from '../../model/outcome.ts';
import { portKey } from '../../model/ports.ts';
import { type Reach, reachOf } from '../../model/reach.ts';
import type { Outcome } from '../../model/step.ts';
import type { Step } from '../step.ts';
import { failureFinding } from './failure.ts';
import { tallies } from './further.ts';
import { isolates, nodePortFails } from './nodePort.ts';
import { observed, redirectNote } from './observed.ts';
import { externalLocal, loadBalancerPending, localFinding } from './topology.ts';
import './findings.ts';

/** Whether every TCP port answers on every cluster IP, from the vantage point that counts first. */
export const ip: Step = {
  id: 'ip',
  async check(facts: Facts) {
    const service = await theService(facts);
    if (!service.known) return withoutService(service.obstacle, { what: 'ip.no-service', params: {} });
    const { spec } = service.value;
    if (spec?.type === 'ExternalName' && portsInScope(spec.ports, facts.target).length === 0)
      return skipped({ what: 'ip.external-name', params: {} });
    if (addressesOf(service.value).length === 0) return skipped({ what: 'ip.headless', params: {} });
    const outside = await Promise.all([loadBalancerPending(facts, service.value), externalLocal(facts, service.value)]);
    const pending = outside.flat();
    const report = await mainReport(facts);
    if (!report.known) return outcome({ findings: pending, obstacles: [report.obstacle], hides: true });
    return heard(facts, service.value, report.value, pending);
  },
};

/** The cluster IPs; the host outside that an ExternalName leads to. */
const addressesOf = ({ spec }: Service): string[] =>
  spec?.type === 'ExternalName' ? [spec.externalName ?? ''] : clusterIPsOf(spec);

async function heard(facts: Facts, service: Service, report: ProbeReport, pending: Finding[]): Promise<Outcome> {
  const ports = portsInScope(service.spec?.ports, facts.target);
  const tcp = ports.filter(isTcp);
  const further = await furtherReports(facts);
  const asked = await Promise.all(tcp.map((port) => portResult(facts, service, report, port)));
  const elsewhere = await Promise.all(
    further.flatMap((other) => tcp.map((port) => portResult(facts, service, other, port))),
  );
  const udp = ports.filter((port) => !isTcp(port)).map(untold);
  const obstacles = asked.flatMap(({ obstacle }) => obstacle ?? []);
  if (tcp.length === 0)
    obstacles.push({ kind: 'not-applicable', reason: 'no TCP port in scope, and silence over UDP proves nothing' });
  return outcome({
    findings: [...[...asked, ...elsewhere].flatMap(({ findings }) => findings), ...pending],
    observations: [
      ...asked.flatMap(({ observations }) => observations),
      ...udp,
      ...(further.length > 0 ? tallies(facts, service, [report, ...further]) : []),
    ],
    obstacles: [...obstacles, ...elsewhere.flatMap(({ obstacle }) => obstacle ?? [])],
    hides: obstacles.length > 0,
  });
}

const untold = (port: ServicePort): Observation => ({ what: 'ip.udp-not-asked', params: { port: portKey(port) } });

interface PortResult {
  findings: Finding[];
  observations: Observation[];
  obstacle?: Outcome['obstacles'][number];
}

async function portResult(facts: Facts, service: Service, report: ProbeReport, port: ServicePort): Promise<PortResult> {
  const results = await Promise.all(
    addressesOf(service).map((address) => addressResult(facts, service, report, port, address)),
  );
  const [obstacle] = results.flatMap((result) => result.obstacle ?? []);
  return {
    findings: [...results.flatMap(({ findings }) => findings), ...(await nodePortFails(facts, service, report, port))],
    observations: results.flatMap(({ observations }) => observations),
    ...(obstacle && { obstacle }),
  };
}

async function addressResult(
  facts: Facts,
  service: Service,
  report: ProbeReport,
  port: ServicePort,
  address: string,
): Promise<PortResult> {
  const reach = reachOf(attemptsTo(report, address, port.port));
  if (!reach)
    return { findings: [], observations: [], obstacle: notHeard(report, 'connect', `${address}:${port.port}`) };
  const observation = observed(report, port, address, reach);
  if (reach.failures === 0) {
    const unheard = meshRefuses(reach.attempts) ?? (await acceptedByMesh(facts, report, reach.attempts));
    if (unheard) return { findings: [], observations: [observation], obstacle: unheard };
    const passing = passingTrouble(report, port, address);
    return {
      findings: [...passing, ...notes(facts, report, port, reach)],
      observations: [observation, ...redirectNote(reach, port)],
    };
  }
  const meaningless =
    service.spec?.type === 'ExternalName'
      ? await heldFromOutside(facts, report, reach)
      : await whyMeaningless(facts, report, port, reach);
  if (meaningless) return { findings: [], observations: [observation], obstacle: meaningless };
  const local = await localFinding(facts, service, report, port, reach, observation);
  return {
    findings: [local ?? failureFinding(report, port, address, reach, observation)],
    observations: [observation],
  };
}

/** Why the failure says nothing of the Service: policies that hold the probe alone, a mesh that it stands outside of. */
async function whyMeaningless(facts: Facts, report: ProbeReport, port: ServicePort, { failure }: Reach) {
  if (failure === 'silent') return deniedToProbe(facts, report, port);
  return failure === 'reset' ? outsideMesh(facts, report) : undefined;
}

/** Some policy of the vantage point may let it out to nobody. */
async function heldFromOutside(facts: Facts, report: ProbeReport, { failure }: Reach): Promise<Obstacle | undefined> {
  if (failure !== 'silent' || !(await isolates(facts, report))) return undefined;
  const reason = 'NetworkPolicies where it was asked from may keep hosts outside from it: its silence proves nothing';
  return { kind: 'not-applicable', reason };
}

/** Connections that failed at first, and of which none failed on asking again: a warning, with the counts. */
function passingTrouble(report: ProbeReport, port: ServicePort, address: string): Finding[] {
  const batches = batchesTo(report, address, port.port);
  const first = reachOf(batches[0]);
  if (!first || !passedBy(batches)) return [];
  const finding = failureFinding(report, port, address, first, observed(report, port, address, first));
  return [{ ...finding, severity: 'warning' }];
}

/**
 * Server errors are an answer, so that only a path that was asked for by name makes them an error: or a proxy before the
 * application that did not reach it.
 */
function notes(facts: Facts, report: ProbeReport, port: ServicePort, reach: Reach): Finding[] {
  const slow = slowFinding(report, port, reach);
  const failing = reach.attempts.filter(({ httpStatus }) => (httpStatus ?? 0) >= 500);
  const [first] = failing;
  if (!first) return slow;
  return [
    ...slow,
    {
      code: 'ip/http-error',
      severity: facts.target.path === undefined && !failing.some(isProxyFailure) ? 'warning' : 'error',
      breaks: 'cluster-ip',
      subject: { port: portKey(port), from: report.vantage.id },
      params: { port: portKey(port), status: first.httpStatus ?? 0, failures: failing.length, asked: reach.asked },
      evidence: [],
      remedies: [{ id: 'read-logs', commands: [] }],
    },
  ];
}

/** Half of the connections take longer than many a client waits. */
const SLOW_MS = 1000;

function slowFinding(report: ProbeReport, port: ServicePort, { medianMs, slowestMs }: Reach): Finding[] {
  if (medianMs < SLOW_MS) return [];
  return [
    {
      code: 'ip/slow',
      severity: 'warning',
      breaks: 'cluster-ip',
      subject: { port: portKey(port), from: report.vantage.id },
      params: { port: portKey(port), medianMs, slowestMs },
      evidence: [],
      remedies: [],
    },
  ];
}
