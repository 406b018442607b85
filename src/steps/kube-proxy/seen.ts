import type { Obstacle } from '../../model/fact.ts';
import type { Finding, Observation } from '../../model/finding.ts';

/** What looking at one thing brought. */
export interface Seen {
  findings: readonly Finding[];
  observations: readonly Observation[];
  obstacles: readonly Obstacle[];
}

export const NOTHING: Seen = { findings: [], observations: [], obstacles: [] };

export const seen = (part: Partial<Seen>): Seen => ({ ...NOTHING, ...part });

export const joined = (parts: readonly Seen[]): Seen => ({
  findings: parts.flatMap(({ findings }) => findings),
  observations: parts.flatMap(({ observations }) => observations),
  obstacles: parts.flatMap(({ obstacles }) => obstacles),
});
