import { cover, type Diagnosis, overlaps, type PlacedFinding, type Verdict } from '../model/diagnosis.ts';
import type { Finding, StepId, Subject } from '../model/finding.ts';
import type { Trail } from '../model/step.ts';
import { brokenBy } from './links.ts';

/**
 * What the trail means. Pure: the same trail gives the same diagnosis.
 * A finding explains the errors downstream of the link it breaks whose subject overlaps its own.
 */
export function diagnose(trail: Trail): Diagnosis {
  const placed = trail.flatMap(({ step, findings }) => findings.map((finding) => ({ ...finding, step })));
  const errors = placed.filter(({ severity }) => severity === 'error');
  const findings: PlacedFinding[] = placed.map((finding) => ({
    ...finding,
    explains:
      finding.severity === 'error'
        ? unique(errors.filter((other) => explains(finding, other)).map(({ code }) => code))
        : [],
  }));
  const rootCauses = rootsOf(findings.filter(({ severity }) => severity === 'error'));
  return {
    verdict: verdictOf(trail, errors),
    rootCauses: rootCauses.sort(byReach),
    findings,
    trail,
    notChecked: trail.flatMap(({ step, obstacles }) => obstacles.map((obstacle) => ({ step, obstacle }))),
  };
}

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];

/**
 * The errors that root causes do not explain, for all the backends that they name. A symptom may seem to explain more than its cause does: a pod that is silent may
 * well not be ready, while a policy that silences it does not reach the kubelet.
 */
function rootsOf(errors: readonly PlacedFinding[]): PlacedFinding[] {
  const decided = new Map<PlacedFinding, boolean>();
  const isRoot = (finding: PlacedFinding): boolean => {
    const known = decided.get(finding);
    if (known !== undefined) return known;
    const causes = errors.filter((other) => explains(other, finding) && isRoot(other));
    const root =
      causes.length === 0 ||
      !cover(
        causes.map(({ subject }) => subject),
        finding.subject,
      );
    decided.set(finding, root);
    return root;
  };
  return errors.filter(isRoot);
}

const explains = (cause: Finding, effect: Finding): boolean =>
  cause !== effect && brokenBy(cause.breaks).has(effect.breaks) && overlaps(cause.subject, effect.subject);

/**
 * The one that explains most comes first, then the one that concerns more: no certain port, pod, node or client. The order
 * of the checklist decides between equals.
 */
const byReach = (a: PlacedFinding, b: PlacedFinding): number =>
  b.explains.length - a.explains.length || narrowness(a.subject) - narrowness(b.subject);

const narrowness = ({ port, backend, backends, node, from }: Subject): number =>
  [port, backend ?? backends, node ?? from].filter((dimension) => dimension !== undefined).length;

/** Healthy means answered, by name and by cluster IP; where there is no cluster IP, by name and by the pods themselves. */
function verdictOf(trail: Trail, errors: readonly Finding[]): Verdict {
  if (errors.some(({ breaks }) => breaks === 'access')) return 'no-access';
  if (errors.length > 0) return 'broken';
  const of = (id: StepId) => trail.find(({ step }) => step === id)?.outcome;
  const answered = of('ip') === 'pass' || (of('ip') === 'skip' && (of('pods') === 'pass' || of('pods') === 'skip'));
  return answered && of('dns') === 'pass' ? 'healthy' : 'inconclusive';
}
