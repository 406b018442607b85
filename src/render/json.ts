import type { PlacedFinding } from '../model/diagnosis.ts';
import type { Observation, Remedy } from '../model/finding.ts';
import type { Vantage } from '../model/probe.ts';
import { rolesFor } from '../model/roles.ts';
import type { TrailEntry } from '../model/step.ts';
import { changeLines } from './changes.ts';
import type { Report, View } from './report.ts';
import { refusedIn } from './rights.ts';
import type { Clean } from './sanitize.ts';
import { sayCommand, sayFinding, sayObservation, sayObstacle, sayRemedy } from './words.ts';

/** Of the JSON object; a key is added without raising it, none is renamed or removed. */
const SCHEMA_VERSION = 1;

/** The report as one JSON object. Its keys are stable; what is absent is null. */
export const renderJson = (report: Clean<Report>, view: View): string =>
  `${JSON.stringify(jsonReport(report, view), null, 2)}\n`;

function jsonReport(report: Report, view: View) {
  const { target, from, diagnosis, acts, leftovers, startedAt, durationMs } = report;
  const changed = changeLines(report, view);
  const { namespace, service, ports } = target;
  return {
    schemaVersion: SCHEMA_VERSION,
    target: {
      namespace,
      service,
      ports: ports.map(({ port, protocol }) => `${port}/${protocol}`),
      from: from.map(jsonVantage),
    },
    verdict: diagnosis.verdict,
    rootCauses: diagnosis.rootCauses.map((finding) => jsonFinding(finding, view)),
    findings: diagnosis.findings.map((finding) => jsonFinding(finding, view)),
    trail: diagnosis.trail.map((entry) => jsonEntry(entry, view)),
    notChecked: diagnosis.notChecked.map(({ step, obstacle }) => ({
      step,
      obstacle: { ...obstacle, says: sayObstacle(view.catalogue, obstacle) },
    })),
    changes: (diagnosis.changes ?? []).map((change, i) => ({ ...change, says: changed[i] ?? '' })),
    acts,
    leftovers: leftovers.map(({ pod, lifeSeconds, obstacle }) => ({
      pod,
      lifeSeconds,
      obstacle: { ...obstacle, says: sayObstacle(view.catalogue, obstacle) },
    })),
    roles: rolesFor(refusedIn(report)),
    startedAt,
    durationMs,
  };
}

const jsonVantage = ({ kind, namespace, pod, node }: Vantage) => ({ kind, namespace, name: pod, node: node ?? null });

function jsonFinding(finding: PlacedFinding, view: View) {
  const { code, step, severity, subject, params, evidence, remedies, explains } = finding;
  return {
    code,
    step,
    severity,
    subject,
    message: sayFinding(view.catalogue, finding),
    params,
    evidence: evidence.map((seen) => ({ observation: jsonSeen(seen, view), command: jsonCommand(seen, view) })),
    remedies: (remedies as readonly Remedy[]).map((remedy) => ({
      message: sayRemedy(view.catalogue, finding, remedy),
      commands: remedy.commands.map((command) => sayCommand(view, command)),
      ...(remedy.patch && { patch: remedy.patch }),
    })),
    explains,
  };
}

const jsonEntry = ({ step, outcome, findings, observations, reason, durationMs }: TrailEntry, view: View) => ({
  step,
  outcome,
  findings: findings.map(({ code }) => code),
  observations: observations.map((seen) => ({ ...jsonSeen(seen, view), command: jsonCommand(seen, view) })),
  reason: reason ? jsonSeen(reason, view) : null,
  durationMs,
});

const jsonSeen = (seen: Observation, view: View) => ({
  what: seen.what,
  params: seen.params,
  says: sayObservation(view.catalogue, seen),
});

const jsonCommand = ({ command }: Observation, view: View) => (command ? sayCommand(view, command) : null);
