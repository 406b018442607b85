import type { Finding } from '../../model/finding.ts';
import { outcome } from '../../model/outcome.ts';
import type { Outcome } from '../../model/step.ts';

/** What a further vantage point adds: its own trouble, not once more that of the DNS server, and nothing where all is well. */
export function withFurther(all: Outcome, { findings, observations, obstacles }: Outcome): Outcome {
  const own = findings.filter((finding) => !all.findings.some((known) => isSame(known, finding)));
  return outcome({
    findings: [...all.findings, ...own],
    observations: own.length > 0 ? [...all.observations, ...observations] : all.observations,
    obstacles: [...all.obstacles, ...obstacles.filter(({ kind }) => kind === 'no-probe')],
    hides: all.outcome === 'unknown',
  });
}

/** Settings are each client's own; what is wrong with the name or its server is one trouble, wherever it is met. */
const isSame = (a: Finding, b: Finding): boolean =>
  a.code === b.code && (a.breaks !== 'client' || a.subject.from === b.subject.from);
