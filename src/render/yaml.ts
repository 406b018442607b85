/** Plain JSON values as YAML, for people to read and to copy into their sources. */

/** Words that YAML 1.1 reads as booleans or null when they stand unquoted: https://yaml.org/type/bool.html */
const RESERVED = /^(y|n|yes|no|on|off|true|false|null)$/i;
/** Beginning with a letter it is no number, date or sexagesimal; without blanks and colons it is one plain word. */
const PLAIN = /^[A-Za-z_][A-Za-z0-9_./-]*$/;

const isScalar = (value: unknown): boolean => typeof value !== 'object' || value === null;
const isEmpty = (value: unknown): boolean => Object.keys(value as object).length === 0;

/** Quoted wherever another reader could take it for something else than a string. JSON strings are YAML. */
const text = (value: string): string => (PLAIN.test(value) && !RESERVED.test(value) ? value : JSON.stringify(value));

const scalar = (value: unknown): string => (typeof value === 'string' ? text(value) : JSON.stringify(value ?? null));

/** The lines of a document in block style, two blanks a level. */
export function yamlLines(value: unknown): string[] {
  if (isScalar(value)) return [scalar(value)];
  if (isEmpty(value)) return [Array.isArray(value) ? '[]' : '{}'];
  if (Array.isArray(value)) return value.flatMap((item) => led('- ', yamlLines(item)));
  return Object.entries(value as object)
    .filter(([, item]) => item !== undefined)
    .flatMap(([key, item]) => entry(text(key), item));
}

function entry(key: string, value: unknown): string[] {
  const lines = yamlLines(value);
  if (isScalar(value) || isEmpty(value)) return [`${key}: ${lines[0]}`];
  return [`${key}:`, ...lines.map((line) => `  ${line}`)];
}

const led = (first: string, lines: readonly string[]): string[] =>
  lines.map((line, i) => (i === 0 ? first : '  ') + line);
