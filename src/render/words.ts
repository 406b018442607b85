import { type Command, commandLine } from '../model/command.ts';
import type { PlacedFinding } from '../model/diagnosis.ts';
import type { Obstacle } from '../model/fact.ts';
import type { Finding, Observation, Params, Remedy } from '../model/finding.ts';
import type { Catalogue, FindingText } from '../text/catalogue.ts';
import type { View } from './report.ts';
import { cleanText } from './sanitize.ts';

type Say = (params: unknown) => string;

/** The key and its numbers: what is shown where a sentence is missing, since half a diagnosis is worse than a plain one. */
const bare = (key: string, params: unknown): string => `${key} ${JSON.stringify(params)}`;

/** The text of a code; undefined for a code that this catalogue does not have. */
export const textOf = (catalogue: Catalogue, code: string): FindingText<never> | undefined =>
  Object.hasOwn(catalogue.findings, code)
    ? (catalogue.findings as Record<string, FindingText<never>>)[code]
    : undefined;

/** Whether two speak of the same; copies of a finding are no longer the same object. */
const sameFinding = (a: PlacedFinding, b: PlacedFinding): boolean =>
  a === b || (a.code === b.code && JSON.stringify([a.subject, a.params]) === JSON.stringify([b.subject, b.params]));

export const isAmong = (findings: readonly PlacedFinding[], finding: PlacedFinding): boolean =>
  findings.some((one) => sameFinding(one, finding));

/** What is wrong, in one sentence. */
export const sayFinding = (catalogue: Catalogue, { code, params }: Finding | PlacedFinding): string =>
  (textOf(catalogue, code)?.says as Say | undefined)?.(params) ?? bare(code, params);

/** What was seen, in one phrase. */
export const sayObservation = (catalogue: Catalogue, { what, params }: Observation): string =>
  (catalogue.observations as Record<string, Say>)[what]?.(params) ?? bare(what, params);

export const sayObstacle = (catalogue: Catalogue, obstacle: Obstacle): string =>
  (catalogue.obstacles as Record<string, Say>)[obstacle.kind]?.(obstacle) ?? obstacle.kind;

/** What would make it known. */
export const sayAnswer = (catalogue: Catalogue, obstacle: Obstacle): string =>
  (catalogue.answers as Record<string, Say>)[obstacle.kind]?.(obstacle) ?? '';

/** What the commands of a remedy do, and what they risk. */
export const sayRemedy = (catalogue: Catalogue, { code, params }: Finding | PlacedFinding, { id }: Remedy): string =>
  (textOf(catalogue, code)?.remedies as Record<string, Say> | undefined)?.[id]?.(params as Params) ?? id;

/** A command as it is typed, with the flags that name the cluster. */
export const sayCommand = (view: Pick<View, 'clusterFlags'>, command: Command): string =>
  commandLine(
    command,
    view.clusterFlags.map((flag) => cleanText(flag)),
  );

/** With a small first letter; names such as `CoreDNS` keep theirs. */
export const lowerFirst = (text: string): string =>
  /^\p{Lu}\p{Ll}*\b/u.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;

export const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];
