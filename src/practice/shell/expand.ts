import type { DoubleQuotedChild, ParameterExpansionPart, ParsedScript, Word, WordPart } from 'unbash';
import { SystemError } from '../machine/channel.ts';
import { evaluate } from './arithmetic.ts';
import { type Piece, removed } from './pattern.ts';

/** What expansion needs of the shell it happens in. */
export interface Scope {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
  readonly parameters: readonly string[];
  /** The output of a command, without the line ends it ends with. */
  output(script: ParsedScript): Promise<string>;
}

/** The fields of a word before they are split: several only by `$@`. */
type Fields = Piece[][];

const joined = (fields: Fields): string => fields.map((pieces) => pieces.map(({ text }) => text).join('')).join(' ');

/** A word as one text: where the shell splits nothing, as in assignments and `case`. */
export const expandText = async (scope: Scope, word: Word): Promise<string> =>
  word.parts ? joined(await partsOf(scope, word.parts)) : word.value;

/** A word as a pattern. */
export const expandPattern = async (scope: Scope, word: Word): Promise<Piece[]> =>
  (await fieldsOf(scope, word))
    .flat()
    .map((piece) => (piece.kind === 'quoted' ? piece : { ...piece, kind: 'literal' }));

/** Words as arguments: expanded and split. File names are not matched with patterns. */
export async function expandWords(scope: Scope, words: readonly Word[]): Promise<string[]> {
  const all: string[] = [];
  for (const word of words) {
    if (!word.parts) {
      if (word.value !== '') all.push(word.value);
      continue;
    }
    for (const pieces of await partsOf(scope, word.parts)) all.push(...split(pieces, scope.get('IFS') ?? ' \t\n'));
  }
  return all;
}

/** XCU 2.6.5. A field in which nothing is quoted and nothing is left is none. */
function split(pieces: readonly Piece[], separators: string): string[] {
  const fields: string[] = [];
  let field: string | undefined;
  for (const { text, kind } of pieces) {
    if (kind !== 'expanded' || separators === '') {
      if (text !== '' || kind === 'quoted') field = (field ?? '') + text;
      continue;
    }
    for (const letter of text) {
      if (!separators.includes(letter)) field = (field ?? '') + letter;
      else {
        if (field !== undefined || !/\s/.test(letter)) fields.push(field ?? '');
        field = undefined;
      }
    }
  }
  return field === undefined ? fields : [...fields, field];
}

async function fieldsOf(scope: Scope, { parts, value }: Pick<Word, 'parts' | 'value'>): Promise<Fields> {
  return parts ? partsOf(scope, parts) : piece(value, 'literal');
}

export async function partsOf(scope: Scope, parts: readonly WordPart[]): Promise<Fields> {
  let fields: Fields = [[]];
  for (const part of parts) fields = append(fields, await partOf(scope, part));
  return fields;
}

/** The first of the new fields continues the last one. */
const append = (fields: Fields, [first, ...rest]: Fields): Fields =>
  first ? [...fields.slice(0, -1), [...(fields.at(-1) ?? []), ...first], ...rest] : fields;

const piece = (text: string, kind: Piece['kind']): Fields => [[{ text, kind }]];

async function partOf(scope: Scope, part: WordPart): Promise<Fields> {
  switch (part.type) {
    case 'Literal':
      return piece(part.value, part.text === part.value ? 'literal' : 'quoted');
    case 'Glob':
      return piece(part.text, 'literal');
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return piece(part.value, 'quoted');
    case 'DoubleQuoted':
      return quoted(scope, part.parts);
    case 'SimpleExpansion':
    case 'ParameterExpansion':
    case 'CommandExpansion':
    case 'ArithmeticExpansion':
      return expansion(scope, part, 'expanded');
    default:
      return piece(part.text, 'literal');
  }
}

async function quoted(scope: Scope, parts: readonly DoubleQuotedChild[]): Promise<Fields> {
  let fields: Fields = [[]];
  for (const part of parts) {
    const some = part.type === 'Literal' ? piece(part.value, 'quoted') : await expansion(scope, part, 'quoted');
    fields = append(fields, some);
  }
  const isAll = (part: DoubleQuotedChild) =>
    part.type === 'ParameterExpansion' ? part.parameter === '@' : part.text === '$@';
  const isNone = fields.length === 1 && fields[0]?.length === 0 && parts.some(isAll);
  if (isNone) return [];
  return fields.map((pieces) => (pieces.length > 0 ? pieces : [{ text: '', kind: 'quoted' }]));
}

type Expansion = Exclude<DoubleQuotedChild, { type: 'Literal' }>;

async function expansion(scope: Scope, part: Expansion, kind: Piece['kind']): Promise<Fields> {
  switch (part.type) {
    case 'SimpleExpansion':
      return parameter(scope, part.text.slice(1), kind);
    case 'ParameterExpansion':
      return part.operation || part.prefix ? operated(scope, part, kind) : parameter(scope, part.parameter, kind);
    case 'CommandExpansion':
      return piece(part.script ? await scope.output(part.script) : '', kind);
    case 'ArithmeticExpansion': {
      if (!part.expression) return piece('0', kind);
      const text = async (word: Pick<Word, 'parts' | 'value'>) => joined(await fieldsOf(scope, word));
      return piece(String(await evaluate(part.expression, scope, text)), kind);
    }
  }
}

function parameter(scope: Scope, name: string, kind: Piece['kind']): Fields {
  if (name === '@' || (name === '*' && kind !== 'quoted')) {
    return scope.parameters.length === 0 ? [[]] : scope.parameters.map((text) => [{ text, kind }]);
  }
  return piece(name === '*' ? scope.parameters.join(' ') : (scope.get(name) ?? ''), kind);
}

async function operated(scope: Scope, part: ParameterExpansionPart, kind: Piece['kind']): Promise<Fields> {
  const { parameter: name, operation, prefix } = part;
  const value = scope.get(name);
  if (prefix === '#') return piece(String((value ?? '').length), kind);
  if (operation?.type === 'Remove') {
    return piece(removed(value ?? '', operation.operator, await expandPattern(scope, operation.operand)), kind);
  }
  if (operation?.type !== 'Default') throw new SystemError(`bad substitution: ${part.text}`);
  const isThere = value !== undefined && (value !== '' || !operation.operator.startsWith(':'));
  const operand = () => fieldsOf(scope, operation.operand);
  switch (operation.operator.replace(':', '')) {
    case '+':
      return isThere ? operand() : piece('', kind);
    case '-':
      return isThere ? piece(value, kind) : operand();
    case '=': {
      if (isThere) return piece(value, kind);
      const given = joined(await operand());
      scope.set(name, given);
      return piece(given, kind);
    }
    default:
      if (isThere) return piece(value, kind);
      throw new SystemError(`${name}: ${joined(await operand()) || 'parameter not set'}`);
  }
}
